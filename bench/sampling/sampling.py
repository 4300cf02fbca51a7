"""What sampling costs while nobody asks, what the daemon keeps in memory, how fast it starts."""

import contextlib
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time

from bench.measuring import (ROUNDS, Row, cpu_shares, descriptors, median, ratio, resident_bytes,
                             threads)
from bench.sampling import fixture
from bench.serve.programs import Contestant

COLLECTORS = ("ane", "cpu", "energy", "frequency", "inference", "memory", "self", "tasks",
              "thermal")
WINDOW = 3  # seconds of watching, by round; all that is compared at once
SETTLING = 5  # seconds before: memory is touched for the first time
PROCESSES = 300
SCRAPES = 10_000
RELOADS = 200

# Rings so short that they are full, and written around, within the measurement.
SHORT_RINGS = "store: {raw_retention: 10s, retention_1s: 1m, retention_10s: 1m, retention_60s: 1m}\n"


def only(*names, period="1s"):
    lines = "".join(f"  {name}: {{enabled: {str(name in names).lower()}, period: {period}}}\n"
                    for name in COLLECTORS)
    return f"collectors:\n{lines}"


@contextlib.contextmanager
def idle_processes(count):
    processes = [subprocess.Popen(["sleep", "1000"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()


@contextlib.contextmanager
def moving_counter(file):
    """An energy counter that goes on, as a machine's does: one that stands still is not trusted."""
    done = threading.Event()

    def move():
        joules = 1000000
        while not done.wait(0.05):
            joules += 500000
            file.write_text(f"{joules}\n")

    mover = threading.Thread(target=move)
    mover.start()
    try:
        yield
    finally:
        done.set()
        mover.join()


def rows(programs, daemon):
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        laptop = fixture.write_tree(scratch / "laptop", fixture.laptop())
        counter = fixture.write_tree(scratch / "counter", fixture.one_energy_counter())
        yield from start_rows(daemon, laptop)
        yield from idle_rows(daemon, laptop)
        yield from fast_rows(programs, daemon, counter)
        yield from memory_rows(daemon, laptop)


def start_rows(daemon, sysfs):
    """From the fork to the last byte of a page in which every collector has answered."""
    taken = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        with daemon(f"host: {{sysfs: {sysfs}}}\n") as running:
            page = Contestant("anemond", running.process, running.port).scrape()
            taken.append(time.monotonic() - began)
            answered = re.findall(rb'last_success_timestamp_seconds{collector="(\w+)"} [1-9]', page)
            assert len(answered) == len(COLLECTORS), answered
    yield Row("first complete answer after the start", median(taken) * 1e3, "ms", 20)


def idle_rows(daemon, sysfs):
    host = f"host: {{sysfs: {sysfs}}}\n"
    with idle_processes(PROCESSES), \
            daemon(host + only(*set(COLLECTORS) - {"tasks"})) as without, \
            daemon(host + only("tasks")) as tasks, daemon(host + only()) as none:
        pids = {"without": without.process.pid, "tasks": tasks.process.pid,
                "none": none.process.pid}
        cpu_shares(pids, SETTLING)
        shares = [cpu_shares(pids, WINDOW) for _ in range(ROUNDS)]
    share = {name: median(row[name] for row in shares) * 100 for name in pids}
    yield Row("all default collectors but tasks at 1 Hz", share["without"], "% of a core", 0.05)
    yield Row(f"tasks at 1 Hz with {PROCESSES} idle processes", share["tasks"], "% of a core", 0.15)
    yield Row("the daemon without collectors", share["none"], "% of a core")


def fast_rows(programs, daemon, sysfs):
    config = f"host: {{sysfs: {sysfs}}}\n" + only("energy", period="1ms")
    loop = subprocess.Popen([programs / "sleep_loop", "1000"])
    try:
        with moving_counter(sysfs / "class/powercap/intel-rapl:0/energy_uj"), \
                daemon(config) as running:
            pids = {"energy": running.process.pid, "loop": loop.pid}
            cpu_shares(pids, SETTLING)
            shares = [cpu_shares(pids, WINDOW) for _ in range(ROUNDS)]
            page = Contestant("anemond", running.process, running.port).scrape()
            assert b"\nanemon_energy_joules_total{" in page
    finally:
        loop.kill()
        loop.wait()
    yield Row("energy, one file at 1 kHz", ratio(shares, "energy", "loop"), "x a bare sleep loop",
              1.3)
    for name in pids:
        yield Row(f"1 kHz: {name}", median(row[name] for row in shares) * 100, "% of a core")


def memory_rows(daemon, sysfs):
    """RSS once every ring is full, and whether scrapes and reloads leave anything behind."""
    with idle_processes(PROCESSES), \
            daemon(SHORT_RINGS + f"host: {{sysfs: {sysfs}}}\n"
                   "tasks: {top_by_memory: 50, top_by_cpu: 50}\n") as running:
        pid = running.process.pid
        scraper = Contestant("anemond", running.process, running.port)
        store = float(re.search(rb"\nanemon_store_bytes ([\d.e+]+)\n", scraper.scrape()).group(1))
        began = time.monotonic()
        for _ in range(SCRAPES // 10):
            scraper.scrape()
        for _ in range(RELOADS // 10):
            reload(running, scraper)
        time.sleep(max(0, began + 85 - time.monotonic()))  # until the rings are full
        full = (resident_bytes(pid), descriptors(pid), threads(pid))
        for turn in range(SCRAPES):
            scraper.scrape()
            if turn % (SCRAPES // RELOADS) == 0:
                reload(running, scraper)
        after = (resident_bytes(pid), descriptors(pid), threads(pid))
        scraper.hang_up()
    yield Row(f"RSS beyond the printed store size, rings full, {PROCESSES} processes",
              (after[0] - store) / 1e6, "MB", 12)
    yield Row(f"RSS grown by {SCRAPES} scrapes and {RELOADS} reloads", (after[0] - full[0]) / 1e3,
              "kB", 512)
    yield Row("descriptors grown meanwhile", after[1] - full[1], "", 0)
    yield Row("threads grown meanwhile", after[2] - full[2], "", 0)


def reload(running, scraper):
    running.signal(signal.SIGHUP)
    scraper.scrape()
