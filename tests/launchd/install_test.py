#!/usr/bin/env python3
"""Runs launchd/install and launchd/uninstall in a scratch root, with fakes of macOS's programs."""

import os
import plistlib
import re
import subprocess
import unittest

from mac import LABEL, LAUNCHD, Mac, checked, writable_by_others

SYSTEM = ("--system", "--with-root-helper")


class InstallTest(unittest.TestCase):
    def mac(self, uid=0):
        mac = Mac(uid)
        self.addCleanup(mac.folder.cleanup)
        return mac

    def check(self, result, status=0):
        return checked(self, result, status)

    def test_system_installs_account_folders_configuration_and_job(self):
        mac = self.mac()
        self.check(mac.run("install", "--system"))
        self.assertEqual(mac.jobs(), [f"system,{LABEL}"])
        self.assertEqual((mac.fake / "Users/_anemon").read_text(), "399")  # 400 is taken
        self.assertEqual((mac.fake / "Groups/_anemon").read_text(), "399")
        root = mac.root
        self.assertEqual((root / "var/db/anemon/state").stat().st_mode & 0o777, 0o700)
        self.assertEqual((root / "var/db/anemon/run").stat().st_mode & 0o777, 0o750)
        self.assertIn(f"chown _anemon:_anemon {root}/var/db/anemon/state", mac.calls())
        self.assertIn(f"chown _anemon:admin {root}/var/db/anemon/run", mac.calls())
        self.assertIn("admin_uids: [501]", (root / "etc/anemon/anemond.yaml").read_text())
        anemond = os.environ.get("ANEMOND")
        if anemond:  # the daemon itself takes the configuration that is written for it
            subprocess.run([anemond, "--check-config", "--config", root / "etc/anemon/anemond.yaml"],
                           check=True, capture_output=True, timeout=60)
        plist = plistlib.loads((root / f"Library/LaunchDaemons/{LABEL}.plist").read_bytes())
        self.assertEqual(plist["ProgramArguments"][0], f"{mac.bin}/anemond")
        self.assertEqual(plist["UserName"], "_anemon")
        self.assertTrue((root / "etc/newsyslog.d/anemond.conf").exists())

    def test_the_helper_only_when_asked_for(self):
        mac = self.mac()
        self.check(mac.run("install", *SYSTEM))
        self.assertEqual(mac.jobs(), [f"system,{LABEL}", f"system,{LABEL}.helper"])

    def test_user_installs_an_agent_and_nothing_of_the_system(self):
        mac = self.mac(uid=501)
        self.check(mac.run("install", "--user"))
        self.assertEqual(mac.jobs(), [f"gui,501,{LABEL}"])
        self.assertEqual([name for name in mac.tree() if name.startswith("root/")], [])
        plist = plistlib.loads((mac.home / f"Library/LaunchAgents/{LABEL}.plist").read_bytes())
        self.assertEqual(plist["StandardErrorPath"], f"{mac.home}/Library/Logs/anemon/anemond.log")

    def test_without_a_screen_the_agent_waits_for_a_login(self):
        mac = self.mac(uid=501)
        said = self.check(mac.run("install", "--user", FAKE_HEADLESS="1")).stdout
        self.assertIn("your next login", said)
        self.assertEqual(mac.jobs(), [])
        self.assertTrue((mac.home / f"Library/LaunchAgents/{LABEL}.plist").exists())

    def test_agent_and_daemon_exclude_each_other(self):
        mac = self.mac(uid=501)
        self.check(mac.run("install", "--user"))
        mac.uid = 0
        self.assertIn("uninstall --user", self.check(mac.run("install", "--system"), 1).stderr)
        mac = self.mac()
        self.check(mac.run("install", "--system"))
        mac.uid = 501
        self.assertIn("uninstall --system", self.check(mac.run("install", "--user"), 1).stderr)

    def test_the_helper_never_loads_what_a_user_can_replace(self):
        mac = self.mac()
        library = mac.home / "libfmt.9.dylib"
        library.write_text("")
        library.chmod(0o666)
        said = self.check(mac.run("install", *SYSTEM, FAKE_LIBRARY=str(library)), 1).stderr
        self.assertIn(str(library), said)
        self.assertEqual(mac.jobs(), [])
        said = self.check(mac.run("install", "--system", FAKE_LIBRARY=str(library))).stdout
        self.assertIn(str(library), said)
        for unknown in ({"FAKE_LIBRARY": "@rpath/libfmt.9.dylib"}, {"FAKE_NO_TOOLS": "1"}):
            self.check(mac.run("install", *SYSTEM, **unknown), 1)

    def test_the_log_is_the_daemons_and_its_folder_roots(self):
        mac = self.mac()
        folder = mac.root / "var/log/anemon"
        folder.mkdir(parents=True)
        trap = mac.root / "etc-passwd"
        trap.write_text("root")
        (folder / "anemond.log").symlink_to(trap)
        (folder / "anemond.log.1.bz2").symlink_to(trap)
        os.link(trap, folder / "anemond.log.2.bz2")
        self.check(mac.run("install", "--system"))
        self.assertEqual([path.name for path in folder.iterdir()], ["anemond.log"])
        self.assertFalse((folder / "anemond.log").is_symlink())
        self.assertEqual((folder / "anemond.log").stat().st_mode & 0o777, 0o640)
        self.assertEqual(trap.read_text(), "root")
        calls = mac.calls()
        self.assertIn(f"chown root:wheel {folder}", calls)
        self.assertIn(f"chown _anemon:admin {folder}/anemond.log", calls)

    def test_the_helper_goes_when_it_is_no_longer_asked_for(self):
        mac = self.mac()
        self.check(mac.run("install", *SYSTEM))
        self.check(mac.run("install", "--system"))
        self.assertEqual(mac.jobs(), [f"system,{LABEL}"])
        self.assertFalse((mac.root / f"Library/LaunchDaemons/{LABEL}.helper.plist").exists())
        self.assertFalse((mac.root / "var/db/anemon/helper").exists())

    def test_a_second_install_upgrades_and_keeps_the_configuration(self):
        mac = self.mac()
        self.check(mac.run("install", *SYSTEM))
        config = mac.root / "etc/anemon/anemond.yaml"
        config.write_text("# mine\n")
        before = mac.everything()
        self.check(mac.run("install", *SYSTEM))
        self.assertEqual(mac.everything(), before)
        self.assertIn(f"launchctl bootout system/{LABEL}", mac.calls())

    def test_an_install_that_failed_at_any_step_can_be_done_again(self):
        whole = self.mac()
        self.check(whole.run("install", *SYSTEM))
        steps = len(whole.calls())
        want = {name.replace(str(whole.bin), ""): mode for name, (mode, _) in whole.tree().items()}
        self.assertGreaterEqual(steps, 20)
        failed = 0
        for step in range(1, steps + 1):
            with self.subTest(call=whole.calls()[step - 1]):
                mac = self.mac()
                failed += mac.run("install", *SYSTEM, FAKE_FAIL=str(step)).returncode != 0
                self.check(mac.run("install", *SYSTEM))
                self.assertEqual({name: mode for name, (mode, _) in mac.tree().items()}, want)
                self.assertEqual(mac.jobs(), whole.jobs())
                self.assertEqual(mac.accounts(), whole.accounts())
        self.assertGreater(failed, 8)  # the other calls are questions, or are tried again

    def test_uninstall_takes_back_all_but_what_the_user_made(self):
        mac = self.mac()
        empty = mac.everything()
        self.check(mac.run("install", *SYSTEM))
        (mac.root / "var/db/anemon/state/sessions.db").write_text("kept")
        self.check(mac.run("uninstall", "--system"))
        self.assertEqual(mac.jobs(), [])
        files = [name for name, (_, content) in mac.tree().items() if content is not None]
        self.assertEqual(files, ["root/etc/anemon/anemond.yaml",
                                 "root/var/db/anemon/state/sessions.db",
                                 "root/var/log/anemon/anemond.log"])
        self.check(mac.run("uninstall", "--system"))  # again
        self.check(mac.run("uninstall", "--system", "--purge"))
        files = [name for name, (_, content) in mac.tree().items() if content is not None]
        self.assertEqual(files, [])
        self.assertEqual(mac.accounts(), empty[2])

    def test_uninstall_after_a_half_failed_install_leaves_nothing(self):
        whole = self.mac()
        self.check(whole.run("install", *SYSTEM))
        for step in range(1, len(whole.calls()) + 1):
            with self.subTest(call=whole.calls()[step - 1]):
                mac = self.mac()
                accounts = mac.accounts()
                mac.run("install", *SYSTEM, FAKE_FAIL=str(step))
                self.check(mac.run("uninstall", "--system", "--purge"))
                self.assertEqual([n for n, (_, text) in mac.tree().items() if text is not None], [])
                self.assertEqual((mac.jobs(), mac.accounts()), ([], accounts))

    def test_dry_run_changes_nothing_and_names_every_change(self):
        mac = self.mac()
        before = mac.everything()
        shown = self.check(mac.run("install", *SYSTEM, "--dry-run")).stdout
        self.assertEqual(mac.everything(), before)
        for each in ("+ sysadminctl -addUser _anemon", "+ launchctl bootstrap system", "+ write"):
            self.assertIn(each, shown)
        self.check(mac.run("install", *SYSTEM))
        before = mac.everything()
        self.check(mac.run("uninstall", "--system", "--purge", "--dry-run"))
        self.assertEqual(mac.everything(), before)

    def test_failures_say_what_to_do(self):
        user = self.mac(uid=501)
        self.assertIn("--system needs root", self.check(user.run("install", "--system"), 5).stderr)
        self.assertIn("not for root", self.check(self.mac().run("install", "--user"), 2).stderr)
        mac = self.mac()
        self.assertIn("made no account",
                      self.check(mac.run("install", "--system", FAKE_NO_ACCOUNTS="1"), 1).stderr)
        mac = self.mac()
        (mac.bin / "anemond").unlink()
        self.assertIn("there is no", self.check(mac.run("install", "--system"), 4).stderr)

    def test_a_link_in_place_of_a_folder_is_refused(self):
        mac = self.mac()
        (mac.root / "var/db/anemon").mkdir(parents=True)
        (mac.root / "var/db/anemon/run").symlink_to("/tmp")
        self.assertIn("symbolic link", self.check(mac.run("install", "--system"), 1).stderr)

    def test_a_bootstrap_that_goes_on_failing_is_explained(self):
        for said, advice in (("5: Input/output error", "Login Items"),
                             ("125: Domain does not support specified action", "logged in")):
            mac = self.mac()
            result = self.check(mac.run("install", "--system", FAKE_BOOTSTRAP=said), 1)
            self.assertIn(advice, result.stderr)

    def test_a_users_install_and_uninstall_that_failed_at_any_step_can_be_done_again(self):
        whole = self.mac(uid=501)
        nothing = {"home": whole.tree()}
        self.check(whole.run("install", "--user"))
        want = {name for name in whole.tree()}
        self.assertNotEqual(nothing["home"].keys(), want)
        for step in range(1, len(whole.calls()) + 1):
            with self.subTest(install=whole.calls()[step - 1]):
                mac = self.mac(uid=501)
                mac.run("install", "--user", FAKE_FAIL=str(step))
                self.check(mac.run("install", "--user"))
                self.assertEqual((set(mac.tree()), mac.jobs()), (want, whole.jobs()))
                self.check(mac.run("uninstall", "--user", "--purge"))
                self.assertEqual(self.files(mac), [])
        self.check(whole.run("uninstall", "--user", "--purge"))
        for step in range(1, len(whole.calls()) + 1):
            with self.subTest(uninstall=whole.calls()[step - 1]):
                mac = self.mac(uid=501)
                self.check(mac.run("install", "--user"))
                mac.run("uninstall", "--user", "--purge", FAKE_FAIL=str(step))
                self.check(mac.run("uninstall", "--user", "--purge"))
                self.assertEqual((self.files(mac), mac.jobs()), ([], []))

    def test_an_uninstall_that_failed_at_any_step_can_be_done_again(self):
        whole = self.mac()
        accounts = whole.accounts()
        self.check(whole.run("install", *SYSTEM))
        self.check(whole.run("uninstall", "--system", "--purge"))
        calls = whole.calls()
        self.assertGreaterEqual(len(calls), 8)
        for step in range(1, len(calls) + 1):
            with self.subTest(call=calls[step - 1]):
                mac = self.mac()
                self.check(mac.run("install", *SYSTEM))
                mac.run("uninstall", "--system", "--purge", FAKE_FAIL=str(step))
                self.check(mac.run("uninstall", "--system", "--purge"))
                self.assertEqual((self.files(mac), mac.jobs(), mac.accounts()), ([], [], accounts))

    def files(self, mac):
        return [name for name, (_, content) in mac.tree().items() if content is not None]


class HostileTest(unittest.TestCase):
    """Whoever may install may not be made a way in."""

    def setUp(self):
        self.mac = Mac()
        self.addCleanup(self.mac.folder.cleanup)

    def install(self, status=0, options=SYSTEM, **environment):
        return checked(self, self.mac.run("install", *options, **environment), status)

    def refused(self):
        before = self.mac.everything()
        result = self.install(1)
        self.assertEqual(self.mac.everything(), before)
        self.assertIn("others than root can change", result.stderr)
        return result.stderr

    def test_a_program_that_others_can_change_is_no_daemon(self):
        self.mac.bin.chmod(0o757)
        self.assertIn(f"can change {self.mac.bin},", self.refused())
        self.mac.bin.chmod(0o755)
        (self.mac.bin / "anemond").chmod(0o757)
        self.assertIn(f"can change {self.mac.bin}/anemond,", self.refused())
        (self.mac.bin / "anemond").chmod(0o755)
        self.mac.bin.parent.chmod(0o757)
        self.assertIn(f"can change {self.mac.bin.parent},", self.refused())
        self.mac.bin.parent.chmod(0o755)
        self.install()

    def test_a_link_to_a_program_that_others_can_change_is_no_daemon_either(self):
        elsewhere = self.mac.root / "Users/ann/bin"
        elsewhere.mkdir(parents=True)
        (self.mac.bin / "anemond").rename(elsewhere / "anemond")
        (self.mac.bin / "anemond").symlink_to(elsewhere / "anemond")
        elsewhere.chmod(0o777)
        self.assertIn(f"can change {elsewhere},", self.refused())
        elsewhere.chmod(0o755)
        self.install()

    @unittest.skipUnless(os.geteuid() == 0, "only root gives files away")
    def test_a_program_of_another_owner_or_group_is_no_daemon(self):
        os.chown(self.mac.bin, 501, 0)
        self.refused()
        os.chown(self.mac.bin, 0, 20)
        self.mac.bin.chmod(0o775)
        self.refused()
        os.chown(self.mac.bin, 0, 0)  # of wheel there is nobody but root
        self.install()

    def test_an_agent_may_be_ones_own(self):
        self.mac.uid = 501
        self.mac.bin.chmod(0o777)
        self.install(options=("--user",))

    def test_nothing_is_writable_by_others_whatever_the_umask(self):
        umask = os.umask(0)
        try:
            self.install()
        finally:
            os.umask(umask)
        self.assertEqual(writable_by_others(self.mac.tree()), [])

    def test_the_callers_path_is_not_followed(self):
        trap = self.mac.root / "trap"
        trap.mkdir()
        for name in ("launchctl", "id", "dscl", "sed", "dirname", "ls", "awk", "mkdir"):
            (trap / name).write_text(f"#!/bin/sh\n: >'{self.mac.root}/sprung'\n")
            (trap / name).chmod(0o755)
        for script, options in (("install", ("--nonsense",)), ("uninstall", ("--nonsense",)),
                                ("control", ("show", "user"))):
            subprocess.run([LAUNCHD / script, *options], capture_output=True, check=False,
                           timeout=60, env={"PATH": f"{trap}:/usr/bin:/bin", "HOME": "/nonexistent",
                                            "CDPATH": str(trap)})
        self.assertFalse((self.mac.root / "sprung").exists())

    def test_names_that_a_plist_cannot_hold_are_refused(self):
        for name in ("a&b", "a<b", "a|b", 'a"b', "a\nb"):
            with self.subTest(name):
                mac = Mac(uid=501, name=name)
                self.addCleanup(mac.folder.cleanup)
                result = checked(self, mac.run("install", "--user"), 1)
                self.assertIn("a plist cannot hold", result.stderr)
                self.assertEqual(mac.jobs(), [])

    def test_a_uid_that_is_none_gets_into_no_configuration(self):
        self.install(SUDO_UID="501]\nhttp: {listen: 0.0.0.0:1}")
        self.assertNotIn("listen", (self.mac.root / "etc/anemon/anemond.yaml").read_text())


class RotationTest(unittest.TestCase):
    FIELDS = re.compile(r"(?P<file>/\S+)\s+(?P<owner>\w+:\w+)\s+(?P<mode>[0-7]{3})\s+(?P<count>\d+)"
                        r"\s+(?P<size>\d+|\*)\s+(?P<when>\S+)\s+(?P<flags>[BCDGJNRUZ-]+)$")

    def test_every_log_of_a_plist_of_the_system_is_rotated_for_its_owner(self):
        rows = [self.FIELDS.match(line)
                for line in (LAUNCHD / "newsyslog.conf").read_text().splitlines()
                if line and not line.startswith("#")]
        self.assertTrue(all(rows))
        rows = {row["file"]: row for row in rows}
        owners = {}
        for kind in ("daemon", "helper"):
            plist = plistlib.loads((LAUNCHD / f"{LABEL}.{kind}.plist").read_bytes())
            self.assertEqual(plist["StandardErrorPath"], plist["StandardOutPath"])
            owners[plist["StandardErrorPath"]] = plist.get("UserName", "root")
        self.assertEqual(rows.keys(), owners.keys())
        for file, row in rows.items():
            # Without an owner the new file would be root's, and the daemon could not write to it.
            self.assertEqual(row["owner"].split(":")[0], owners[file])
            self.assertEqual(int(row["mode"], 8) & 0o007, 0)
            self.assertIn("N", row["flags"])  # no pid file, nobody to signal
            self.assertGreater(int(row["count"]), 0)
            self.assertGreater(int(row["size"]), 0)

    def test_the_program_that_reads_it_is_asked(self):
        mac = Mac()
        self.addCleanup(mac.folder.cleanup)
        checked(self, mac.run("install", *SYSTEM))
        self.assertIn(f"newsyslog -n -f {mac.root}/etc/newsyslog.d/anemond.conf", mac.calls())


class PlistTest(unittest.TestCase):
    # launchd ignores a key it does not know without a word. Source: launchd.plist(5).
    KNOWN = {
        "Label": str, "UserName": str, "GroupName": str, "InitGroups": bool,
        "ProgramArguments": list, "RunAtLoad": bool, "KeepAlive": bool, "ThrottleInterval": int,
        "ProcessType": str, "ExitTimeOut": int, "Umask": int, "StandardOutPath": str,
        "StandardErrorPath": str,
    }

    def plists(self):
        return {path.name: plistlib.loads(path.read_bytes())
                for path in LAUNCHD.glob("*.plist")}

    def test_keys_and_types_are_known(self):
        self.assertEqual(len(self.plists()), 3)
        for name, plist in self.plists().items():
            for key, value in plist.items():
                self.assertIs(type(value), self.KNOWN.get(key), f"{name}: {key}")

    def test_they_hold_what_is_promised(self):
        for name, plist in self.plists().items():
            self.assertTrue(plist["KeepAlive"] and plist["RunAtLoad"], name)
            self.assertGreaterEqual(plist["ThrottleInterval"], 10, name)
            self.assertIn(plist["ProcessType"], ("Interactive", "Standard"), name)
            self.assertGreater(plist["ExitTimeOut"], 3, name)  # anemond's own bound
            self.assertEqual(plist["Umask"] & 0o007, 0o007, f"{name}: others can read")
            self.assertEqual(plist["ProgramArguments"][0], "@BINDIR@/anemond", name)
            self.assertIn(plist["Label"] + ".", name.replace("agent", "").replace("daemon.", "."))


if __name__ == "__main__":
    unittest.main()
