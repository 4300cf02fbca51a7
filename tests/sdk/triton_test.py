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
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "triton_backend"
MAC = ROOT / "tests" / "fixtures" / "traces" / "busy_m5.jsonl"  # with power


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
                daemon.socket, config(model_file="resnet-small.mlpackage", compute_unit="ane"),
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

    def judged(self, lines):
        """The one line that compares with the threshold."""
        [line] = [each for each in lines if "threshold" in each]
        low = "under the threshold of" in line
        self.assertEqual(line.startswith("log warning: "), low, line)
        return line, low

    def test_a_model_is_run_when_it_is_loaded(self):
        lines, status = self.serve("/nonexistent", config(model_file="resnet-small.mlpackage"), requests=1)
        self.assertEqual(status, 0, lines)
        [speed] = [line for line in lines if "inferences per second" in line]
        self.assertRegex(speed, r"^log info: served: [0-9.e+]+ ms, [0-9.e+]+ inferences per second$")

    def test_without_power_the_file_alone_is_judged_and_the_log_says_so(self):
        seen = set()
        for model in ("hostile.mlpackage", "resnet-small.mlpackage"):
            lines, status = self.serve("/nonexistent", config(model_file=model), requests=1)
            self.assertEqual(status, 0, lines)
            line, low = self.judged(lines)
            self.assertRegex(line, r"served: readiness for the Neural Engine [0-9.]+ of 100 \(estimated\)")
            self.assertTrue(any("no efficiency score: TOPS per watt missing (no daemon" in each
                                for each in lines), lines)
            seen.add(low)
        self.assertEqual(seen, {True, False})

    def test_with_power_the_efficiency_score_is_judged(self):
        with Daemon(arguments=["--replay", str(MAC)]) as daemon:
            lines, status = self.serve(daemon.socket, config(model_file="resnet-small.mlpackage"), requests=1)
        self.assertEqual(status, 0, lines)
        line, low = self.judged(lines)
        self.assertRegex(line, r"served: efficiency score [0-9.]+ of 100 \(derived\)")
        self.assertTrue(low, line)  # a processor that is slower than any Neural Engine

    def test_the_threshold_is_the_models_own(self):
        for threshold, low in (("0", False), ("100", True)):
            lines, _ = self.serve("/nonexistent", config(model_file="resnet-small.mlpackage",
                                                         efficiency_threshold=threshold))
            self.assertEqual(self.judged(lines)[1], low, lines)

    def test_what_was_found_in_a_model_is_logged(self):
        lines, _ = self.serve("/nonexistent", config(model_file="hostile.mlpackage"))
        self.assertTrue(any(line.startswith("log error: served: DT-1: ") for line in lines), lines)

    def test_a_model_that_cannot_be_profiled_is_served_all_the_same(self):
        lines, status = self.serve("/nonexistent", config(model_file="text.mlmodel"))
        self.assertTrue(any("text.mlmodel" in line and line.startswith("log error: ") for line in lines), lines)
        self.assertTrue(any("is not known" in line for line in lines), lines)
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
