#!/usr/bin/env python3
"""Drives the real `anemonctl service` with fakes of macOS's programs, and real daemons under them."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import jsonschema

from mac import LABEL, LAUNCHD, Mac, checked

ANEMOND = os.environ.get("ANEMOND", "build/bin/anemond")
ANEMONCTL = os.environ.get("ANEMONCTL", "build/bin/anemonctl")
SLOW = float(os.environ.get("ANEMON_TEST_SLOWDOWN", "1"))

AGENT = f"gui,501,{LABEL}"
DAEMON = f"system,{LABEL}"
HELPER = f"system,{LABEL}.helper"

TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["integer", "null"]}
SCHEMA = {
    "type": "object", "required": ["schema", "installations"], "additionalProperties": False,
    "properties": {
        "schema": {"const": "anemon.service/1"},
        "installations": {"type": "array", "minItems": 3, "maxItems": 3, "items": {
            "type": "object", "additionalProperties": False,
            "required": ["installation", "job", "plist", "installed", "loaded", "state", "pid",
                         "runs", "last_exit_code", "last_signal", "log", "config", "problems",
                         "socket", "answers", "version"],
            "properties": {
                "installation": {"enum": ["user agent", "system daemon", "root helper"]},
                "job": {"type": "string"}, "plist": {"type": "string"},
                "installed": {"type": "boolean"}, "loaded": {"type": "boolean"},
                "state": TEXT, "pid": NUMBER, "runs": NUMBER, "last_exit_code": NUMBER,
                "last_signal": TEXT, "log": TEXT, "config": TEXT,
                "problems": {"type": "array", "items": {"type": "string"}},
                "socket": TEXT, "answers": {"type": ["boolean", "null"]}, "version": TEXT}}}}}


def eventually(condition, what):
    until = time.monotonic() + 30 * SLOW
    while not (value := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come true")
        time.sleep(0.02)
    return value


class ServiceTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.copies = tempfile.TemporaryDirectory()
        for program in (ANEMOND, ANEMONCTL):
            shutil.copy2(program, cls.copies.name)
        cls.addClassCleanup(cls.copies.cleanup)

    def mac(self, uid=501, **more):
        """With anemon installed in its /usr/local."""
        mac = Mac(uid, **more)
        self.addCleanup(mac.folder.cleanup)
        (mac.bin / "anemond").unlink()
        for program in pathlib.Path(self.copies.name).iterdir():
            os.link(program, mac.bin / program.name)
        (mac.root / "usr/local/share/anemon").mkdir(parents=True)
        (mac.root / "usr/local/share/anemon/launchd").symlink_to(LAUNCHD)
        return mac

    def service(self, mac, *words, status=0, **environment):
        return checked(self, mac.execute(mac.bin / "anemonctl", "service", *words, **environment),
                       status)

    def quoted(self, mac):
        return f"'{mac.bin}/anemonctl'"  # its folder's name has a space

    def configure(self, mac, text, system=False):
        if system:
            file = mac.root / "etc/anemon/anemond.yaml"
        elif sys.platform == "darwin":
            file = mac.home / "Library/Application Support/anemon/anemond.yaml"
        else:
            file = mac.home / ".config/anemon/anemond.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def working(self, mac):
        """A configuration with which a daemon can run here."""
        # A socket's path is short.
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return (f"http: {{listen: '127.0.0.1:0'}}\n"
                f"control: {{socket: '{folder.name}/s'}}\nstate_dir: '{folder.name}/state'\n")

    def start(self, mac, job):
        process = mac.start(job)

        def end():
            process.kill()
            process.wait()
        self.addCleanup(end)
        return process

    def status(self, mac, code):
        document = json.loads(self.service(mac, "status", "-o", "json", status=code).stdout)
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return {each["installation"]: each for each in document["installations"]}

    # install and uninstall

    def test_install_alone_is_for_this_user_and_runs_the_anemond_beside_it(self):
        mac = self.mac()
        said = self.service(mac, "install").stdout
        self.assertIn("is a LaunchAgent of tester now", said)
        self.assertEqual(mac.plist(AGENT)["ProgramArguments"], [f"{mac.bin}/anemond"])
        self.service(mac, "uninstall")
        self.assertEqual(mac.jobs(), [])

    def test_install_for_the_system_needs_root_and_says_the_command(self):
        mac = self.mac()
        result = self.service(mac, "install", "--system", "--with-root-helper", status=5)
        self.assertEqual(result.stderr, "anemonctl: service install: --system needs root\n  hint: "
                         f"sudo {self.quoted(mac)} service install --system --with-root-helper\n")
        self.assertEqual(mac.jobs(), [])
        mac.uid = 0
        self.service(mac, "install", "--system", "--with-root-helper")
        self.assertEqual(mac.jobs(), [DAEMON, HELPER])
        self.service(mac, "uninstall")  # root's without a word: the system's
        self.assertEqual(mac.jobs(), [])

    def test_root_is_not_a_user(self):
        mac = self.mac(uid=0)
        self.assertIn("leave sudo out", self.service(mac, "install", status=2).stderr)
        self.assertEqual(mac.jobs(), [])

    def test_options_that_contradict_each_other_are_refused(self):
        mac = self.mac()
        self.service(mac, "install", "--user", "--system", status=2)
        self.service(mac, "start", "--user", "--system", status=2)
        self.service(mac, "logs", "--system", "--helper", status=2)
        result = self.service(mac, "install", "--with-root-helper", status=2)
        self.assertIn("belongs to --system", result.stderr)
        self.assertEqual(mac.jobs(), [])

    def test_a_dry_run_says_and_does_nothing(self):
        mac = self.mac()
        before = mac.everything()
        said = self.service(mac, "install", "--dry-run").stdout
        self.assertIn(f"+ launchctl bootstrap gui/501 {mac.home}/Library/LaunchAgents", said)
        self.assertNotIn("started", said)
        self.assertEqual(mac.everything(), before)
        self.service(mac, "install")
        before = mac.everything()
        for verb in ("start", "stop", "restart", "uninstall"):
            self.assertIn("+ launchctl", self.service(mac, verb, "--dry-run").stdout)
            self.assertEqual(mac.changes(), [])
        self.service(mac, "uninstall", "--purge", "--dry-run")
        self.assertEqual(mac.everything(), before)

    def test_purging_needs_a_yes(self):
        mac = self.mac()
        self.service(mac, "install")
        self.assertIn("--yes", self.service(mac, "uninstall", "--purge", status=2).stderr)
        self.assertEqual(mac.jobs(), [AGENT])
        self.service(mac, "uninstall", "--purge", "--yes")
        self.assertFalse((mac.home / "Library/Logs/anemon").exists())

    def test_a_source_tree_with_its_build_installs_too(self):
        mac = self.mac()
        tree = pathlib.Path(mac.folder.name) / "tree"
        (tree / "build").mkdir(parents=True)
        shutil.move(mac.bin, tree / "build/bin")
        (tree / "launchd").symlink_to(LAUNCHD)
        mac.bin = tree / "build/bin"
        shutil.rmtree(mac.root / "usr")
        self.service(mac, "install")
        self.assertEqual(mac.plist(AGENT)["ProgramArguments"], [f"{mac.bin}/anemond"])
        (tree / "launchd").unlink()
        self.assertIn("share/anemon/launchd", self.service(mac, "start", status=4).stderr)

    def test_without_launchd_it_says_whose_it_is(self):
        mac = self.mac()
        for words in (["install"], ["uninstall"], ["start"], ["stop"], ["restart"], ["status"],
                      ["logs"]):
            result = self.service(mac, *words, status=4, PATH="/nonexistent")
            self.assertIn("launchd's, which macOS has", result.stderr)
            self.assertIn("foreground", result.stderr)

    # start, stop and restart

    def test_start_loads_or_kicks_and_restart_kills(self):
        mac = self.mac()
        self.service(mac, "install")
        self.service(mac, "start")
        self.assertEqual(mac.changes(), [f"kickstart gui/501/{LABEL}"])
        mac.tell(AGENT, state="running", pid=9)
        self.service(mac, "start")
        self.assertEqual(mac.changes(), [])
        self.service(mac, "restart")
        self.assertEqual(mac.changes(), [f"kickstart -k gui/501/{LABEL}"])
        said = self.service(mac, "stop").stdout
        self.assertEqual(mac.changes(), [f"bootout gui/501/{LABEL}"])
        self.assertIn("comes back at your next login", said)
        self.assertIn("service uninstall --user", said)
        self.assertEqual(mac.jobs(), [])
        self.service(mac, "stop")  # again
        self.service(mac, "restart")
        self.assertEqual([call.split()[0] for call in mac.changes()], ["enable", "bootstrap"])
        self.assertEqual(mac.jobs(), [AGENT])

    def test_the_system_starts_with_its_helper(self):
        mac = self.mac(uid=0)
        self.service(mac, "install", "--system", "--with-root-helper")
        self.assertIn("when the Mac starts", self.service(mac, "stop").stdout)
        self.assertEqual(mac.jobs(), [])
        self.service(mac, "start")
        self.assertEqual(mac.jobs(), [DAEMON, HELPER])
        self.service(mac, "restart")
        self.assertEqual(mac.changes(), [f"kickstart -k system/{LABEL}.helper",
                                         f"kickstart -k system/{LABEL}"])
        mac.uid = 501
        for verb in ("start", "stop", "restart"):
            result = self.service(mac, verb, status=5)
            self.assertIn(f"sudo {self.quoted(mac)} service {verb}", result.stderr)
            self.assertEqual(mac.changes(), [])

    def test_this_users_goes_before_the_systems(self):
        mac = self.mac()
        for verb in ("start", "stop", "restart", "uninstall", "logs"):
            self.assertIn("not installed", self.service(mac, verb, status=4).stderr)
        self.service(mac, "install")
        self.service(mac, "stop")
        mac.uid = 0
        self.service(mac, "install", "--system")
        mac.uid = 501
        self.service(mac, "start")
        self.service(mac, "restart")
        self.assertEqual(mac.changes(), [f"kickstart -k gui/501/{LABEL}"])
        self.service(mac, "restart", "--system", status=5)

    def test_a_program_that_is_gone_is_no_wrong_configuration(self):
        mac = self.mac()
        self.service(mac, "install")
        plist = mac.home / f"Library/LaunchAgents/{LABEL}.plist"
        plist.write_text(plist.read_text().replace("/bin/anemond<", "/gone/anemond<"))
        mac.tell(AGENT, **{"last exit code": "78: EX_CONFIG"})
        said = self.service(mac, "status", status=1)
        self.assertIn("/gone/anemond is gone", said.stdout + said.stderr)

    def test_an_agent_that_was_installed_over_ssh_starts_at_the_screen(self):
        mac = self.mac()
        self.service(mac, "install", FAKE_HEADLESS="1")
        self.assertEqual(mac.jobs(), [])
        self.assertIn("screen", self.service(mac, "start", status=5, FAKE_HEADLESS="1").stderr)
        self.service(mac, "start")
        self.assertEqual(mac.jobs(), [AGENT])

    def test_a_bootstrap_is_tried_again_while_launchd_is_busy(self):
        for code in ("5: Input/output error", "37: Operation already in progress"):
            mac = self.mac()
            self.service(mac, "install", FAKE_BOOTSTRAP=code, FAKE_BOOTSTRAP_TIMES="5")
            self.assertEqual(mac.jobs(), [AGENT])
            self.service(mac, "stop")
            self.service(mac, "start", FAKE_BOOTSTRAP=code, FAKE_BOOTSTRAP_TIMES="5")
            self.assertEqual(mac.jobs(), [AGENT])
            self.service(mac, "stop")
            self.service(mac, "start", status=1, FAKE_BOOTSTRAP=code)
            self.assertLess(len(mac.calls()), 40)  # not for ever

    def test_what_launchctl_refuses_is_explained(self):
        mac = self.mac()
        self.service(mac, "install")
        self.service(mac, "stop")
        for environment, code, advice in (
                ({"FAKE_DISABLED": "1"}, 1, "Login Items"),
                ({"FAKE_BOOTSTRAP": "5: Input/output error"}, 1, "a folder above it"),
                ({"FAKE_BOOTSTRAP": "125: Domain does not support specified action"}, 1,
                 "nobody is logged in"),
                ({"FAKE_BOOTSTRAP": "37: Operation already in progress"}, 1, "busy"),
                ({"FAKE_BOOTSTRAP": "119: Service is disabled"}, 1, "Login Items"),
                ({"FAKE_BOOTSTRAP": "1: Operation not permitted"}, 5, "device management"),
                ({"FAKE_BOOTSTRAP": "77: Something new"}, 1, "launchctl error 77"),
                ({"FAKE_REFUSED": "enable"}, 5, "device management")):
            with self.subTest(environment):
                result = self.service(mac, "start", status=code, **environment)
                self.assertIn(advice, result.stderr)
                self.assertIn("anemonctl: service start: launchd refuses", result.stderr)
                self.assertEqual(mac.jobs(), [])
        self.service(mac, "start")
        result = self.service(mac, "stop", status=5, FAKE_REFUSED="bootout")
        self.assertIn("not permitted", result.stderr)
        result = self.service(mac, "restart", status=5, FAKE_REFUSED="kickstart")
        self.assertIn("not permitted", result.stderr)

    def test_of_the_reasons_for_a_5_the_true_one_is_named_if_it_can_be_seen(self):
        mac = self.mac(uid=0)
        self.service(mac, "install", "--system")
        self.service(mac, "stop")
        plist = mac.root / f"Library/LaunchDaemons/{LABEL}.plist"
        plist.chmod(0o666)
        result = self.service(mac, "start", status=1, FAKE_BOOTSTRAP="5: Input/output error")
        self.assertIn(f"{plist} is not root's, or others can write", result.stderr)

    # status

    def test_status_of_nothing(self):
        mac = self.mac()
        result = self.service(mac, "status", status=4)
        self.assertIn("not installed as a service", result.stdout)
        self.assertIn("anemonctl service install", result.stdout)
        for each in self.status(mac, 4).values():
            self.assertFalse(each["installed"] or each["loaded"] or each["answers"])

    def test_status_of_a_daemon_that_works(self):
        mac = self.mac()
        self.configure(mac, self.working(mac))
        self.service(mac, "install")
        process = self.start(mac, AGENT)
        agent = eventually(lambda: (found := self.first_status(mac)["user agent"])["answers"]
                           and found, "an answer")
        self.assertEqual(agent["pid"], process.pid)
        self.assertRegex(agent["version"], r"^\d+\.\d+")
        self.assertEqual(agent["problems"], [])
        result = self.service(mac, "status")
        self.assertIn(f"runs: user agent (process {process.pid})", result.stdout)
        account = json.loads(checked(self, mac.execute(
            mac.bin / "anemonctl", "--socket", agent["socket"], "status", "-o", "json")).stdout)
        self.assertEqual(account["account"]["supervisor"], "launchd")

    def first_status(self, mac):
        result = mac.execute(mac.bin / "anemonctl", "service", "status", "-o", "json")
        document = json.loads(result.stdout)
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        return {each["installation"]: each for each in document["installations"]}

    def test_status_tells_a_daemon_that_launchd_did_not_start(self):
        mac = self.mac()
        self.configure(mac, self.working(mac))
        self.service(mac, "install")
        process = self.start(mac, AGENT)
        eventually(lambda: self.first_status(mac)["user agent"]["answers"], "an answer")
        mac.tell(AGENT, state="running", pid=1)
        result = self.service(mac, "status", status=1)
        self.assertIn(f"answers process {process.pid}, which launchd did not start",
                      result.stdout.replace("\n", " "))

    def test_status_shows_the_configuration_that_keeps_a_daemon_from_starting(self):
        for system in (False, True):
            mac = self.mac(uid=0 if system else 501)
            job = DAEMON if system else AGENT
            self.service(mac, "install", *(["--system"] if system else []))
            config = self.configure(mac, "http:\n  lisen: 127.0.0.1:0\nstor: 1\n", system)
            arguments = mac.plist(job)["ProgramArguments"]
            if system:
                arguments[arguments.index("--config") + 1] = str(config)
            exits = [subprocess.run(arguments, env={"HOME": str(mac.home)}, capture_output=True,
                                    text=True, timeout=60 * SLOW, check=False) for _ in range(2)]
            self.assertEqual([each.returncode for each in exits], [78, 78])
            self.assertEqual([len(each.stderr.splitlines()) for each in exits], [1, 1])
            mac.tell(job, state="spawn scheduled", last_exit_code="78: EX_CONFIG", runs=2)
            result = self.service(mac, "status", status=1)
            shown = subprocess.run([ANEMOND, "--check-config", "--config", str(config)],
                                   capture_output=True, text=True, timeout=60 * SLOW, check=False)
            self.assertEqual(len(shown.stderr.splitlines()), 2)
            for problem in shown.stderr.splitlines():  # wherever lines are broken
                self.assertIn("".join(problem.split()), "".join(result.stdout.split()))
            self.assertIn("config check", result.stdout)
            found = self.status(mac, 1)["system daemon" if system else "user agent"]
            self.assertEqual(found["last_exit_code"], 78)
            self.assertEqual(found["problems"], shown.stderr.splitlines())
            self.configure(mac, self.working(mac), system)
            self.assertIn("valid by now", self.service(mac, "status", status=1).stdout)

    def test_status_names_the_state_that_each_part_is_in(self):
        mac = self.mac(uid=0)
        self.service(mac, "install", "--system", "--with-root-helper")
        mac.tell(HELPER, state="running", pid=77)
        mac.tell(DAEMON, state="spawn scheduled", last_terminating_signal="Killed: 9", runs=4)
        result = self.service(mac, "status", status=1)
        self.assertIn("runs: root helper (process 77); does not work: system daemon", result.stdout)
        self.assertIn("it does not run (spawn scheduled)", result.stdout)
        found = self.status(mac, 1)
        self.assertEqual(found["system daemon"]["last_signal"], "Killed: 9")
        self.assertIsNone(found["system daemon"]["last_exit_code"])
        self.assertIsNone(found["root helper"]["answers"])
        self.service(mac, "stop")
        self.assertIn("service start --system", self.service(mac, "status", status=1).stdout)
        self.service(mac, "start")
        (mac.root / f"Library/LaunchDaemons/{LABEL}.plist").unlink()
        self.assertIn("is gone", self.service(mac, "status", status=1).stdout)

    # logs

    def test_logs_shows_the_last_lines(self):
        mac = self.mac()
        self.service(mac, "install")
        self.assertIn("No such file", self.service(mac, "logs", status=4).stderr)
        log = mac.home / "Library/Logs/anemon/anemond.log"
        log.write_text("".join(f"line {number}\n" for number in range(100)))
        self.assertEqual(self.service(mac, "logs", "-n", "2").stdout, "line 98\nline 99\n")
        self.assertEqual(len(self.service(mac, "logs").stdout.splitlines()), 50)
        self.service(mac, "stop")  # of a daemon that is stopped, too
        self.assertEqual(self.service(mac, "logs", "-n", "1").stdout, "line 99\n")

    def test_logs_follows_over_a_rotation(self):
        mac = self.mac()
        self.service(mac, "install")
        log = mac.home / "Library/Logs/anemon/anemond.log"
        log.write_text("before\n")
        process = subprocess.Popen([mac.bin / "anemonctl", "service", "logs", "-f"],
                                   env=mac.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")))
        reader.start()
        try:
            eventually(lambda: "before\n" in lines, "the first line")
            log.rename(log.with_suffix(".0"))
            log.write_text("after\n")
            eventually(lambda: "after\n" in lines, "the line of the new file")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
            reader.join()
            process.stdout.close()

    def test_logs_of_the_system_and_its_helper(self):
        mac = self.mac(uid=0)
        self.service(mac, "install", "--system")
        (mac.root / "var/log/anemon/anemond.log").write_text("daemon\n")
        (mac.root / "var/log/anemond-helper.log").write_text("helper\n")
        self.assertEqual(self.service(mac, "logs").stdout, "daemon\n")
        self.assertIn("not installed", self.service(mac, "logs", "--helper", status=4).stderr)
        self.service(mac, "install", "--system", "--with-root-helper")
        self.assertEqual(self.service(mac, "logs", "--helper").stdout, "helper\n")

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_a_log_that_may_not_be_read_is_roots_to_read(self):
        mac = self.mac(uid=0)
        self.service(mac, "install", "--system")
        (mac.root / "var/log/anemon/anemond.log").write_text("daemon\n")
        pathlib.Path(mac.folder.name).chmod(0o755)
        (mac.fake / "calls").chmod(0o666)
        result = subprocess.run([mac.bin / "anemonctl", "service", "logs"], user=65534, group=65534,
                                extra_groups=[], env=mac.environment(FAKE_UID="65534"),
                                capture_output=True, text=True, timeout=60, check=False)
        checked(self, result, 5)
        self.assertIn(f"sudo {self.quoted(mac)} service logs --system", result.stderr)


if __name__ == "__main__":
    unittest.main()
