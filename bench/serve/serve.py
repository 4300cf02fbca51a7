"""Scrapes: processor time of one at a named gap, tail latency and throughput under load.

Every page of anemon's page_server is rendered anew from a pass that changed every value, and the
pass is counted with it; the Exposer serves the same series, node_exporter and anemond what they
know of this machine.
"""

import contextlib
import re
import subprocess
import time

from bench.measuring import ROUNDS, Row, cpu_seconds, median, ratio
from bench.serve.programs import Contestant, node_exporter, printed_port

GAP = 0.1
SCRAPES = 15  # in a row, by round
LOAD_SECONDS = 1


def scrape_cost(contestant):
    """Processor seconds of one scrape at the gap."""
    contestant.scrape()
    before = cpu_seconds(contestant.pid)
    for _ in range(SCRAPES):
        time.sleep(GAP)
        contestant.scrape()
    cost = (cpu_seconds(contestant.pid) - before) / SCRAPES
    contestant.hang_up()
    return cost


def load(contestant, connections):
    """(99th percentile in seconds, answers a second) of scrapes back to back."""
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{LOAD_SECONDS}s", "--latency", contestant.url],
        check=True, capture_output=True, text=True).stdout
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", output).groups()
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))
    return float(value) * {"us": 1e-6, "ms": 1e-3, "s": 1}[unit], rate


def rows(programs, daemon):
    with contextlib.ExitStack() as stack:
        contestants = {}
        for series in (500, 5000):
            for name in ("page_server", "exposer_server"):
                contestants[f"{name} {series}"] = stack.enter_context(
                    printed_port(f"{name} {series}", programs / name, str(series)))
        contestants["node_exporter"] = stack.enter_context(node_exporter())
        running = stack.enter_context(daemon())
        contestants["anemond"] = Contestant("anemond", running.process, running.port)

        costs = [{name: scrape_cost(contestant) for name, contestant in contestants.items()}
                 for _ in range(ROUNDS)]
        yield from cost_rows(costs)
        loads = [{(name, connections): load(contestants[f"{name} 500"], connections)
                  for connections in (8, 64) for name in ("page_server", "exposer_server")}
                 for _ in range(ROUNDS)]
        yield from load_rows(loads)


def cost_rows(costs):
    for series, goal in ((500, 0.25), (5000, 0.15)):
        yield Row(f"CPU of a scrape, {series} series rendered anew",
                  ratio(costs, f"page_server {series}", f"exposer_server {series}"),
                  "x Exposer", goal)
    yield Row("CPU of a scrape of anemond, its sampling included",
              ratio(costs, "anemond", "node_exporter"), "x node_exporter", 0.08)
    for name in costs[0]:
        yield Row(f"CPU of a scrape: {name}", median(cost[name] for cost in costs) * 1e6, "us")


def load_rows(loads):
    for connections in (8, 64):
        ours, theirs = ("page_server", connections), ("exposer_server", connections)
        yield Row(f"p99 at {connections} connections",
                  median(load[ours][0] / load[theirs][0] for load in loads), "x Exposer", 0.4)
        yield Row(f"throughput at {connections} connections",
                  median(load[ours][1] / load[theirs][1] for load in loads), "x Exposer", 4, True)
        for name in (ours, theirs):
            yield Row(f"p99 at {connections} connections: {name[0]} 500",
                      median(load[name][0] for load in loads) * 1e3, "ms")
            yield Row(f"answers at {connections} connections: {name[0]} 500",
                      median(load[name][1] for load in loads), "1/s")
