#!/usr/bin/env python3
"""A real Prometheus scrapes a real anemond and answers queries about it."""

import subprocess
import unittest

from anemond import SLOW, Daemon, eventually
from prometheus import PROMETHEUS, PROMTOOL, Prometheus


@unittest.skipUnless(PROMETHEUS and PROMTOOL, "Prometheus is not installed")
class Scraped(unittest.TestCase):
    def test_prometheus_scrapes_and_answers(self):
        with Daemon() as daemon, Prometheus(f"{daemon.host}:{daemon.port}") as prometheus:
            [up] = eventually(lambda: prometheus.query("up == 1"), limit=60, what="a good scrape")
            self.assertEqual(up["value"][1], "1")
            busy = 'sum(rate(anemon_cpu_seconds_total[20s]))'
            [seconds] = eventually(lambda: prometheus.query(busy), limit=60, what="a rate")
            self.assertGreater(float(seconds["value"][1]), 0)
            for expression in ("anemon_build_info", "anemon_memory_bytes", "anemon_load1",
                               "process_resident_memory_bytes", "anemon_signal_state",
                               "histogram_quantile(0.9, rate("
                               "anemon_collector_duration_seconds_bucket[20s]))"):
                self.assertTrue(prometheus.query(expression), expression)

            # What Prometheus learnt of each metric is what the catalogue says.
            learnt = prometheus.api("metadata")
            catalogue = {m["name"]: m for m in daemon.get("/v1/metrics").json()["metrics"]}
            for name, [entry] in learnt.items():
                if name in catalogue:
                    self.assertEqual(entry["type"], catalogue[name]["type"], name)
                    self.assertEqual(entry["help"], catalogue[name]["help"], name)
            self.assertGreater(len(set(learnt) & set(catalogue)), 20)

            # No scrape was refused for a duplicate, an out-of-order or an oversized sample.
            [target] = prometheus.api("targets")["activeTargets"]
            self.assertEqual((target["health"], target["lastError"]), ("up", ""))

    def test_promtool_finds_nothing_to_say(self):
        with Daemon() as daemon:
            for accept in ("text/plain", None):
                headers = {"Accept": accept} if accept else {}
                page = daemon.get("/metrics", headers).body
                result = subprocess.run([PROMTOOL, "check", "metrics"], input=page,
                                        capture_output=True, timeout=60 * SLOW)
                said = (result.stdout + result.stderr).decode()
                self.assertEqual((result.returncode, said), (0, ""))


if __name__ == "__main__":
    unittest.main()
