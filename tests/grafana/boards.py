"""The dashboards as the tests see them."""

import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GRAFANA = ROOT / "grafana"
SUFFIXES = r"(?:_bucket|_sum|_count)?"


def catalogue():
    """Metric's name -> (type, provenance), from the one place for names."""
    row = re.compile(r'^ANEMON_METRIC\(\w+, "(\w+)", (\w+), "\w*", (\w+), "([\w,]*)"', re.M)
    text = (ROOT / "core/metrics.inc").read_text()
    return {name: (kind, provenance, set(filter(None, labels.split(","))))
            for name, kind, provenance, labels in row.findall(text)}


METRICS = catalogue()


def boards():
    return {path.name: json.loads(path.read_text())
            for path in sorted((GRAFANA / "dashboards").glob("*.json"))}


def panels(board):
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", [])


def expressions():
    for name, board in boards().items():
        for panel in panels(board):
            for target in panel.get("targets", []):
                yield f"{name}: {panel['title']}", target["expr"]
        for annotation in board["annotations"]["list"]:
            if "expr" in annotation:
                yield f"{name}: annotation {annotation['name']}", annotation["expr"]


def metrics_of(expression):
    return set(re.findall(r"\b((?:anemon|process)_\w+?)" + SUFFIXES + r"\{", expression))


def substituted(expression, interval="5m"):
    """As Grafana asks it, with all jobs and instances chosen."""
    return (expression.replace("$__rate_interval", interval).replace("$job", ".+")
            .replace("$instance", ".+"))
