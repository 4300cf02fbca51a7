#!/usr/bin/env python3
"""The example backend for Triton, loaded by a fake server beside a real daemon."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from anemond import SLOW, Daemon, eventually  # noqa: E402

SERVER = os.environ.get("FAKE_TRITON", "build/bin/fake_triton")
BACKEND = os.environ.get("TRITON_BACKEND", "build/examples/triton_backend/libtriton_anemon.so")
FIXTURES = os.environ.get("MODEL_FIXTURES", "build/bin/model_fixtures")
ANEMONCTL = pathlib.Path(os.environ.get("ANEMONCTL", "build/bin/anemonctl")).resolve()
os.environ["PATH"] = f"{ANEMONCTL.parent}:{os.environ['PATH']}"
EXAMPLE = pathlib.Path(__file__).resolve().parent.parent.parent / "examples" / "triton_backend"


def config(**parameters):
    return json.dumps({"name": "served", "parameters": {
        "anemon_" + name: {"string_value": value} for name, value in parameters.items()}})


class Triton(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.repository = pathlib.Path(self.scratch.name) / "served"
        self.version = self.repository / "1"
        self.version.mkdir(parents=True)
        subprocess.run([FIXTURES, self.version], check=True)
        self.models = sorted(path.name for path in self.version.iterdir())

    def serve(self, socket, json_text, instances=2, requests=20, warm=lambda send: None):
        """Lines the server printed, and its exit status."""
        process = subprocess.Popen(
            [SERVER, BACKEND, self.repository, json_text, str(instances), str(requests)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "ANEMON_SOCKET": str(socket)})
        lines = []
        for line in process.stdout:
            lines.append(line.rstrip("\n"))
            if line == "loaded\n":
                break
        def send():
            process.stdin.write("warm\n")
            process.stdin.flush()

        if lines and lines[-1] == "loaded":
            warm(send)
        rest, _ = process.communicate("execute\n", timeout=60 * SLOW)
        return lines + rest.splitlines(), process.returncode

    def test_every_request_is_reported_and_answered(self):
        with Daemon("collectors: {inference: {period: 20ms}}\n") as daemon:
            labels = '{model="served",compute_unit="ane"'
            sent = 0

            def counted(name="anemon_inferences_total", more="}"):
                return daemon.metrics().get(name + labels + more, 0)

            def until_one_arrives(send):
                nonlocal sent
                while counted() == 0:
                    sent += 1
                    send()

            lines, status = self.serve(
                daemon.socket, config(model_file="resnet.mlpackage", compute_unit="ane"),
                warm=until_one_arrives)
            self.assertEqual(status, 0, lines)
            gone = 1 if sys.platform == "linux" else 0
            self.assertEqual(
                lines[-1], f"answered={36 + sent} failed=4 wrong=0 statistics={40 + sent} "
                           f"released={40 + sent} items={92 + 1000 * sent} errors=0 gone={gone}")
            # Some of the first may have come before the client listened, none of the others.
            items = ("anemon_inference_items_total", ',kind="item"}')
            eventually(lambda: counted(*items) % 1000 == 88, what="the items of all others")
            first = counted(*items) // 1000
            self.assertLessEqual(first, sent)
            self.assertEqual(counted(), first + 40)
            self.assertEqual(counted("anemon_inference_errors_total"), 4)

    def test_an_inefficient_model_is_warned_about_when_it_is_loaded(self):
        seen = set()
        for model in self.models:
            lines, status = self.serve("/nonexistent", config(model_file=model), requests=1)
            self.assertEqual(status, 0, lines)
            for line in lines:
                if "efficiency on the Neural Engine" in line:
                    low = "under the threshold of 60.0" in line
                    self.assertEqual(line.startswith("log warning"), low, line)
                    self.assertIn("(estimated)", line)
                    seen.add(low)
        self.assertEqual(seen, {True, False})

    def test_the_threshold_is_the_models_own(self):
        for threshold, low in (("0", False), ("100", True)):
            lines, _ = self.serve("/nonexistent", config(model_file="resnet.mlpackage",
                                                         efficiency_threshold=threshold))
            [line] = [each for each in lines if "efficiency on the Neural Engine" in each]
            self.assertEqual("under the threshold" in line, low, line)

    def test_what_was_found_in_a_model_is_logged(self):
        lines, _ = self.serve("/nonexistent", config(model_file="hostile.mlpackage"))
        self.assertTrue(any(line.startswith("log error: served: DT-1: ") for line in lines), lines)

    def test_a_model_is_served_when_nothing_can_profile_it(self):
        os.environ["PATH"], path = "/nonexistent", os.environ["PATH"]
        try:
            lines, status = self.serve("/nonexistent", config(model_file="resnet.mlpackage"))
        finally:
            os.environ["PATH"] = path
        self.assertTrue(any("cannot run anemonctl" in line for line in lines), lines)
        self.assertEqual(status, 0)
        self.assertTrue(lines[-1].startswith("answered=36 failed=4 wrong=0"), lines)

    def test_a_wrong_configuration_is_an_error_that_says_what_to_change(self):
        lines, status = self.serve("/nonexistent", config())
        self.assertEqual(status, 1)
        self.assertIn("name one with anemon_model_file", lines[-1])
        lines, _ = self.serve("/nonexistent", config(model_file=self.models[0],
                                                     efficiency_threshold="much"))
        self.assertIn("a number from 0 to 100, not much", lines[-1])
        lines, status = self.serve("/nonexistent", config(model_file="absent.mlmodel"))
        self.assertTrue(any(line.startswith("log error") and "absent.mlmodel" in line
                            for line in lines), lines)
        self.assertEqual(status, 0)  # a model that cannot be profiled can be served all the same

    def test_the_example_configuration_names_parameters_that_the_backend_reads(self):
        text = (EXAMPLE / "config.pbtxt").read_text()
        code = (EXAMPLE / "served_model.cc").read_text()
        names = [line.split('"')[1] for line in text.splitlines() if "key:" in line]
        self.assertEqual(len(names), 3)
        for name in names:
            self.assertIn(f'"{name}"', code)


if __name__ == "__main__":
    unittest.main()
