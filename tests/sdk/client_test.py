#!/usr/bin/env python3
"""The client that reports inferences, in a program written in C, beside real daemons."""

import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))

from anemond import SLOW, Daemon, eventually  # noqa: E402

DRIVER = os.environ.get("SDK_DRIVER", "build/bin/sdk_driver")
FAST = "collectors: {inference: {period: 20ms}}\n"
QUICK = "send=5 look=20"
LISTENING, ABSENT, SILENT, REFUSED = "2", "3", "4", "5"


class Driver:
    """The program; answers to its commands as text or as numbers by name."""

    def __init__(self, socket, **popen):
        environment = {**os.environ, "ANEMON_SOCKET": str(socket)}
        self.process = subprocess.Popen([DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment, **popen)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def ask(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def numbers(self, command):
        return {name: int(value) for name, value in
                (part.split("=") for part in self.ask(command).split())}

    def await_state(self, state):
        eventually(lambda: self.ask("state").startswith(state), what=f"state {state}")

    def exit(self):
        """Ends without stopping the client; returns (status, seconds it took)."""
        began = time.monotonic()
        self.process.stdin.write("exit\n")
        self.process.stdin.flush()
        status = self.process.wait(timeout=60 * SLOW)
        return status, time.monotonic() - began


def labels(model, unit="ane"):
    return f'{{model="{model}",compute_unit="{unit}"}}'


def total(daemon, model, unit="ane", name="anemon_inferences_total"):
    return daemon.metrics().get(name + labels(model, unit), 0)


def hang(daemon):
    """Returns once the daemon has really stopped."""
    daemon.signal(signal.SIGSTOP)
    _, status = os.waitpid(daemon.process.pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)


class Client(unittest.TestCase):
    def ready(self, driver, options=QUICK, model="m ane token image"):
        self.assertEqual(driver.ask(f"start {options}"), "0")
        self.assertEqual(driver.ask(f"register {model}"), "registered")
        driver.await_state(LISTENING)

    def all_accounted(self, driver, calls):
        counters = driver.numbers("counters")
        self.assertEqual(counters["queued"] + counters["dropped"], calls)
        self.assertEqual(counters["queued"], counters["accepted"] + counters["refused"] +
                         counters["lost"] + counters["waiting"])
        return counters

    def test_inferences_arrive_with_count_latency_labels_and_items(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver)
            self.assertEqual(driver.numbers("report 40 3000000 1 5 2")["ok"], 40)
            self.assertEqual(driver.numbers("report 2 700000000 0 1 0")["ok"], 2)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 42)["accepted"], 42)
            eventually(lambda: total(daemon, "m") == 42, what="42 inferences")
            metrics = daemon.metrics()
            self.assertEqual(metrics["anemon_inference_errors_total" + labels("m")], 2)
            prefix = 'anemon_inference_items_total{model="m",compute_unit="ane",kind='
            self.assertEqual(metrics[prefix + '"token"}'], 202)
            self.assertEqual(metrics[prefix + '"image"}'], 80)
            duration = "anemon_inference_duration_seconds"
            self.assertEqual(metrics[f"{duration}_count{labels('m')}"], 42)
            self.assertAlmostEqual(metrics[f"{duration}_sum{labels('m')}"], 40 * 0.003 + 2 * 0.7,
                                   places=9)

    def test_many_threads_lose_nothing(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver)
            results = driver.numbers("threads 8 4000")
            self.assertEqual(results["ok"] + results["dropped"], 32000)
            self.assertEqual(driver.ask("flush 60000"), "0")
            counters = self.all_accounted(driver, 32000)
            self.assertEqual(counters["accepted"], results["ok"])
            eventually(lambda: total(daemon, "m") == results["ok"], what="all that was accepted")

    def test_labels_of_any_kind_arrive_as_they_are(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, model='Modèle-"7\\b"/x npu-日本')
            self.assertEqual(driver.numbers("report 1 1000")["ok"], 1)
            self.assertEqual(driver.ask("flush 20000"), "0")
            eventually(lambda: total(daemon, 'Modèle-\\"7\\\\b\\"/x', "npu-日本") == 1,
                       what="the inference")

    def test_a_full_queue_drops_and_counts(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            # It sends once an hour, or when it is told to.
            self.ready(driver, "capacity=64 send=3600000 look=20")
            results = driver.numbers("report 100 1000")
            self.assertEqual((results["ok"], results["dropped"]), (64, 36))
            self.assertEqual(self.all_accounted(driver, 100)["waiting"], 64)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(driver.numbers("report 3 1000")["ok"], 3)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 103)["accepted"], 67)
            eventually(lambda: total(daemon, "m") == 67, what="those that fitted")

    def test_without_a_daemon_calls_do_nothing_until_there_is_one(self):
        daemon = Daemon(FAST)
        with Driver(daemon.socket) as driver:
            self.assertEqual(driver.ask(f"start {QUICK}"), "0")
            driver.ask("register m ane")
            driver.await_state(ABSENT)
            self.assertIn(str(daemon.socket), driver.ask("state"))
            self.assertEqual(driver.numbers("report 10 1000")["ignored"], 10)
            self.assertEqual(driver.ask("flush 1000"), "0")
            with daemon:
                driver.await_state(LISTENING)
                self.assertEqual(driver.numbers("report 10 1000")["ok"], 10)
                self.assertEqual(driver.ask("flush 20000"), "0")
                eventually(lambda: total(daemon, "m") == 10, what="10 inferences")
            self.all_accounted(driver, 10)

    def test_inferences_wait_for_a_daemon_that_restarts(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver)
            self.assertEqual(driver.numbers("report 5 1000")["ok"], 5)
            self.assertEqual(driver.ask("flush 20000"), "0")
            daemon.terminate()
            driver.await_state(ABSENT)
            self.assertEqual(driver.numbers("report 7 1000")["ok"], 7)
            self.assertEqual(driver.numbers("counters")["waiting"], 7)
            daemon.start()
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 12)["accepted"], 12)
            eventually(lambda: total(daemon, "m") == 7, what="those of the new daemon")

    def test_a_killed_daemon_is_given_up_after_the_patience(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, f"{QUICK} patience=200")
            daemon.kill()
            driver.ask("report 50 1000")
            eventually(lambda: driver.numbers("report 1 1000")["ignored"] == 1, what="silence")
            counters = driver.numbers("counters")
            self.assertEqual(counters["waiting"], 0)
            self.assertEqual(counters["lost"], counters["queued"])
            self.assertGreaterEqual(counters["lost"], 50)

    def test_a_hung_daemon_blocks_neither_calls_nor_the_end(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, f"{QUICK} answer=200 exit=300 patience=60000")
            hang(daemon)
            self.assertEqual(driver.numbers("report 10 1000")["ok"], 10)
            driver.await_state(SILENT)
            # What was sent without an answer is lost, what came later waits.
            eventually(lambda: driver.numbers("counters")["lost"] >= 1, what="a lost batch")
            self.assertEqual(driver.numbers("report 20 1000")["ok"], 20)
            self.assertEqual(driver.ask("flush 50"), "-2")
            self.all_accounted(driver, 30)
            status, seconds = driver.exit()
            self.assertEqual(status, 7)
            self.assertLess(seconds, 10 * SLOW)
            daemon.signal(signal.SIGCONT)

    def test_a_hung_daemon_that_goes_on_gets_what_waited(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, f"{QUICK} answer=200 patience=60000")
            hang(daemon)
            driver.ask("report 10 1000")
            driver.await_state(SILENT)
            eventually(lambda: driver.numbers("counters")["waiting"] == 0, what="a lost batch")
            driver.ask("report 20 1000")
            daemon.signal(signal.SIGCONT)
            self.assertEqual(driver.ask("flush 30000"), "0")
            counters = self.all_accounted(driver, 30)
            self.assertEqual(counters["accepted"] + counters["lost"], 30)
            self.assertGreaterEqual(counters["accepted"], 20)
            # Nothing is counted twice, though some of what is lost may have been counted.
            eventually(lambda: total(daemon, "m") >= counters["accepted"], what="what it took")
            self.assertLessEqual(total(daemon, "m"), 30)

    def test_a_daemon_that_counts_nothing_refuses_with_a_reason(self):
        with Daemon("collectors: {inference: {enabled: false}}\n") as daemon, \
                Driver(daemon.socket) as driver:
            driver.ask(f"start {QUICK}")
            driver.ask("register m ane")
            driver.await_state(REFUSED)
            self.assertIn("inference collector is disabled", driver.ask("state"))
            self.assertEqual(driver.numbers("report 1 1000")["ignored"], 1)
            daemon.config.write_text("collectors: {inference: {enabled: true}}\n")
            self.assertEqual(daemon.control("POST", "/v1/reload").status, 200)
            driver.await_state(LISTENING)
            # And once it stops to count, what waits is refused.
            daemon.config.write_text("collectors: {inference: {enabled: false}}\n")
            self.assertEqual(daemon.control("POST", "/v1/reload").status, 200)
            sent = driver.numbers("report 9 1000")["ok"]
            driver.await_state(REFUSED)
            self.assertEqual(self.all_accounted(driver, sent)["refused"], sent)

    @unittest.skipIf(os.geteuid() != 0, "needs to become another user")
    def test_a_user_who_may_not_report_is_told_so(self):
        def as_nobody():
            os.setgid(65534)
            os.setuid(65534)

        with Daemon(FAST) as daemon:
            os.chmod(daemon.directory, 0o755)
            os.chmod(daemon.socket, 0o600)
            with Driver(daemon.socket, preexec_fn=as_nobody) as driver:
                driver.ask(f"start {QUICK}")
                driver.ask("register m ane")
                driver.await_state(REFUSED)
                self.assertIn("ermission denied", driver.ask("state"))
                os.chmod(daemon.socket, 0o666)
                eventually(lambda: "uid 65534" in driver.ask("state"), what="the daemon's words")
                self.assertTrue(driver.ask("state").startswith(f"{REFUSED} 0 "))
                self.assertIn("uid 65534", driver.ask("session-begin s 5000"))
                self.all_accounted(driver, 0)

    def test_the_end_of_a_program_sends_what_waits(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, "send=3600000 look=20 exit=20000")
            self.assertEqual(driver.numbers("report 11 1000")["ok"], 11)
            status, _ = driver.exit()
            self.assertEqual(status, 7)
            eventually(lambda: total(daemon, "m") == 11, what="11 inferences")

    def test_stopped_calls_do_nothing_and_a_new_start_goes_on(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, f"{QUICK} exit=20000")
            driver.ask("report 5 1000")
            self.assertEqual(driver.ask("stop"), "stopped")
            self.assertEqual(driver.numbers("report 3 1000")["ignored"], 3)
            self.assertEqual(driver.ask("flush 100"), "-3")
            self.assertEqual(self.all_accounted(driver, 5)["accepted"], 5)
            self.ready(driver)
            self.assertEqual(driver.numbers("report 2 1000")["ok"], 2)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 7)["accepted"], 7)

    def test_the_child_of_a_fork_is_silent_until_it_starts(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver, "send=3600000 look=20")
            self.assertEqual(driver.numbers("report 4 1000")["ok"], 4)
            child = driver.numbers("fork 6")
            self.assertEqual(child, {"state": 0, "before": 0, "after": 6, "flushed": 0,
                                     "accepted": 6, "ended": 0})
            # What waited in the parent is the parent's alone.
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 4)["accepted"], 4)
            eventually(lambda: total(daemon, "m") == 10, what="both processes' inferences")

    def test_a_session_has_the_inferences_that_began_in_it(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver)
            driver.ask("report 3 1000")
            session = driver.ask("session-begin serving 20000")
            self.assertRegex(session, r"^\d{8}-\d{6}-[a-z0-9]+$")
            document = daemon.control("GET", f"/v1/sessions/{session}").json()
            self.assertEqual((document["name"], document["state"]), ("serving", "running"))
            self.assertIn(driver.process.pid, [p if isinstance(p, int) else p["pid"]
                                               for p in document["pids"]])
            # One that began before the session is none of it, even if it ends in it.
            self.assertEqual(driver.numbers("report 1 3600000000000")["ok"], 1)
            self.assertEqual(driver.numbers("report 6 1000")["ok"], 6)
            self.assertEqual(driver.numbers("fork 2")["ended"], -1)
            self.assertEqual(driver.ask("session-end 20000").split()[0], "0")
            document = daemon.control("GET", f"/v1/sessions/{session}").json()
            self.assertEqual(document["state"], "stopped")
            [inference] = document["summary"]["inference"]
            self.assertEqual((inference["model"], inference["count"]), ("m", 6))
            self.assertEqual(driver.numbers("report 1 1000")["ok"], 1)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 11)["accepted"], 11)
            eventually(lambda: total(daemon, "m") == 13, what="all, with the child's")

    def test_a_session_that_somebody_else_ended_costs_no_inference(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.ready(driver)
            session = driver.ask("session-begin s 20000")
            self.assertEqual(daemon.control("POST", f"/v1/sessions/{session}/stop").status, 200)
            self.assertEqual(driver.numbers("report 5 1000")["ok"], 5)
            self.assertEqual(driver.ask("flush 20000"), "0")
            self.assertEqual(self.all_accounted(driver, 5)["accepted"], 5)
            self.assertIn("not running", driver.ask("session-end 20000"))
            eventually(lambda: total(daemon, "m") == 5, what="5 inferences")

    def test_a_session_without_a_daemon_says_why(self):
        daemon = Daemon()
        with Driver(daemon.socket) as driver:
            self.assertIn("no daemon", driver.ask("session-begin s 1000"))
            self.assertEqual(driver.ask("session-end 1000").split()[0], "0")
        with Daemon() as hung, Driver(hung.socket) as driver:
            hang(hung)
            self.assertIn("does not answer", driver.ask("session-begin s 100"))
            hung.signal(signal.SIGCONT)

    def test_invalid_arguments_are_told_apart(self):
        with Daemon(FAST) as daemon, Driver(daemon.socket) as driver:
            self.assertIn("labels", driver.ask(f"register {'m' * 129} ane"))
            self.assertIn("twice", driver.ask("register m ane token token"))
            self.assertIn("at most 4", driver.ask("register m ane a b c d e"))
            self.ready(driver)
            self.assertEqual(driver.numbers(f"report 1 {24 * 3600 * 10**9 + 1}")["other"], 1)
            self.assertEqual(driver.numbers(f"report 1 1000 1 {2**53 + 1}")["other"], 1)
            self.all_accounted(driver, 0)


if __name__ == "__main__":
    unittest.main()
