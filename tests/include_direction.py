#!/usr/bin/env python3
"""Folders are layers: fails on an #include that goes against the arrows of ARCHITECTURE.md."""

import pathlib
import re
import sys

ALLOWED = {
    "core": set(),
    "config": {"core"},
    "platform": {"core"},
    "helper": {"core", "platform"},
    "collectors": {"core", "platform"},
    "exporters": {"core", "platform"},
    "sessions": {"core"},
    "client": {"core"},
    "models": {"core", "platform"},
    "profiler": {"core", "platform", "client", "models"},
    "sdk": {"core", "platform", "models", "profiler"},
    "ctl": {"core", "config", "platform", "collectors", "client", "models", "profiler"},
    "daemon": {"core", "config", "platform", "helper", "collectors", "exporters",
               "sessions"},
}
# Only these may name a concrete collector.
COLLECTOR_TABLE = {"collectors/collectors.cc"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def concrete_collectors(root):
    """Headers in collectors/ that declare a class derived from Collector."""
    return {
        str(header.relative_to(root))
        for header in (root / "collectors").glob("*.h")
        if re.search(r"public Collector\b", header.read_text())
    }


def violations(root):
    concrete = concrete_collectors(root)
    for folder, allowed in ALLOWED.items():
        for source in sorted((root / folder).rglob("*")):
            if source.suffix not in (".cc", ".h", ".inc", ".mm"):
                continue
            name = str(source.relative_to(root))
            for number, line in enumerate(source.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                target = match.group(1)
                to = target.split("/")[0]
                if "/" not in target or (to != folder and to not in allowed):
                    yield f"{name}:{number}: {folder}/ must not include {target}"
                elif target in concrete and name not in COLLECTOR_TABLE \
                        and source.with_suffix(".h") != root / target:
                    yield f"{name}:{number}: only the collector table names {target}"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    found = list(violations(root))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
