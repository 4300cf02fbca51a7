#!/usr/bin/env python3
"""Dashboards and rules, checked without Grafana: what grafana/dashboard-linter asks for, and more."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

from boards import (GRAFANA, METRICS, ROOT, SUFFIXES, boards, expressions, metrics_of, panels,
                    substituted)

PROMTOOL = shutil.which("promtool")
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
DRAWN = {"timeseries", "stat", "table", "state-timeline", "text", "row"}  # no Angular panels


class Dashboards(unittest.TestCase):
    def test_a_board_opens_in_every_grafana_and_says_what_it_is(self):
        self.assertEqual(len(boards()), 3)
        uids = set()
        for name, board in boards().items():
            with self.subTest(board=name):
                self.assertIsNone(board["id"])
                self.assertRegex(board["uid"], r"^[a-z-]{5,40}$")
                uids.add(board["uid"])
                self.assertEqual(board["schemaVersion"], 39)
                self.assertFalse(board["editable"])
                self.assertEqual(board["graphTooltip"], 1)
                self.assertTrue(board["title"] and board["description"] and board["tags"])
                self.assertNotIn("__inputs", board)
        self.assertEqual(len(uids), 3)

    def test_variables_choose_source_job_and_instance(self):
        for name, board in boards().items():
            variables = {each["name"]: each for each in board["templating"]["list"]}
            with self.subTest(board=name):
                self.assertEqual(variables["datasource"]["type"], "datasource")
                self.assertEqual(variables["datasource"]["query"], "prometheus")
                for each in ("job", "instance"):
                    variable = variables[each]
                    self.assertEqual(variable["datasource"], DATASOURCE)
                    self.assertEqual(variable["label"].lower(), each)
                    self.assertTrue(variable["multi"] and variable["includeAll"])
                    self.assertEqual((variable["allValue"], variable["refresh"]), (".+", 2))
                    # A metric that every daemon has at all times.
                    self.assertRegex(variable["query"]["query"],
                                     rf"^label_values\(anemon_build_info.*, {each}\)$")

    def test_panels_have_titles_words_units_and_places(self):
        for name, board in boards().items():
            ids, cells = set(), set()
            for panel in panels(board):
                with self.subTest(board=name, panel=panel["title"]):
                    self.assertIn(panel["type"], DRAWN)
                    self.assertNotIn(panel["id"], ids)
                    ids.add(panel["id"])
                    place = panel["gridPos"]
                    self.assertLessEqual(place["x"] + place["w"], 24)
                    mine = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                            for y in range(place["y"], place["y"] + place["h"])}
                    self.assertFalse(cells & mine, "panels overlap")
                    cells |= mine
                    if panel["type"] == "row":
                        continue
                    self.assertTrue(panel["description"].endswith("."))
                    if panel["type"] == "text":
                        continue
                    self.assertEqual(panel["datasource"], DATASOURCE)
                    self.assertTrue(panel["fieldConfig"]["defaults"]["unit"])
                    self.assertTrue(panel["targets"])
                    for target in panel["targets"]:
                        self.assertEqual(target["datasource"], DATASOURCE)
                        self.assertTrue(target["legendFormat"])

    def test_expressions_filter_by_job_and_instance_and_rate_counters(self):
        for where, expression in expressions():
            with self.subTest(where=where, expression=expression):
                self.assertTrue(metrics_of(expression))
                for name in metrics_of(expression):
                    self.assertIn(name, METRICS, "not in the catalogue")
                    selector = rf"\b{name}{SUFFIXES}\{{([^}}]*)\}}(\[[^]]*\])?"
                    for matchers, window in re.findall(selector, expression):
                        self.assertIn('job=~"$job"', matchers)
                        self.assertIn('instance=~"$instance"', matchers)
                        labels = set(re.findall(r"(\w+)=", matchers)) - {"job", "instance"}
                        self.assertLessEqual(labels, METRICS[name][2])
                        if METRICS[name][0] in ("counter", "histogram"):
                            self.assertEqual(window, "[$__rate_interval]")
                        else:
                            self.assertEqual(window, "")
                by = set(re.findall(r"\bby \(([^)]*)\)", expression))
                for labels in by:
                    self.assertLessEqual({"job", "instance"}, set(re.split(r",\s*", labels)))

    def test_a_panel_says_how_its_numbers_are_made(self):
        for name, board in boards().items():
            for panel in panels(board):
                for target in panel.get("targets", []):
                    with self.subTest(board=name, panel=panel["title"]):
                        for metric in metrics_of(target["expr"]):
                            self.assertIn(METRICS[metric][1], panel["description"].lower())

    def test_every_board_explains_what_is_missing(self):
        for name, board in boards().items():
            tables = [target["expr"] for panel in panels(board) if panel["type"] == "table"
                      for target in panel["targets"] if "anemon_signal_state" in target["expr"]]
            self.assertEqual(len(tables), 1, name)
            signals = re.compile(re.search(r'signal=~"([^"]*)"', tables[0]).group(1))
            for where, expression in expressions():
                if not where.startswith(name) or "Machines" in where or "Version" in where:
                    continue
                for metric in metrics_of(expression):
                    # What the daemon says of itself is always there.
                    own = metric.startswith(("anemon_collector", "anemon_store", "anemon_http",
                                             "anemon_log", "anemon_config", "anemon_readings",
                                             "anemon_signal", "anemon_session", "process_",
                                             "anemon_process"))
                    self.assertTrue(own or signals.fullmatch(metric), f"{where}: {metric}")

    def test_every_metric_is_shown_or_known_not_to_be(self):
        shown = set().union(*(metrics_of(expression) for _, expression in expressions()))
        hidden = {line.strip() for line in
                  (pathlib.Path(__file__).parent / "not_shown.txt").read_text().splitlines()
                  if line and not line.startswith("#")}
        self.assertEqual(sorted(set(METRICS) - shown), sorted(hidden))

    @unittest.skipUnless(PROMTOOL, "promtool is not installed")
    def test_prometheus_parses_every_expression(self):
        rules = [{"record": f"checked:expression:{number}", "expr": substituted(expression)}
                 for number, (_, expression) in enumerate(expressions())]
        with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
            yaml.safe_dump({"groups": [{"name": "checked", "rules": rules}]}, file)
            file.flush()
            done = subprocess.run([PROMTOOL, "check", "rules", "--lint=none", file.name],
                                  capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


@unittest.skipUnless(PROMTOOL, "promtool is not installed")
class Rules(unittest.TestCase):
    def promtool(self, *arguments):
        done = subprocess.run([PROMTOOL, *map(str, arguments)], capture_output=True, text=True,
                              timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_promtool_accepts_configuration_and_rules(self):
        self.promtool("check", "config", GRAFANA / "prometheus.yml")
        self.promtool("check", "rules", *sorted((GRAFANA / "rules").glob("*.yml")))

    def test_alerts_fire_when_they_should(self):
        self.promtool("test", "rules", *sorted((GRAFANA / "rules/tests").glob("*.yml")))

    def test_every_alert_is_tested_and_has_a_page(self):
        pages = re.findall(r"^## (\w+)$", (ROOT / "docs/runbook.md").read_text(), re.M)
        alerts = [rule for group in yaml.safe_load(
            (GRAFANA / "rules/alerts.yml").read_text())["groups"] for rule in group["rules"]]
        tests = yaml.safe_load((GRAFANA / "rules/tests/alerts.yml").read_text())["tests"]
        fired = {case["alertname"] for test in tests for case in test["alert_rule_test"]
                 if case.get("exp_alerts")}
        self.assertEqual(pages, [rule["alert"] for rule in alerts])
        for rule in alerts:
            with self.subTest(alert=rule["alert"]):
                self.assertIn(rule["alert"], fired)
                self.assertTrue(rule["for"])
                self.assertIn(rule["labels"]["severity"], ("critical", "warning", "info"))
                self.assertTrue(rule["annotations"]["summary"].endswith("."))
                self.assertEqual(rule["annotations"]["runbook_url"],
                                 f"docs/runbook.md#{rule['alert'].lower()}")

    def test_rules_name_metrics_of_the_catalogue(self):
        for path in (GRAFANA / "rules").glob("*.yml"):
            for group in yaml.safe_load(path.read_text())["groups"]:
                for rule in group["rules"]:
                    for name in re.findall(r"\b((?:anemon|process)_\w+)\b", rule["expr"]):
                        self.assertIn(name, METRICS)


if __name__ == "__main__":
    unittest.main()
