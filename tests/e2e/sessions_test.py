#!/usr/bin/env python3
"""Sessions survive what happens to a daemon."""

import resource
import time
import unittest

from anemond import SLOW, Daemon, ctl, eventually


class Sessions(unittest.TestCase):
    def test_a_killed_daemon_leaves_an_interrupted_session(self):
        with Daemon() as daemon:
            started = daemon.control("POST", "/v1/sessions", {"name": "burn", "labels": {"a": "b"}})
            self.assertEqual(started.status, 201)
            session = started.json()["id"]
            def length():
                document = daemon.control("GET", f"/v1/sessions/{session}").json()
                return document["summary"]["duration_seconds"]["value"]

            eventually(lambda: length() > 1, what="1 s of session")
            event = {"model": "m", "compute_unit": "cpu", "begin": time.time() - 0.2,
                     "duration_seconds": 0.1, "items": {"token": 3}}
            answer = daemon.control("POST", f"/v1/sessions/{session}/events", {"events": [event]})
            self.assertEqual((answer.status, answer.json()["accepted"]), (202, 1))
            eventually(lambda: length() > 2.5, what="2.5 s of session")
            shown = length()
            daemon.kill()

            daemon.start()
            document = daemon.control("GET", f"/v1/sessions/{session}").json()
            self.assertEqual(document["state"], "interrupted")
            self.assertEqual(document["labels"], {"a": "b"})
            covered = document["summary"]["duration_seconds"]["value"]
            self.assertGreater(covered, shown - 1)  # all but the last second
            [inference] = document["summary"]["inference"]
            self.assertEqual((inference["model"], inference["count"]), ("m", 1))
            # Energy, or the reason for not having any.
            if not document["summary"]["energy"]:
                missing = {m["what"]: m for m in document["summary"]["missing"]}
                self.assertTrue(missing["energy"]["reason"])

    def test_a_terminated_daemon_closes_its_sessions(self):
        with Daemon() as daemon:
            session = daemon.control("POST", "/v1/sessions", {}).json()["id"]
            eventually(lambda: daemon.control("GET", f"/v1/sessions/{session}").json()
                       ["recording"]["samples"] > 0, what="recorded samples")
            status, took = daemon.terminate()
            self.assertEqual(status, 0)
            self.assertLess(took, 3 * SLOW)
            daemon.start()
            self.assertEqual(daemon.control("GET", f"/v1/sessions/{session}").json()["state"],
                             "stopped")

    def test_a_corrupt_database_is_set_aside(self):
        with Daemon() as daemon:
            session = daemon.control("POST", "/v1/sessions", {}).json()["id"]
            self.assertEqual(daemon.control("POST", f"/v1/sessions/{session}/stop").status, 200)
            daemon.terminate()
            for file in daemon.state.glob("sessions.db*"):
                file.write_bytes(b"this is no database" * 1000)
            daemon.start()
            eventually(lambda: "corrupt" in daemon.stderr(), what="a line naming the old database")
            self.assertTrue(list(daemon.state.glob("sessions.db.corrupt-*")))
            self.assertEqual(daemon.control("GET", "/v1/sessions").json()["sessions"], [])
            self.assertEqual(daemon.control("POST", "/v1/sessions", {}).status, 201)

    def test_a_full_disk_stops_sessions_and_keeps_metrics(self):
        limit = 150_000  # bytes a file may grow to, as a disk without room would have it

        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        with Daemon(config="collectors: {cpu: {period: 10ms}, memory: {period: 2ms}}",
                    preexec_fn=small_files) as daemon:
            session = daemon.control("POST", "/v1/sessions", {}).json()["id"]

            def refused_start():
                answer = daemon.control("POST", "/v1/sessions", {})
                if answer.status == 507:
                    return answer
                # There was still room for a row; not so when the session's samples fill the rest.
                daemon.control("POST", f"/v1/sessions/{answer.json()['id']}/stop")
                return None

            def not_recording():
                return not daemon.get("/v1/status").json()["sessions"]["recording"]

            eventually(not_recording, limit=120, what="recording stopped")
            refused = eventually(refused_start, limit=60, what="a refused session")
            self.assertTrue(daemon.get("/v1/status").json()["sessions"]["reason"])
            eventually(lambda: daemon.metrics()["anemon_session_recording"] == 0, what="the gauge")
            self.assertTrue(refused.json()["error"]["hint"])
            self.assertEqual(daemon.get("/-/ready").status, 200)
            self.assertEqual(daemon.control("GET", f"/v1/sessions/{session}").status, 200)

    def test_an_inference_that_a_session_refuses_is_counted_nowhere(self):
        with Daemon(config="collectors: {inference: {period: 50ms}}\n") as daemon:
            session = daemon.control("POST", "/v1/sessions", {}).json()["id"]
            before = {"model": "before", "compute_unit": "", "begin": time.time() - 3600,
                      "duration_seconds": 0.1}
            now = {**before, "model": "now", "begin": time.time()}
            answer = daemon.control("POST", f"/v1/sessions/{session}/events",
                                    {"events": [before, now]})
            self.assertEqual(answer.json(), {"accepted": 1, "refused": 1})
            eventually(lambda: 'anemon_inferences_total{model="now"' in
                       daemon.get("/metrics").text(), what="the inference among the metrics")
            self.assertNotIn('model="before"', daemon.get("/metrics").text())

    def test_inferences_are_refused_with_a_reason_while_nothing_counts_them(self):
        with Daemon(config="collectors: {inference: {enabled: false}}\n") as daemon:
            event = {"model": "m", "compute_unit": "", "begin": time.time() - 0.2,
                     "duration_seconds": 0.1}
            answer = daemon.control("POST", "/v1/inferences", {"events": [event]})
            self.assertEqual(answer.status, 503)
            self.assertIn("inference collector is disabled", answer.json()["error"]["message"])
            daemon.config.write_text("collectors: {inference: {enabled: true}}\n")
            self.assertEqual(daemon.control("POST", "/v1/reload").status, 200)
            answer = daemon.control("POST", "/v1/inferences", {"events": [event]})
            self.assertEqual(answer.json(), {"accepted": 1, "refused": 0})

    def test_anemonctl_drives_a_session(self):
        with Daemon() as daemon:
            session = ctl(daemon, "sessions", "start", "bench", check=0).stdout
            self.assertRegex(session, r"^\S+\n$")
            self.assertIn("bench", ctl(daemon, "sessions", "list", check=0).stdout)
            ctl(daemon, "sessions", "annotate", "bench", "half way", check=0)
            ctl(daemon, "sessions", "stop", "bench", check=0)
            shown = ctl(daemon, "sessions", "show", "bench", "-o", "json", check=0).stdout
            self.assertIn('"half way"', shown)
            for form in ("json", "csv", "ndjson", "openmetrics", "trace"):
                exported = ctl(daemon, "sessions", "export", "bench", "-f", form, check=0)
                self.assertTrue(exported.stdout)
            ctl(daemon, "sessions", "rm", "--yes", "bench", check=0)
            self.assertEqual(daemon.control("GET", "/v1/sessions").json()["sessions"], [])

    def test_run_passes_the_status_through(self):
        with Daemon() as daemon:
            result = ctl(daemon, "run", "--", "sh", "-c", "echo out; echo err >&2; exit 7", check=7)
            self.assertEqual(result.stdout, "out\n")
            self.assertIn("err\n", result.stderr)
            ctl(daemon, "run", "--", "/nonexistent/command", check=127)


if __name__ == "__main__":
    unittest.main()
