"""Core ML models: what `anemonctl model cost` takes, and how fast weights are passed over."""

import json
import os
import pathlib
import subprocess
import tempfile
import time

from bench.measuring import ROUNDS, Row, median

# Models of other people, for measurements where they are at hand; the largest has 844 layers.
DATA = pathlib.Path(os.environ.get("ANEMON_MODEL_DATA", "../shared/data/models")) / "coreml"
LARGEST = "pose_hourglass.mlmodel"


def benchmarks(program, folder, models):
    output = subprocess.run(
        [program, folder, *models, "--benchmark_format=json", "--benchmark_min_time=0.1",
         f"--benchmark_repetitions={ROUNDS}"],
        check=True, capture_output=True, text=True).stdout
    return {entry["run_name"]: entry for entry in json.loads(output)["benchmarks"]
            if entry.get("aggregate_name") == "median"}


def cost_command(anemonctl, model):
    """Seconds from start to end, and the most memory it had at once, in bytes."""
    times, peaks = [], []
    for _ in range(ROUNDS):
        began = time.monotonic()
        process = subprocess.Popen([anemonctl, "model", "cost", model], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        times.append(time.monotonic() - began)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"anemonctl model cost {model}: {process.returncode}")
        peaks.append(usage.ru_maxrss * 1024)
    return median(times), median(peaks)


def rows(programs):
    models = sorted(DATA.iterdir()) if DATA.is_dir() else []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        found = benchmarks(programs / "bench_models", folder, models)
        milliseconds = {run: entry["real_time"] / 1e6 for run, entry in found.items()}
        yield Row("reading, analysing and placing a written network of 844 layers",
                  milliseconds["cost/written"], "ms", 30)
        if f"cost/{LARGEST}" in milliseconds:
            yield Row("the same of the real network of 844 layers",
                      milliseconds[f"cost/{LARGEST}"], "ms", 30)
            real = {run: time for run, time in milliseconds.items() if run != "cost/written"
                    and run.startswith("cost/")}
            slowest = max(real, key=real.get)
            yield Row(f"the slowest of {len(real)} real models: {slowest.removeprefix('cost/')}",
                      real[slowest], "ms")
        yield Row("weights passed over by reading a network of 1 GiB",
                  found["skip_weights"]["bytes_per_second"] / 1e9, "GB/s", 1, at_least=True)
        anemonctl = programs / "anemonctl"
        model = DATA / LARGEST if models else folder / "layers.mlmodel"
        seconds, peak = cost_command(anemonctl, model)
        yield Row("anemonctl model cost, 844 layers, start to end", seconds * 1e3, "ms", 30)
        yield Row("its memory", peak / 1e6, "MB")
        seconds, peak = cost_command(anemonctl, folder / "sparse.mlmodel")
        yield Row("anemonctl model cost, 1 GiB of weights, start to end", seconds, "s", 1)
        yield Row("its memory", peak / 1e6, "MB", 100)
