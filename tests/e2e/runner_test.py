#!/usr/bin/env python3
"""anemon-runner as docs/runner-protocol.md describes it: nothing here knows more than that document."""

import json
import math
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import unittest

RUNNER = os.environ.get("ANEMON_RUNNER", "build/bin/anemon-runner")
SCRIPTED = os.environ.get("SCRIPTED_RUNNER", "build/bin/scripted_runner")
FIXTURES = os.environ.get("MODEL_FIXTURES", "build/bin/model_fixtures")
PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
DOCUMENT = (PROJECT / "docs" / "runner-protocol.md").read_text()
PATIENCE = 30 * float(os.environ.get("ANEMON_TEST_SLOWDOWN", "1"))


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


class Runner:
    """A runner that is asked by hand."""

    def __init__(self, program=SCRIPTED, **options):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, start_new_session=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            pipe.close()

    def send(self, request, **members):
        line = request if isinstance(request, bytes) else json.dumps({"request": request, **members}).encode()
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def answer(self):
        line = self.process.stdout.readline()
        assert line.endswith(b"\n"), f"no whole line: {line!r}"
        return json.loads(line, parse_constant=refuse)

    def ask(self, request, **members):
        self.send(request, **members)
        return self.answer()

    def predict(self, **members):
        """All lines of samples and the last answer."""
        self.send("predict", **members)
        lines = [self.answer()]
        while lines[-1]["answer"] == "samples":
            lines.append(self.answer())
        return lines[:-1], lines[-1]

    def ready(self, model="good"):
        self.ask("hello", protocol=1)
        self.ask("load", model=f"/models/{model}")
        self.ask("fill")
        return self


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # Ended, but not yet waited for by whoever inherited it.
    stat = pathlib.Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"


class Document(unittest.TestCase):
    def test_every_example_is_json_and_every_request_in_it_is_understood(self):
        known = {"hello", "plan", "load", "fill", "predict", "results"}
        seen = set()
        for block in re.findall(r"```json\n(.*?)```", DOCUMENT, re.S):
            decoder, text = json.JSONDecoder(parse_constant=refuse), block.strip()
            while text:
                example, end = decoder.raw_decode(text)
                text = text[end:].lstrip()
                if "request" not in example or "answer" in example:
                    continue
                seen.add(example["request"])
                with Runner() as runner:
                    answer = runner.ask(json.dumps(example).encode())
                    # It may come too early, or name what there is not, but it is no mistake of form.
                    self.assertNotIn("column", answer.get("error", ""), example)
        self.assertEqual(seen, known)

    def test_every_outcome_and_phase_is_described(self):
        source = (PROJECT / "profiler" / "runner" / "run_failure.cc").read_text()
        outcomes, phases = re.findall(r"kNames\[\] = \{\s*(\"[^}]*)\}", source)[:2]
        for outcome in re.findall(r'"([^"]+)"', outcomes):
            self.assertIn(f"| `{outcome}` |", DOCUMENT)
        for phase in re.findall(r'"([^"]+)"', phases):
            self.assertRegex(DOCUMENT, rf"\b{phase}\b")


class Conversation(unittest.TestCase):
    def test_hello_says_who_runs(self):
        with Runner() as runner:
            hello = runner.ask("hello", protocol=1)
            self.assertEqual(hello["answer"], "hello")
            self.assertEqual(hello["protocol"], 1)
            self.assertEqual(hello["pid"], runner.process.pid)
            self.assertEqual(hello["engine"]["name"], "scripted")
            self.assertRegex(hello["runner"], r"^anemon-runner \d")

    def test_hello_of_another_version_is_answered_with_its_own(self):
        with Runner() as runner:
            self.assertEqual(runner.ask("hello", protocol=7)["protocol"], 1)

    def test_bye_ends_it_with_status_0_and_the_end_of_input_with_another(self):
        with Runner() as runner:
            self.assertEqual(runner.ask("bye"), {"answer": "bye"})
            self.assertEqual(runner.process.wait(PATIENCE), 0)
        with Runner().ready() as runner:
            runner.process.stdin.close()
            self.assertEqual(runner.process.wait(PATIENCE), 1)

    def test_mistakes_are_answered_and_survived(self):
        with Runner() as runner:
            for line in (b"", b"nonsense", b"[]", b"{}", b'{"request":"dance"}', b'{"request":"load"}', b"\xff\xfe",
                         b'{"request":"predict","items":-1}', b"[" * 1000, b'{"request":"hello","protocol":1e999}'):
                error = runner.ask(line)
                self.assertEqual((error["answer"], error["kind"]), ("error", "protocol"), line)
            self.assertEqual(runner.ask("load", model="m")["kind"], "protocol")  # before hello
            self.assertEqual(runner.ask("hello", protocol=1)["answer"], "hello")
            self.assertEqual(runner.ask("predict")["kind"], "protocol")  # before load

    def test_errors_of_the_engine_have_their_kind(self):
        with Runner() as runner:
            runner.ask("hello", protocol=1)
            for model, kind in (("throw-load", "refused"), ("compiler-load", "compiler"), ("alien-load", "internal")):
                error = runner.ask("load", model=model)
                self.assertEqual((error["kind"], error["request"]), (kind, "load"))
            self.assertEqual(runner.ask("load", model="good")["answer"], "loaded")

    def test_a_line_without_end_ends_the_runner(self):
        with Runner() as runner:
            try:
                runner.process.stdin.write(b"x" * (20 << 20))
                runner.process.stdin.flush()
            except BrokenPipeError:
                pass
            self.assertEqual(runner.process.wait(PATIENCE), 1)
            self.assertIn(b"without end", runner.process.stderr.read())


class Predictions(unittest.TestCase):
    def test_samples_come_in_order_and_are_counted(self):
        with Runner().ready("slow:1") as runner:
            lines, last = runner.predict(min_count=30, min_seconds=0.05, chunk_seconds=0.01)
            self.assertGreater(len(lines), 1)
            expected, previous = 0, -1.0
            for line in lines:
                self.assertEqual(line["first"], expected)
                self.assertEqual(len(line["start"]), len(line["total"]))
                self.assertEqual(len(line["execution"]), len(line["total"]))
                expected += len(line["total"])
                for start, total in zip(line["start"], line["total"]):
                    self.assertGreater(start, previous)
                    previous = start + total - 1e-9
            self.assertEqual(last["count"], expected)
            self.assertGreaterEqual(last["count"], 30)
            self.assertGreaterEqual(last["seconds"], 0.05)

    def test_stop_ends_it_and_is_passed_over_elsewhere(self):
        with Runner().ready("slow:1") as runner:
            runner.send("stop")
            runner.send("predict", min_count=1000000, chunk_seconds=0.01)
            self.assertEqual(runner.answer()["answer"], "samples")
            runner.send("stop")
            while (answer := runner.answer())["answer"] == "samples":
                pass
            self.assertEqual(answer["answer"], "predicted")
            self.assertEqual(runner.ask("bye")["answer"], "bye")

    def test_standard_output_belongs_to_the_protocol_alone(self):
        with Runner().ready("chatty") as runner:
            lines, last = runner.predict(max_count=50)
            self.assertEqual(last["count"], 50)
            runner.ask("bye")
            self.assertEqual(runner.process.stdout.read(), b"")
            printed = runner.process.stderr.read()
            self.assertEqual(printed.count(b"cout says hello"), 50)

    def test_the_loop_itself_costs_less_than_a_hundredth_of_a_millisecond(self):
        """Of calls that take no time, all that is counted is the loop. Their median, so that the machine's load is not."""
        with Runner().ready() as runner:
            lines, last = runner.predict(min_count=20000)
            starts = [start for line in lines for start in line["start"]]
            # Only within a line: between lines they are written.
            gaps = sorted(b - a for line in lines for a, b in zip(line["start"], line["start"][1:]))
            self.assertEqual(len(starts), last["count"])
            self.assertLess(gaps[len(gaps) // 2], 10e-6)


class Data(unittest.TestCase):
    def test_values_from_a_file_and_in_line_come_out_doubled(self):
        with tempfile.TemporaryDirectory() as folder, Runner().ready() as runner:
            import array
            path = pathlib.Path(folder) / "x.f32"
            path.write_bytes(array.array("f", [0.5, -1, 2, 3, 4, 5]).tobytes())
            runner.ask("fill", inputs=[{"name": "x", "fill": "file", "path": str(path)}])
            runner.predict(max_count=1)
            result = runner.ask("results", numbers=3)
            self.assertEqual(result["numbers"], [1.0, -2.0, 4.0])
            self.assertEqual((result["count"], result["more"]), (6, False))
            self.assertEqual(result["statistics"]["max"], 10.0)

    def test_automatic_is_random_by_the_seed_and_never_zero(self):
        with Runner().ready() as runner:
            seen = []
            for seed in (1, 1, 2):
                filled = runner.ask("fill", seed=seed)
                self.assertEqual(filled["inputs"][0]["fill"], "normal")
                runner.predict(max_count=1)
                seen.append(runner.ask("results", numbers=6))
            self.assertEqual(seen[0]["checksum"], seen[1]["checksum"])
            self.assertNotEqual(seen[0]["checksum"], seen[2]["checksum"])
            self.assertNotIn(0.0, seen[0]["numbers"])


class TheEnd(unittest.TestCase):
    def test_a_runner_that_hangs_ends_with_its_parent(self):
        # The pipes stay open here, so that only the parent's death can tell it.
        script = f"'{SCRIPTED}' <&3 & echo $! >&2; wait"
        reading, writing = os.pipe()
        os.set_inheritable(reading, True)
        parent = subprocess.Popen(["sh", "-c", script.replace("<&3", f"<&{reading}")], pass_fds=[reading],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            pid = int(parent.stderr.readline())
            os.write(writing, b'{"request":"hello","protocol":1}\n{"request":"load","model":"hang-load"}\n')
            self.assertIn(b"hello", parent.stdout.readline())
            parent.send_signal(signal.SIGKILL)
            parent.wait()
            deadline = time.monotonic() + PATIENCE
            while not gone(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertTrue(gone(pid))
        finally:
            os.close(reading)
            os.close(writing)
            parent.stdout.close()
            parent.stderr.close()

    def test_the_program_says_what_it_is_when_somebody_starts_it(self):
        version = subprocess.run([RUNNER, "--version"], capture_output=True, text=True, check=True)
        self.assertRegex(version.stdout, r"^anemon-runner \d+\.\d+")
        usage = subprocess.run([RUNNER, "--what"], capture_output=True, text=True)
        self.assertEqual(usage.returncode, 2)
        self.assertIn("runner-protocol", usage.stderr)


class RealModels(unittest.TestCase):
    """Whatever engines there are here, they run small models or say why not; the runner lives through all of them."""

    def test_every_fixture_is_run_or_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([FIXTURES, folder], check=True, capture_output=True)
            with Runner(RUNNER) as runner:
                hello = runner.ask("hello", protocol=1)
                if hello["answer"] == "error":
                    self.skipTest(hello["error"])
                ran = 0
                for model in sorted(pathlib.Path(folder).iterdir()):
                    loaded = runner.ask("load", model=str(model))
                    self.assertIn(loaded["answer"], ("loaded", "error"), model.name)
                    if loaded["answer"] == "error":
                        self.assertIn(loaded["kind"], ("refused", "compiler"), (model.name, loaded))
                        continue
                    filled = runner.ask("fill")
                    if filled["answer"] == "error":
                        self.assertEqual(filled["kind"], "refused", (model.name, filled))
                        continue
                    lines, last = runner.predict(max_count=2)
                    self.assertIn(last["answer"], ("predicted", "error"), model.name)
                    if last["answer"] == "error":
                        self.assertEqual(last["kind"], "refused", (model.name, last))
                        continue
                    self.assertTrue(all(math.isfinite(t) for line in lines for t in line["total"]))
                    ran += 1
                self.assertEqual(runner.ask("bye")["answer"], "bye")
                self.assertGreater(ran, 0)


if __name__ == "__main__":
    unittest.main()
