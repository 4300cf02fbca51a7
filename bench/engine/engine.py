"""The profiler: what measuring adds to an inference, reports, and the reference engine beside ONNX Runtime."""

import json
import math
import os
import pathlib
import subprocess
import tempfile

from bench.measuring import ROUNDS, Row, median

HERE = pathlib.Path(__file__).resolve().parent
PACKAGES = HERE.parent.parent / "build/tools/npm/engine"
SHAPE = (3, 128, 128)
WARM_UP, SEGMENT = 30, 20


class Process:
    """Answers a line of JSON with lines of JSON."""

    def __init__(self, command, **environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **environment})

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args[0]} ended")
        return json.loads(line)

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.read()

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Runner(Process):
    def __init__(self, program, folder):
        super().__init__([program])
        self.ask(request="hello", protocol=1, engine="reference")
        self.ask(request="load", model=str(folder / "network.mlmodel"), threads=1)
        self.ask(request="fill", items=1, inputs=[
            {"name": "image", "fill": "file", "path": str(folder / "input.f32")}])

    def segment(self, count):
        seconds = []
        answer = self.ask(request="predict", min_count=count)
        while answer["answer"] == "samples":
            seconds += answer["total"]
            answer = self.read()
        if answer["answer"] != "predicted":
            raise RuntimeError(f"anemon-runner: {answer}")
        return seconds

    def output(self):
        return self.ask(request="results", item=0, numbers=100)["numbers"]


class OnnxRuntime(Process):
    def __init__(self, folder):
        super().__init__(["node", HERE / "onnx_runtime.mjs", folder / "network.onnx", folder / "input.f32",
                          "1", *map(str, SHAPE)], NODE_PACKAGES=str(PACKAGES))
        self.version = self.read()["version"]
        self.last = []

    def segment(self, count):
        answer = self.ask(count=count)
        self.last = answer["output"]
        return answer["seconds"]

    def output(self):
        return self.last


def cosine(a, b):
    return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))


def compared(runner, folder):
    """Medians of both, segment by segment in turn, A B B A."""
    ours, theirs = Runner(runner, folder), OnnxRuntime(folder)
    try:
        ours.segment(WARM_UP)
        theirs.segment(WARM_UP)
        if cosine(ours.output(), theirs.output()) < 0.9999:
            raise RuntimeError("the reference engine and ONNX Runtime compute different things")
        pairs = []
        for _ in range(ROUNDS):
            times = {ours: [], theirs: []}
            for engine in (ours, theirs, theirs, ours):
                times[engine].append(median(engine.segment(SEGMENT)))
            pairs.append((sum(times[ours]), sum(times[theirs])))
        return [(a / 2, b / 2) for a, b in pairs], theirs.version
    finally:
        ours.end()
        theirs.end()


def rows(programs):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        found = json.loads(subprocess.run([programs / "bench_engine", folder], check=True,
                                          capture_output=True, text=True).stdout)
        yield Row("measuring, beyond an inference of 1 ms",
                  100 * (found["runner_seconds"] - found["bare_seconds"]) / 1e-3, "%", 1)
        yield Row("HTML report, 20 000 samples, 200 layers", found["html_seconds"] * 1e3, "ms", 200)
        yield Row("the same as Markdown", found["markdown_seconds"] * 1e3, "ms", 200)
        yield Row("the same as CSV", found["csv_seconds"] * 1e3, "ms", 200)
        if not (PACKAGES / "node_modules").is_dir():
            return  # no npm here: nothing to compare with
        pairs, version = compared(programs / "anemon-runner", folder)
        yield Row("reference engine, convolution network, one thread", median(a for a, _ in pairs) * 1e3, "ms")
        yield Row(f"the same beside ONNX Runtime {version}", median(a / b for a, b in pairs), "x", 1.3)
