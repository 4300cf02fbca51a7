"""Runs the benchmarks, prints measured beside goal and writes the table into docs/performance.md.

    python3 -B -m bench.run [--build DIR] [--write] [PART...]

Parts: core, models, serve, sampling, client, engine; all by default. Exits with 1 when a goal was missed.
"""

import argparse
import datetime
import os
import pathlib
import platform
import re
import sys

from bench.client import client
from bench.core import core
from bench.engine import engine
from bench.models import models
from bench.sampling import sampling
from bench.serve import serve

DOCUMENT = pathlib.Path("docs/performance.md")
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"


def machine():
    with open("/proc/cpuinfo") as cpuinfo:
        model = re.search(r"model name\s*: (.*)", cpuinfo.read())
    name = model.group(1) if model else platform.machine()
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{os.cpu_count()} x {name}, {system}, Linux {platform.release()}"


def table(cells):
    widths = [max(len(row[i]) for row in cells) for i in range(4)]
    lines = ["| " + " | ".join(c.ljust(w) for c, w in zip(row, widths)) + " |" for row in cells]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines) + "\n"


def write(text):
    before, rest = DOCUMENT.read_text().split(BEGIN)
    after = rest.split(END)[1]
    date = datetime.date.today().isoformat()
    DOCUMENT.write_text(f"{before}{BEGIN}\nMade by `scripts/bench` on {date}: {machine()}.\n\n"
                        f"{text}\n{END}{after}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build-bench"))
    parser.add_argument("--write", action="store_true", help="write the table into the document")
    parser.add_argument("parts", nargs="*",
                        default=["core", "models", "serve", "sampling", "client", "engine"])
    options = parser.parse_args()
    programs = options.build.resolve() / "bin"
    os.environ["ANEMOND"] = str(programs / "anemond")
    from tests.e2e.anemond import Daemon  # reads ANEMOND

    parts = {"core": lambda: core.rows(programs), "models": lambda: models.rows(programs),
             "serve": lambda: serve.rows(programs, Daemon),
             "sampling": lambda: sampling.rows(programs, Daemon),
             "client": lambda: client.rows(programs, Daemon),
             "engine": lambda: engine.rows(programs)}
    rows = []
    for part in options.parts:
        for row in parts[part]():
            print(f"{part:9} {' | '.join(row.cells())}", file=sys.stderr, flush=True)
            rows.append(row)
    text = table([["what", "goal", "measured", ""]] + [row.cells() for row in rows])
    print(text, end="")
    if options.write:
        write(text)
    return 0 if all(row.met() in (True, None) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
