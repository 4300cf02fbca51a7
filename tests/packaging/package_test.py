#!/usr/bin/env python3
"""Builds the package with fakes of Apple's tools, looks into it and installs it in a scratch root."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "launchd"))
from install_test import LABEL, Mac  # noqa: E402  pylint: disable=wrong-import-position

LAUNCHD_FAKES = HERE.parent / "launchd/fakes"
SIGNED = ("--sign", "Developer ID Application: T", "--sign-installer", "Developer ID Installer: T")


class PackageTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = pathlib.Path(folder.name)
        self.output = self.top / "anemon.pkg"
        (self.top / "tmp").mkdir()

    def build(self, *options, status=0, fail=0, **environment):
        (self.top / "calls").write_text("")
        result = subprocess.run(
            [PROJECT / "packaging/build-pkg", "--build", os.environ["ANEMON_BUILD"],
             "--output", self.output, *options], capture_output=True, text=True, timeout=120,
            env={"PATH": f"{HERE / 'fakes'}:{os.environ['PATH']}", "FAKE": str(self.top),
                 "FAKE_FAIL": str(fail), "LAUNCHD_FAKES": str(LAUNCHD_FAKES),
                 "TMPDIR": str(self.top / "tmp"), **environment}, check=False)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertEqual(list((self.top / "tmp").iterdir()), [], "it cleans up behind itself")
        return result

    def calls(self, tool):
        lines = (self.top / "calls").read_text().splitlines()
        return [line for line in lines if line.startswith(tool + " ")]

    def test_the_payload_is_complete_and_below_usr_local(self):
        self.build()
        payload = self.output / "payload"
        self.assertEqual([path.name for path in payload.iterdir()], ["usr"])
        local = payload / "usr/local"
        for program in ("anemond", "anemonctl", "anemon-runner"):
            self.assertTrue(os.access(local / "bin" / program, os.X_OK), program)
        share = local / "share/anemon"
        for source in ("launchd", "grafana"):
            for path in (PROJECT / source).rglob("*"):
                if path.is_file():
                    copy = share / path.relative_to(PROJECT)
                    self.assertEqual(copy.read_bytes(), path.read_bytes())
                    self.assertEqual(copy.stat().st_mode & 0o111, path.stat().st_mode & 0o111)
        self.assertTrue((share / "anemond.yaml").exists())
        self.assertTrue((local / "lib/anemon/libfmt.9.dylib").exists())

    def test_everything_is_signed_libraries_first(self):
        self.build(*SIGNED)
        signed = self.calls("codesign")
        names = [call.rsplit("/", 1)[1] for call in signed]
        self.assertEqual(names[0], "libfmt.9.dylib")
        self.assertEqual(sorted(names[1:]), ["anemon-runner", "anemonctl", "anemond"])
        for name in names[1:]:
            self.assertIn(f"/bin/{name}", self.calls("dylibbundler")[0])
        for call in signed:
            self.assertIn("--options runtime --timestamp --sign Developer ID Application: T", call)
        self.assertIn("--sign Developer ID Installer: T", self.calls("productbuild")[0])

    def test_without_an_identity_it_is_signed_ad_hoc_and_says_so(self):
        result = self.build()
        self.assertTrue(all("--sign - " in call for call in self.calls("codesign")))
        self.assertIn("not signed", result.stdout)

    def test_a_library_outside_the_package_is_an_error_that_names_it(self):
        foreign = "/opt/homebrew/opt/fmt/lib/libfmt.9.dylib"
        result = self.build(status=1, FAKE_FOREIGN=foreign)
        self.assertIn(foreign, result.stderr)
        self.assertFalse(self.output.exists())

    def test_an_installer_signature_needs_signed_programs(self):
        self.assertIn("--sign too", self.build(*SIGNED[2:], status=1).stderr)

    def test_whatever_step_fails_there_is_no_package(self):
        self.build()
        steps = len((self.top / "calls").read_text().splitlines())
        shutil.rmtree(self.output)
        self.assertGreater(steps, 6)
        for step in range(1, steps + 1):
            self.build(status=1, fail=step)
            self.assertFalse(self.output.exists(), f"step {step}")

    def installed(self, mac, uid=0, **environment):
        root = mac.root
        shutil.copytree(self.output / "payload/usr", root / "usr", dirs_exist_ok=True)
        mac.uid = uid
        (mac.fake / "calls").touch()
        return subprocess.run(
            [self.output / "scripts/postinstall", self.output, "/", "/"], text=True, timeout=60,
            capture_output=True, check=False,
            env={"PATH": f"{LAUNCHD_FAKES}:{HERE / 'fakes'}:/usr/bin:/bin", "HOME": str(mac.home),
                 "ANEMON_ROOT": str(root), "FAKE": str(mac.fake), "FAKE_UID": str(uid),
                 "ANEMON_RETRY_SECONDS": "0", **environment})

    def test_installing_the_package_starts_the_daemon_and_keeps_a_helper(self):
        self.build()
        mac = Mac()
        self.addCleanup(mac.folder.cleanup)
        result = self.installed(mac)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual(mac.jobs(), [f"system,{LABEL}"])
        self.assertIn("admin_uids: [502]", (mac.root / "etc/anemon/anemond.yaml").read_text())
        mac.run("install", "--system", "--with-root-helper")
        self.assertEqual(self.installed(mac).returncode, 0)
        self.assertEqual(mac.jobs(), [f"system,{LABEL}", f"system,{LABEL}.helper"])

    def test_on_another_volume_nothing_is_started(self):
        result = subprocess.run([PROJECT / "packaging/pkg/postinstall", "x", "/", "/Volumes/Other"],
                                capture_output=True, timeout=60, check=False)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, b"", b""))


if __name__ == "__main__":
    unittest.main()
