#!/usr/bin/env python3
"""A device that never answers: a preloaded library makes opening its file hang."""

import os
import socket
import unittest

from anemond import SLOW, Daemon, eventually


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Hung(unittest.TestCase):
    def test_a_hung_device_costs_its_own_series_only(self):
        with Daemon() as daemon:
            daemon.kill()
            sensors = daemon.directory / "sys/class/hwmon/hwmon0"
            sensors.mkdir(parents=True)
            (sensors / "name").write_text("coretemp\n")
            (sensors / "temp1_input").write_text("41000\n")
            port = free_port()
            daemon.config.write_text(f"host:\n  sysfs: {daemon.directory}/sys\n")
            daemon.command_before = daemon.command
            daemon.command = lambda: [f"127.0.0.1:{port}" if a == "127.0.0.1:0" else a
                                      for a in daemon.command_before()]
            daemon.popen = {"env": {**os.environ, "ANEMON_HANG": "/temp1_input",
                                    "LD_PRELOAD": os.environ["HANG_ON_OPEN"]}}
            daemon.start(ready=False)
            daemon.host, daemon.port = "127.0.0.1", port

            def metric(name):
                try:
                    return daemon.metrics().get(name)
                except OSError:
                    return None

            stuck = 'anemon_collector_stuck{collector="thermal"}'
            eventually(lambda: metric(stuck) == 1, what="the watchdog to notice")
            ready = daemon.get("/-/ready")
            self.assertEqual(ready.status, 503)
            self.assertEqual([line for line in ready.text().split() if line == "thermal"],
                             ["thermal"])
            runs = metric('anemon_collector_runs_total{collector="cpu"}')
            eventually(lambda: metric('anemon_collector_runs_total{collector="cpu"}') > runs,
                       what="other collectors going on")
            self.assertEqual(daemon.stderr().count("collector hangs in its device"), 1)
            session = daemon.control("POST", "/v1/sessions", {}).json()["id"]

            status, took = daemon.terminate()
            self.assertEqual(status, 0)
            self.assertLess(took, 3 * SLOW)

            daemon.popen = {}
            daemon.start()
            self.assertEqual([value for name, value in daemon.metrics().items()
                              if name.startswith("anemon_temperature_celsius{")], [41])
            document = daemon.control("GET", f"/v1/sessions/{session}").json()
            self.assertEqual(document["state"], "stopped")


if __name__ == "__main__":
    unittest.main()
