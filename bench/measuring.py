"""What every measurement shares: rows of the result table, clocks and medians."""

import dataclasses
import os
import statistics
import time

ROUNDS = 7
median = statistics.median


@dataclasses.dataclass
class Row:
    """One promise beside what was measured. Without a goal it is for information."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    at_least: bool = False

    def met(self):
        if self.goal is None:
            return None
        return self.measured >= self.goal if self.at_least else self.measured <= self.goal

    def cells(self):
        verdict = {None: "", True: "ok", False: "MISSED"}[self.met()]
        goal = "" if self.goal is None else \
            f"{'at least' if self.at_least else 'at most'} {number(self.goal)} {self.unit}"
        return [self.what, goal, f"{number(self.measured)} {self.unit}".strip(), verdict]


def number(value):
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cpu_seconds(pid):
    """Processor time of another process so far, in the kernel's full resolution."""
    return time.clock_gettime((~pid << 3) | 2)


def cpu_shares(pids, seconds):
    """The share of one core that each process uses while `seconds` pass, by its name in `pids`."""
    before = {name: cpu_seconds(pid) for name, pid in pids.items()}
    began = time.monotonic()
    time.sleep(seconds)
    taken = time.monotonic() - began
    return {name: (cpu_seconds(pid) - before[name]) / taken for name, pid in pids.items()}


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def threads(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def ratio(rows, numerator, denominator):
    """The median of the ratios of two columns measured in the same rounds."""
    return median(row[numerator] / row[denominator] for row in rows)
