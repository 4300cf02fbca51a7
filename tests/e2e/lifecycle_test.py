#!/usr/bin/env python3
"""Starting, reloading and ending a real daemon."""

import os
import pty
import signal
import subprocess
import unittest

from anemond import ANEMOND, SLOW, Daemon, eventually


class Lifecycle(unittest.TestCase):
    def test_serves_when_ready_and_ends_in_order(self):
        with Daemon() as daemon:
            self.assertEqual(daemon.get("/-/healthy").status, 200)
            self.assertEqual(daemon.get("/-/ready").status, 200)
            self.assertIn('anemon_build_info{version="', daemon.get("/metrics").text())
            self.assertTrue(daemon.socket.is_socket())
            status, took = daemon.terminate()
            self.assertEqual(status, 0)
            self.assertLess(took, 3 * SLOW)
            self.assertFalse(daemon.socket.exists())

    def test_second_instance_is_refused_with_a_clear_line(self):
        with Daemon() as daemon:
            second = subprocess.run(daemon.command(), capture_output=True, text=True,
                                    timeout=20 * SLOW)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn(f"another anemond (pid {daemon.process.pid}) already uses", second.stderr)
            self.assertIn("hint:", second.stderr)
            self.assertEqual(daemon.get("/-/healthy").status, 200)

    def test_port_in_use_is_a_clear_line(self):
        with Daemon() as daemon, Daemon() as other:
            other.kill()
            other.arguments = ["--listen", f"127.0.0.1:{daemon.port}"]
            command = [a for a in other.command() if a != "127.0.0.1:0"]
            command.remove("--listen")
            second = subprocess.run(command, capture_output=True, text=True, timeout=20 * SLOW)
            self.assertEqual(second.returncode, 1)
            self.assertIn(f"127.0.0.1:{daemon.port}", second.stderr)

    def test_a_descriptor_that_cannot_be_told_is_an_error_at_start(self):
        with Daemon() as daemon:
            daemon.kill()
            with open(daemon.config, encoding="utf-8") as read_only:
                for number, reason in ((913, "913 is not an open descriptor"),
                                       (read_only.fileno(), "is open for reading only")):
                    result = subprocess.run(
                        daemon.command() + ["--ready-fd", str(number)], capture_output=True,
                        text=True, timeout=20 * SLOW, pass_fds=[read_only.fileno()])
                    self.assertEqual(result.returncode, 2)
                    self.assertIn(reason, result.stderr)

    def test_a_state_directory_that_others_may_write_to_is_told(self):
        with Daemon() as daemon:
            self.assertNotIn("others can write to the state directory", daemon.stderr())
            self.assertEqual(daemon.state.stat().st_mode & 0o777, 0o700)
            daemon.kill()
            daemon.state.chmod(0o777)
            daemon.start()
            self.assertIn("others can write to the state directory", daemon.stderr())

    def test_restart_after_kill_replaces_socket_and_lock(self):
        with Daemon() as daemon:
            daemon.kill()
            self.assertTrue(daemon.socket.exists())
            daemon.start()
            self.assertEqual(daemon.control("GET", "/v1/status").status, 200)

    def test_bad_configuration_exits_78_naming_the_place(self):
        with Daemon() as daemon:
            daemon.kill()
            daemon.config.write_text("http:\n  lisen: 127.0.0.1:0\nstor: 1\n")

            def problems(*extra, **popen):
                result = subprocess.run(daemon.command() + list(extra), text=True,
                                        timeout=20 * SLOW, **popen)
                self.assertEqual(result.returncode, 78)
                return result.stderr

            checked = problems("--check-config", stderr=subprocess.PIPE)
            self.assertEqual(len(checked.splitlines()), 2)
            self.assertIn(f"{daemon.config}:2:3: ", checked)
            self.assertIn("listen", checked)
            # A log gets one line for each start, however many problems there are.
            logged = problems(stderr=subprocess.PIPE)
            self.assertRegex(logged, r"\Ats=\S+ level=error msg=\"[^\n]*problems=2 [^\n]*\n\Z")
            self.assertIn(f"{daemon.config}:2:3: ", logged)
            # A person gets them all.
            terminal, child = pty.openpty()
            problems(stderr=child)
            os.close(child)
            shown = os.read(terminal, 65536).decode()
            os.close(terminal)
            self.assertEqual(shown.replace("\r", ""), checked)

    def test_reload_takes_a_good_file_and_keeps_the_old_one_for_a_bad(self):
        with Daemon("collectors:\n  cpu:\n    period: 1s\n") as daemon:
            def period(name):
                collectors = daemon.get("/v1/status").json()["collectors"]
                return next(c["period_seconds"] for c in collectors if c["name"] == name)

            def reload_flag():
                return daemon.metrics()["anemon_config_last_reload_successful"]

            self.assertEqual(period("cpu"), 1)
            daemon.config.write_text("collectors:\n  cpu:\n    period: 500ms\n")
            daemon.signal(signal.SIGHUP)
            eventually(lambda: period("cpu") == 0.5, what="reloaded period")

            daemon.config.write_text("collectors:\n  cpu:\n    period: never\n")
            runs = daemon.metrics()['anemon_collector_runs_total{collector="cpu"}']
            daemon.signal(signal.SIGHUP)
            eventually(lambda: reload_flag() == 0, what="failed reload in the metrics")
            self.assertEqual(period("cpu"), 0.5)
            eventually(lambda: daemon.metrics()['anemon_collector_runs_total{collector="cpu"}']
                       > runs, what="sampling going on")
            answer = daemon.control("POST", "/v1/reload")
            self.assertEqual(answer.status, 422)
            self.assertIn(str(daemon.config), answer.json()["error"]["message"])

            daemon.config.write_text("http:\n  max_connections: 17\n")
            answer = daemon.control("POST", "/v1/reload")
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.json()["restart_required"], ["http.max_connections"])
            eventually(lambda: reload_flag() == 1, what="good reload in the metrics")

    def test_many_reloads_leak_nothing(self):
        # `tasks` keeps descriptors of the machine's processes, which come and go.
        config = "collectors: {{tasks: {{enabled: false}}, cpu: {{period: {}}}}}"
        with Daemon(config.format("1s")) as daemon:
            def resources():
                proc = f"/proc/{daemon.process.pid}"
                return len(os.listdir(f"{proc}/fd")), len(os.listdir(f"{proc}/task"))

            daemon.get("/metrics")
            before = resources()
            for turn in range(41):
                daemon.config.write_text(config.format("900ms" if turn % 2 else "1s"))
                self.assertEqual(daemon.control("POST", "/v1/reload").status, 200)
            # Fewer is fine: what told --ready-fd may have ended in between.
            seen = []

            def no_more():
                seen[:] = resources()
                return all(now <= then for now, then in zip(seen, before))
            try:
                eventually(no_more, what="no more descriptors and threads than before")
            except AssertionError:
                self.fail(f"descriptors and threads were {before}, are {seen}")

    def test_runs_as_an_ordinary_user(self):
        if os.getuid() != 0:
            self.skipTest("already ordinary")
        with Daemon() as daemon:
            daemon.kill()
            for path in [daemon.directory, daemon.state, *daemon.state.iterdir(), daemon.socket,
                         daemon.stderr_path, daemon.config]:
                if path.exists():
                    os.chown(path, 65534, 65534)
            for leftover in daemon.directory.glob("s.sock*"):
                leftover.unlink()
            daemon.popen = {"user": 65534, "group": 65534, "extra_groups": []}
            daemon.start()
            states = {s["state"] for s in daemon.get("/v1/status").json()["signals"]}
            self.assertTrue(states)
            log = daemon.stderr()
            self.assertNotIn("level=error", log)

    def test_a_second_signal_ends_at_once(self):
        with Daemon() as daemon:
            daemon.signal(signal.SIGTERM)
            daemon.signal(signal.SIGTERM)
            self.assertIn(daemon.process.wait(timeout=20 * SLOW), (0, -signal.SIGTERM))

    def test_version_and_help(self):
        version = subprocess.run([ANEMOND, "--version"], capture_output=True, text=True)
        self.assertEqual(version.returncode, 0)
        self.assertRegex(version.stdout, r"^anemond \d+\.\d+\.\d+\n$")
        wrong = subprocess.run([ANEMOND, "--nope"], capture_output=True, text=True)
        self.assertEqual(wrong.returncode, 2)


if __name__ == "__main__":
    unittest.main()
