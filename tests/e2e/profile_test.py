#!/usr/bin/env python3
"""anemonctl profile, ab, results and report as users run them: the real anemon-runner on models that the tests wrote,
and runners that fail in every way."""

import json
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

from anemond import ANEMONCTL, SLOW, Daemon, eventually

FIXTURES = os.environ.get("MODEL_FIXTURES", "build/bin/model_fixtures")
HERE = pathlib.Path(__file__).resolve().parent
TRACES = HERE.parent / "fixtures/traces"
QUICK = ["--iterations", "30", "--time", "20ms", "--warmup", "2", "--warmup-time", "1ms"]
PATIENCE = 120 * SLOW


class Profile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name)
        subprocess.run([FIXTURES, cls.folder], check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def setUp(self):
        self.own = tempfile.TemporaryDirectory()
        self.addCleanup(self.own.cleanup)
        self.history = pathlib.Path(self.own.name) / "results.db"

    def environment(self):
        return {**os.environ, "ANEMON_RESULTS": str(self.history), "LC_ALL": "C.UTF-8",
                "HOME": self.own.name, "XDG_RUNTIME_DIR": self.own.name}

    def run_ctl(self, *words, code=0, socket=None):
        where = ["--socket", str(socket or "/nonexistent/anemond.sock")]
        done = subprocess.run([ANEMONCTL, *words, *where], capture_output=True, text=True, cwd=self.folder,
                              env=self.environment(), timeout=PATIENCE)
        self.assertEqual(done.returncode, code, (words, done.stdout[-3000:], done.stderr))
        return done

    def document(self, *words, code=0, socket=None):
        return json.loads(self.run_ctl(*words, "-o", "json", code=code, socket=socket).stdout)

    def script(self, name, body):
        """A runner of a few lines; `body` sees `request` and says answers."""
        path = pathlib.Path(self.own.name) / f"{name}.py"
        path.write_text(textwrap.dedent(body))
        return f"{sys.executable} {path}"


class Answers(Profile):
    def test_a_model_is_measured_and_kept(self):
        done = self.run_ctl("profile", "model", "tiny.mlpackage", *QUICK)
        first = done.stdout.splitlines()[0]
        self.assertRegex(first, r"^tiny: [0-9.]+ ms \([0-9.]+ to [0-9.]+\), [0-9 .]+ inferences/s, reference \(CPU\)$")
        for words in ("Timing", "load", "inference, median", "Throughput", "Memory", "Layers", "conv",
                      "next: anemonctl report 20"):
            self.assertIn(words, done.stdout)
        self.assertRegex(done.stdout, r"(?s)No .*power.*:.*daemon")
        self.assertEqual(done.stderr, "")

        [kept] = self.document("results", "list")["results"]
        self.assertEqual((kept["kind"], kept["outcome"], kept["model"], kept["engine"]),
                         ("model", "ok", "tiny", "reference (CPU)"))
        self.assertGreater(kept["inference_time_ms"], 0)
        self.assertNotIn("energy_per_inference_joules", kept)
        result = self.document("results", "show", kept["id"])
        self.assertEqual(result["schema"], "anemon.result/1")
        self.assertEqual(result["id"], kept["id"])
        self.assertEqual(result, json.loads(self.run_ctl("results", "export", "last").stdout))
        self.assertNotIn("average_power_watts", result["power"])
        self.assertGreaterEqual(result["timing"]["iterations"], 30)

    def test_options_reach_the_run(self):
        result = self.document("profile", "model", "tiny.mlpackage", *QUICK, "--batch", "3", "--seed", "7", "--threads",
                               "2", "--no-layers", "--name", "mine", "--after-idle", "10ms,20ms", "--input",
                               "x=uniform:0:1")
        self.assertEqual(result["model"]["name"], "mine")
        self.assertEqual(result["environment"]["threads"], 2)
        self.assertEqual((result["configuration"]["batch"], result["configuration"]["seed"]), (3, 7))
        self.assertEqual(set(result["timing"]["after_idle_ms"]), {"0.01", "0.02"})
        self.assertFalse([layer for layer in result.get("layers", []) if "time_ms" in layer])

    def test_no_keep_keeps_nothing_and_to_writes_every_format(self):
        for name, begin in (("r.json", '{\n  "schema": "anemon.result/1"'), ("r.md", "# tiny"),
                            ("r.csv", "Metric,Value,Unit\n")):
            path = pathlib.Path(self.own.name) / name
            self.run_ctl("profile", "model", "tiny.mlpackage", *QUICK, "--no-keep", "--to", str(path))
            self.assertTrue(path.read_text().startswith(begin), name)
        self.assertFalse(self.history.exists())
        report = self.run_ctl("report", str(pathlib.Path(self.own.name) / "r.json"), "-f", "markdown").stdout
        self.assertIn("# tiny", report)

    def test_a_history_that_cannot_be_written_costs_no_answer(self):
        self.history.write_text("this is no database at all")
        done = self.run_ctl("profile", "model", "tiny.mlpackage", *QUICK)
        self.assertIn("inferences/s", done.stdout)
        self.assertIn("the result is not kept", done.stderr)
        self.assertEqual(self.history.read_text(), "this is no database at all")

    def test_several_models_are_one_answer(self):
        results = self.document("profile", "model", "tiny.mlpackage", "tinier.mlpackage", *QUICK)
        self.assertEqual([each["model"]["name"] for each in results], ["tiny", "tinier"])
        done = self.run_ctl("profile", "memory", "tiny.mlpackage", "nowhere.mlmodel", *QUICK, "-o", "csv", code=1)
        lines = done.stdout.splitlines()
        self.assertEqual(lines[0], "file,section,metric,value,low,high,unit,provenance")
        self.assertTrue(all(line.startswith("tiny.mlpackage,") for line in lines[1:]))
        self.assertIn("nowhere.mlmodel", done.stderr)

    def test_transformer_and_vision(self):
        tokens = self.document("profile", "transformer", "tokens.mlpackage", *QUICK)
        self.assertEqual(tokens["kind"], "transformer")
        self.assertGreater(tokens["throughput"]["tokens_per_second"], 0)
        images = self.run_ctl("profile", "vision", "tiny.mlpackage", *QUICK)
        self.assertIn("images/s", images.stdout.splitlines()[0])
        refused = self.run_ctl("profile", "vision", "tiny.mlpackage", "--height", "9999", *QUICK, code=1)
        self.assertIn("8", refused.stderr)
        self.assertEqual(refused.stdout, "")

    def test_compare(self):
        done = self.run_ctl("profile", "compare", "tiny.mlpackage", *QUICK, "--against",
                            f"{sys.executable} {HERE / 'tiny_runner.py'}")
        self.assertIn("reference (CPU)", done.stdout)
        self.assertIn("doubler", done.stdout)
        result = self.document("results", "show", "last")
        self.assertEqual(result["kind"], "compare")
        self.assertEqual(len(result["comparison"]["runs"]), len(result["runs"]))

    def test_batch(self):
        done = self.run_ctl("profile", "batch", "tiny.mlpackage", "--sizes", "1,2,4", *QUICK)
        self.assertIn("BATCH", done.stdout)
        sweep = self.document("results", "show", "last")["sweep"]
        self.assertEqual([point["batch"] for point in sweep["points"]], [1, 2, 4])

    def test_ab_and_its_report(self):
        self.run_ctl("ab", "tiny.mlpackage", "tinier.mlpackage", "--blocks", "6", "--segment", "10ms", *QUICK)
        result = self.document("results", "show", "last")
        self.assertEqual(result["kind"], "ab")
        self.assertIn(result["verdict"]["verdict"], ("faster", "slower", "equivalent", "inconclusive"))
        text = self.run_ctl("report", "last", "-f", "markdown").stdout
        self.assertIn(result["verdict"]["verdict"], text)

    def test_recommend_score_power_and_memory(self):
        advice = self.run_ctl("profile", "recommend", "tiny.mlpackage", *QUICK)
        self.assertRegex(advice.stdout, "recommendation|nothing that the numbers support")
        score = self.run_ctl("score", "last", code=4)  # no power
        self.assertIn("no score", score.stdout)
        power = self.run_ctl("profile", "power", "tiny.mlpackage", *QUICK, "--duration", "50ms")
        self.assertIn("power unknown", power.stdout)
        memory = self.run_ctl("profile", "memory", "tiny.mlpackage", *QUICK)
        self.assertRegex(memory.stdout.splitlines()[0], r"^tiny: ~?[0-9.]+ [kM]?B in use")


class WithADaemon(Profile):
    def test_power_of_a_machine_that_has_it(self):
        with Daemon(arguments=["--replay", str(TRACES / "busy_m5.jsonl"), "--speed", "4"]) as daemon:
            eventually(lambda: [name for name in daemon.metrics() if name.startswith("anemon_power_watts")],
                       what="power of the recording")
            result = self.document("profile", "model", "tiny.mlpackage", *QUICK, "--baseline", "500ms", "--energy-time",
                                   "3s", "--energy-limit", "6s", socket=daemon.socket)
            self.assertEqual(result["outcome"]["state"], "ok")
            self.assertTrue(result["environment"]["session"])
            self.assertGreater(result["power"]["average_power_watts"], 0)
            self.assertGreater(result["power"]["energy_per_inference_joules"], 0)
            shown = self.run_ctl("results", "show", "last").stdout
            self.assertIn(" each, ", shown.splitlines()[0])
            sleeper = subprocess.Popen(["sleep", "1000"])
            try:
                watched = self.document("profile", "monitor", "--pid", str(sleeper.pid), "-n", "2", "-i", "200ms",
                                        socket=daemon.socket)
            finally:
                sleeper.kill()
                sleeper.wait()
            self.assertEqual(watched["kind"], "monitor")
            self.assertNotIn("inferences_per_second", watched.get("throughput", {}))  # it reported none

    def test_no_power_takes_no_longer(self):
        with Daemon(arguments=["--replay", str(TRACES / "busy_m5.jsonl")]) as daemon:
            result = self.document("profile", "model", "tiny.mlpackage", *QUICK, "--no-power", socket=daemon.socket)
            self.assertEqual(result["outcome"]["state"], "ok")


ANSWERS = """
    import json, os, sys, time
    ARRAY = {"kind": "multiArray", "dtype": "fp32", "shape": [3], "optional": False}
    def say(**answer):
        print(json.dumps(answer), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        kind = request["request"]
        if kind == "hello":
            say(answer="hello", protocol=1, engine={"name": "scripted"})
        elif kind == "memory":
            say(answer="memory")
        elif kind == "load":
"""


class Failures(Profile):
    def failure(self, name, on_load):
        runner = self.script(name, ANSWERS + textwrap.indent(textwrap.dedent(on_load), " " * 12))
        done = self.run_ctl("profile", "model", "tiny.mlpackage", "--runner", runner, *QUICK, "--timeout", "1s",
                            code=125)
        self.assertIn("anemonctl: profile model: tiny.mlpackage: ", done.stderr)
        kept = self.document("results", "show", "last")
        self.assertEqual(kept["kind"], "model")
        self.assertNotIn("inference_time_ms", kept.get("timing", {}))
        return kept["outcome"], done

    def test_every_way_to_fail_is_named_and_kept(self):
        for name, body, state in (
                ("crash", "os.abort()", "crashed"),
                ("kill", "os.kill(os.getpid(), 9)", "killed"),
                ("exit", "sys.exit(3)", "crashed"),
                ("garbage", "print('hello world', flush=True); time.sleep(100)", "garbage"),
                ("hang", "time.sleep(1000)", "timed out"),
                ("refuse", "say(answer='error', kind='refused', error='only doubles')", "refused"),
                ("compiler", "say(answer='error', kind='compiler', error='ANECCompile failed')", "compiler failed"),
                ("memory", "say(answer='error', kind='memory', error='no room')", "out of memory")):
            with self.subTest(name):
                outcome, done = self.failure(name, body)
                self.assertEqual((outcome["state"], outcome["phase"]), (state, "load"))
                self.assertIn(f"{state} in phase load", done.stdout)

    def test_a_runner_that_is_not_there(self):
        done = self.run_ctl("profile", "model", "tiny.mlpackage", "--runner", "/nonexistent/runner", code=125)
        self.assertIn("/nonexistent/runner", done.stderr)

    def test_a_model_that_is_not_there(self):
        done = self.run_ctl("profile", "model", "nowhere.mlmodel", code=1)
        self.assertIn("nowhere.mlmodel", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertFalse(self.history.exists())


class Interrupt(Profile):
    def test_ctrl_c_ends_the_run_and_its_runner(self):
        process = subprocess.Popen([ANEMONCTL, "profile", "model", "tiny.mlpackage", "--time", "1000s", "--socket",
                                    "/nonexistent/anemond.sock"], cwd=self.folder, env=self.environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children")
        runners = eventually(lambda: children.read_text().split(), what="a runner")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("interrupted", err)
        self.assertEqual(out, "")
        for pid in runners:
            self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())
        self.assertFalse(self.history.exists())

    def test_progress_is_for_terminals_alone(self):
        ours, theirs = pty.openpty()
        process = subprocess.Popen([ANEMONCTL, "profile", "model", "tiny.mlpackage", *QUICK, "--socket",
                                    "/nonexistent/anemond.sock"], cwd=self.folder, env=self.environment(),
                                   stdout=subprocess.PIPE, stderr=theirs)
        os.close(theirs)
        out, _ = process.communicate(timeout=PATIENCE)
        shown = b""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and select.select([ours], [], [], 0.1)[0]:
            try:
                piece = os.read(ours, 4096)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
        self.assertEqual(process.returncode, 0, shown)
        self.assertIn(b"warming up", shown)
        self.assertNotIn(b"warming up", out)


if __name__ == "__main__":
    unittest.main()
