"""The light client: what a program pays for reporting one inference."""

import json
import os
import subprocess

from bench.measuring import ROUNDS, Row, median, ratio

NANOSECONDS = 1e9


def runs(program, socket):
    """Seconds a call of each benchmark, by round."""
    output = subprocess.run(
        [program, "--benchmark_format=json",
         f"--benchmark_repetitions={ROUNDS}", "--benchmark_enable_random_interleaving=true"],
        check=True, capture_output=True, text=True,
        env={**os.environ, "ANEMON_SOCKET": str(socket)}).stdout
    rounds = [{} for _ in range(ROUNDS)]
    for entry in json.loads(output)["benchmarks"]:
        if entry.get("error_occurred"):
            raise RuntimeError(f"{entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            name = entry["run_name"].split("/")[0]
            rounds[entry["repetition_index"]][name] = entry["seconds_per_call"]
    return rounds


def rows(programs, daemon_class):
    with daemon_class() as daemon:
        rounds = runs(programs / "bench_client", daemon.socket)
    for name, what, goal in (
            ("with_daemon", "reporting an inference, a daemon listens", 200),
            ("without_daemon", "reporting an inference, no daemon", 20)):
        yield Row(what, median(each[name] for each in rounds) * NANOSECONDS, "ns a call", goal)
        yield Row("the same beside an empty loop", ratio(rounds, name, "empty_loop"), "x")
