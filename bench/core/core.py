"""bench_core's figures: rendering, the store's push and its bytes."""

import json
import subprocess

from bench.measuring import Row


def results(program):
    output = subprocess.run(
        [program, "--benchmark_format=json", "--benchmark_min_time=0.1",
         "--benchmark_repetitions=7", "--benchmark_enable_random_interleaving=true"],
        check=True, capture_output=True, text=True).stdout
    return {entry["run_name"]: entry for entry in json.loads(output)["benchmarks"]
            if entry.get("aggregate_name") == "median"}


def rows(programs):
    found = results(programs / "bench_core")
    small, large = found["render_page/500"], found["render_page/5000"]
    push, size = found["push_sample/5000"], found["raw_sample_bytes/iterations:1"]
    other = found["prometheus_cpp_page/500"]
    nanoseconds = 1e9
    allocations = (large["allocations_per_page"] - small["allocations_per_page"]) / 4500
    yield Row("rendering, 500 series", small["seconds_per_series"] * nanoseconds, "ns a series", 60)
    yield Row("rendering, 5000 series", large["seconds_per_series"] * nanoseconds, "ns a series",
              60)
    yield Row("prometheus-cpp's Collect and TextSerializer, 500 series",
              other["seconds_per_series"] * nanoseconds, "ns a series")
    yield Row("allocations of rendering", allocations, "a series", 0)
    yield Row("store push across 5000 series, rollups included",
              push["seconds_per_sample"] * nanoseconds, "ns a sample", 30)
    yield Row("allocations of a pass", push["allocations_per_pass"], "a pass", 0)
    yield Row("raw sample in the default store", size["bytes"], "bytes", 8.5)
    decode, passes = found["decode_sample"], found["apple_passes"]
    yield Row("decoding Apple's energy counters, 4606 channels listed",
              decode["seconds_per_channel"] * nanoseconds, "ns a kept channel", 60)
    yield Row("allocations of Apple's collectors", passes["allocations_per_pass"], "a pass", 0)
    yield Row("series of Apple's collectors", passes["series"], "")
    # Ten passes a second; the drivers' calls are not in it.
    yield Row("energy, frequency, ane and thermal on Apple silicon at 10 Hz",
              passes["seconds_per_pass"] * 10 * 100, "% of a core", 0.3)
