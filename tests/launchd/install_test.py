#!/usr/bin/env python3
"""Runs launchd/install and launchd/uninstall in a scratch root, with fakes of macOS's programs."""

import os
import pathlib
import plistlib
import subprocess
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
LAUNCHD = HERE.parent.parent / "launchd"
LABEL = "io.anemon.anemond"


class Mac:
    """A scratch root and a launchd, directory and accounts that outlive one run of a script."""

    def __init__(self, uid=0):
        self.folder = tempfile.TemporaryDirectory()
        top = pathlib.Path(self.folder.name)
        self.root, self.fake, self.home = (top / name for name in ("root", "fake", "home"))
        self.bin = self.root / "usr/local/bin"
        for path in (self.root, self.home, self.bin, self.fake / "jobs", self.fake / "Users",
                     self.fake / "Groups"):
            path.mkdir(parents=True)
        (self.bin / "anemond").write_text("#!/bin/sh\n")
        (self.bin / "anemond").chmod(0o755)
        (self.fake / "Users" / "root").write_text("0")
        (self.fake / "Users" / "_other").write_text("400")
        self.uid = uid

    def run(self, script, *options, **environment):
        (self.fake / "calls").write_text("")
        bin_dir = ["--bin-dir", str(self.bin)] if script == "install" else []
        return subprocess.run(
            [str(LAUNCHD / script), *options, *bin_dir], capture_output=True, text=True, timeout=60,
            env={"PATH": f"{HERE / 'fakes'}:/usr/bin:/bin", "HOME": str(self.home),
                 "ANEMON_ROOT": str(self.root), "FAKE": str(self.fake), "FAKE_UID": str(self.uid),
                 "ANEMON_RETRY_SECONDS": "0", "SUDO_UID": "501", **environment}, check=False)

    def calls(self):
        return (self.fake / "calls").read_text().splitlines()

    def tree(self):
        """Every file below root and home with its mode and content."""
        found = {}
        for top in (self.root, self.home):
            for path in sorted(top.rglob("*")):
                if path.is_relative_to(self.root / "usr"):
                    continue  # the program was there before
                content = path.read_text() if path.is_file() else None
                found[str(path.relative_to(top.parent))] = (oct(path.stat().st_mode), content)
        return found

    def jobs(self):
        return sorted(path.name for path in (self.fake / "jobs").iterdir())

    def accounts(self):
        return {kind: sorted(path.name for path in (self.fake / kind).iterdir())
                for kind in ("Users", "Groups")}

    def everything(self):
        return self.tree(), self.jobs(), self.accounts()


SYSTEM = ("--system", "--with-root-helper")


class InstallTest(unittest.TestCase):
    def mac(self, uid=0):
        mac = Mac(uid)
        self.addCleanup(mac.folder.cleanup)
        return mac

    def check(self, result, status=0):
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result

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

    def test_without_a_screen_the_agent_goes_to_the_users_domain(self):
        mac = self.mac(uid=501)
        self.check(mac.run("install", "--user", FAKE_HEADLESS="1"))
        self.assertEqual(mac.jobs(), [f"user,501,{LABEL}"])
        self.check(mac.run("uninstall", "--user"))
        self.assertEqual(mac.jobs(), [])

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
                                 "root/var/db/anemon/state/sessions.db"])
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
        self.assertIn("--system needs root", self.check(user.run("install", "--system"), 1).stderr)
        self.assertIn("not for root", self.check(self.mac().run("install", "--user"), 1).stderr)
        mac = self.mac()
        self.assertIn("made no account",
                      self.check(mac.run("install", "--system", FAKE_NO_ACCOUNTS="1"), 1).stderr)
        mac = self.mac()
        (mac.bin / "anemond").unlink()
        self.assertIn("there is no", self.check(mac.run("install", "--system"), 1).stderr)

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
    os.umask(0o022)
    unittest.main()
