#!/usr/bin/env python3
"""Every panel of every dashboard shows data, or the dashboard says why it does not.

A real Prometheus scrapes a daemon that plays a recording of a busy Neural Engine, and one that
watches this machine; each panel's expressions are asked as Grafana asks them.
"""

import re
import sys
import time
import unittest

from boards import GRAFANA, ROOT, boards, expressions, panels, substituted

sys.path.insert(0, str(ROOT / "tests/e2e"))

from anemond import Daemon, eventually  # noqa: E402
from prometheus import PROMETHEUS, PROMTOOL, Prometheus  # noqa: E402

TRACES = ROOT / "tests/fixtures/traces"
INTERVAL = "30s"  # four scrapes and more, as Grafana would choose
FAST = "collectors: {inference: {period: 1s}}\n"


def replay(trace):
    return Daemon(FAST, ["--replay", str(TRACES / f"{trace}.jsonl")])


def work(daemon):
    """What clients do: inferences of which one fails, and one that nobody can count."""
    event = {"model": "yolo", "compute_unit": "ane", "begin": time.time() - 0.1,
             "items": {"image": 4}, "duration_seconds": 0.05}
    answer = daemon.control("POST", "/v1/inferences",
                            {"events": [event] * 5 + [{**event, "ok": False}]})
    assert answer.json() == {"accepted": 6, "refused": 0}, answer.text()
    daemon.control("POST", "/v1/inferences",
                   {"events": [{**event, "begin": time.time() - 1e6}]})
    daemon.control("POST", "/v1/sessions", {"name": "short"})
    daemon.control("POST", "/v1/sessions/short/stop")


# No source of the recording, nor of this machine, gives these; the tables of states say so.
EXPLAINED = {"neural-engine.json: Clock": ("anemon_frequency_hertz", "ane0"),
             "overview.json: Hardware throttling": ("anemon_throttle_events_total", "cpu")}


def empty_panels(prometheus):
    return {where: expression for where, expression in expressions()
            if not prometheus.query(substituted(expression, INTERVAL))}


@unittest.skipUnless(PROMETHEUS and PROMTOOL, "Prometheus is not installed")
class Panels(unittest.TestCase):
    def test_every_panel_shows_a_busy_machine(self):
        with replay("busy_m5") as mac, Daemon() as here, \
                Prometheus(f"{mac.host}:{mac.port}", f"{here.host}:{here.port}") as prometheus:
            mac.control("POST", "/v1/sessions", {"name": "open"})
            left = {}

            def filled():
                work(mac)
                left.clear()
                left.update(empty_panels(prometheus))
                return set(left) <= set(EXPLAINED)
            try:
                eventually(filled, limit=60, what="data on every panel")
            except AssertionError as error:
                self.fail(f"{error}: {left}")
            for where in left:
                signal, component = EXPLAINED[where]
                self.assertTrue(prometheus.query(
                    f'anemon_signal_state{{signal="{signal}",component="{component}",'
                    'state!="live",reason!=""}'), where)
            [power] = prometheus.query('anemon_power_watts{component="ane"}')
            self.assertAlmostEqual(float(power["value"][1]), 2.5, delta=0.3)

    def test_a_machine_without_a_trusted_source_says_why(self):
        with replay("energy_gated_macos27") as mac, \
                Prometheus(f"{mac.host}:{mac.port}") as prometheus:
            tables = [target["expr"] for board in boards().values() for panel in panels(board)
                      for target in panel.get("targets", [])
                      if panel["title"] == "Why something is missing"
                      and re.search("power", target["expr"])]
            self.assertEqual(len(tables), 2)
            for table in tables:
                def reason(table=table):
                    return [row["metric"] for row in prometheus.query(substituted(table))
                            if row["metric"]["signal"] == "anemon_power_watts"
                            and row["metric"].get("component") == "ane"
                            and row["metric"]["source"] == "ioreport"]
                [row] = eventually(reason, limit=60, what="a reason")
                self.assertTrue(row["reason"])
                self.assertIn(row["state"], ("gated", "unproven", "stale"))
            self.assertFalse(prometheus.query('anemon_power_watts{component="ane"}'))

    def test_the_shipped_configuration_evaluates_every_rule_and_notices_a_dead_daemon(self):
        with replay("busy_m5") as mac:
            config = ((GRAFANA / "prometheus.yml").read_text()
                      .replace("localhost:10263", f"{mac.host}:{mac.port}")
                      .replace("10s", "1s").replace("rules/", f"{GRAFANA}/rules/"))
            with Prometheus(config=config) as prometheus:
                def rules():
                    found = prometheus.api("rules") or {"groups": []}
                    return [rule for group in found["groups"] for rule in group["rules"]]

                def evaluated():
                    work(mac)
                    return (rules() and all(rule["health"] == "ok" for rule in rules())
                            and all(prometheus.query(rule["name"]) for rule in rules()
                                    if rule["type"] == "recording"))
                eventually(evaluated, limit=60, what="every rule evaluated")
                mac.process.kill()
                eventually(lambda: any(rule["name"] == "AnemondDown" and rule["state"] == "pending"
                                       for rule in rules()), what="AnemondDown pending")


if __name__ == "__main__":
    unittest.main()
