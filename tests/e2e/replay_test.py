#!/usr/bin/env python3
"""A recording through the whole path: anemond --replay, Prometheus, sessions, anemonctl."""

import gzip
import json
import pathlib
import tempfile
import unittest

from anemond import Daemon, ctl, eventually

TRACES = pathlib.Path(__file__).parent.parent / "fixtures/traces"


def replay(trace, *arguments):
    return Daemon(arguments=["--replay", str(trace), *arguments])


class Replay(unittest.TestCase):
    def test_a_recording_is_served_as_the_machine_it_is_of(self):
        with replay(TRACES / "idle_ane_is_zero_m3_pro.jsonl", "--speed", "10") as daemon:
            def watts():
                return daemon.metrics().get(
                    'anemon_power_watts{component="gpu",source="ioreport"}')
            self.assertAlmostEqual(eventually(watts, what="power of the recording"), 1, delta=0.05)
            text = daemon.get("/metrics").text()
            [host] = [line for line in text.splitlines() if line.startswith("anemon_host_info{")]
            for label in ('chip="Apple M3 Pro"', 'model="Mac15,6"', 'os="macOS"',
                          'os_version="26.6"', 'os_build="25G60"', 'replay="true"'):
                self.assertIn(label, host)
            # Nothing of this machine but the daemon itself.
            metrics = daemon.metrics()
            self.assertFalse([name for name in metrics if name.startswith("anemon_cpu_seconds")])
            self.assertFalse([name for name in metrics if name.startswith("anemon_task_")])
            self.assertFalse([name for name in metrics if name.startswith("anemon_memory_bytes")])
            self.assertGreater(metrics["process_resident_memory_bytes"], 0)
            self.assertIn("replay of a recording", daemon.get("/").text())
            self.assertTrue(daemon.control("GET", "/v1/status").json()["host"]["replay"])
            signals = daemon.control("GET", "/v1/status").json()["signals"]
            reasons = {s["reason"] for s in signals
                       if s["signal"] in ("anemon_cpu_seconds_total", "anemon_memory_bytes",
                                          "anemon_tasks")}
            self.assertEqual(reasons, {"not in the recording"})

    def test_sessions_and_anemonctl_work_on_a_recording(self):
        with replay(TRACES / "cpu_energy_by_die_m2_ultra.jsonl", "--speed", "4") as daemon:
            eventually(lambda: daemon.metrics().get(
                'anemon_power_watts{component="cpu",source="ioreport"}'), what="power")
            started = daemon.control("POST", "/v1/sessions", {"name": "replayed"}).json()["id"]

            def joules():
                document = daemon.control("GET", f"/v1/sessions/{started}").json()
                energy = {e["component"]: e for e in document["summary"]["energy"]}
                return "cpu" in energy and energy["cpu"]["joules"] > 100 and energy
            energy = eventually(joules, what="energy of the session")
            mean = energy["cpu"]["mean_watts"]
            self.assertAlmostEqual(mean, 50, delta=5)
            self.assertRegex(ctl(daemon, "status").stdout, r"host +Apple M2 Ultra.*\(a recording\)")
            top = ctl(daemon, "top", "-n", "1", "-o", "csv", check=0).stdout
            self.assertIn("anemon_power_watts", top)

    def test_after_its_end_readings_are_stale_and_it_says_so_once(self):
        with replay(TRACES / "gated_sensors_m2_max.jsonl", "--speed", "20") as daemon:
            eventually(lambda: "the recording has ended" in daemon.stderr(), what="the end")
            eventually(lambda: not [n for n in daemon.metrics()
                                    if n.startswith("anemon_temperature_celsius")],
                       what="readings withdrawn")
            self.assertEqual(daemon.stderr().count("its readings go stale"), 1)
            self.assertEqual(daemon.terminate()[0], 0)

    def test_a_compressed_recording_is_served_too(self):
        with tempfile.TemporaryDirectory() as folder:
            packed = pathlib.Path(folder) / "trace.jsonl.gz"
            packed.write_bytes(gzip.compress((TRACES / "gated_sensors_m2_max.jsonl").read_bytes()))
            with replay(packed) as daemon:
                eventually(lambda: daemon.metrics().get(
                    'anemon_temperature_celsius{component="die",sensor="TCMb"}'), what="a reading")

    def test_a_bad_recording_is_refused_with_its_place(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.jsonl"
            text = (TRACES / "gated_sensors_m2_max.jsonl").read_text()
            bad.write_text(text[:len(text) // 2])
            daemon = replay(bad)
            daemon.start(ready=False)
            self.assertEqual(daemon.process.wait(timeout=60), 1)
            lines = len(bad.read_text().splitlines())
            self.assertIn(f"bad.jsonl:{lines}:", daemon.stderr())
            self.assertIn("cut off", daemon.stderr())
            daemon.__exit__()

    def test_speed_needs_a_recording_and_sense(self):
        for arguments in (["--speed", "2"], ["--replay", "x", "--speed", "0"],
                          ["--replay", "x", "--speed", "101"],
                          ["--replay", "x", "--speed", "fast"]):
            daemon = Daemon(arguments=arguments)
            daemon.start(ready=False)
            self.assertEqual(daemon.process.wait(timeout=60), 2)
            daemon.__exit__()


class Traces(unittest.TestCase):
    def test_decode_and_check_are_for_scripts(self):
        trace = str(TRACES / "ane_in_pmp_m1.jsonl")
        daemon = Daemon()  # not started: neither needs one
        checked = json.loads(ctl(daemon, "trace", "check", trace, "-o", "json", check=0).stdout)
        self.assertTrue(checked["valid"] and checked["ended"])
        lines = [json.loads(line) for line in
                 ctl(daemon, "trace", "decode", trace, "-o", "json", check=0).stdout.splitlines()]
        watts = [line for line in lines if line.get("metric") == "anemon_power_watts"
                 and line["labels"] == {"component": "ane", "source": "pmp"}]
        self.assertAlmostEqual(watts[-1]["value"], 3.4, delta=0.01)
        self.assertEqual(watts[-1]["provenance"], "estimated")
        csv = ctl(daemon, "trace", "decode", trace, "-o", "csv", check=0).stdout.splitlines()
        self.assertEqual(csv[0], "t_ns,metric,labels,value,provenance,state,reason")
        self.assertEqual(len(csv) - 1, len(lines))
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.jsonl"
            bad.write_text(pathlib.Path(trace).read_text() + '{"t":0,"event":"late"}\n')
            result = ctl(daemon, "trace", "check", str(bad), check=1)
            self.assertIn(f"{bad}:25:6: the time goes back", result.stderr)
            self.assertIn("bad.jsonl:25:6:", ctl(daemon, "trace", "decode", str(bad),
                                                 check=1).stderr)
        daemon.__exit__()


if __name__ == "__main__":
    unittest.main()
