"""A Mac as far as installing goes: a scratch root with fakes of macOS's programs (fakes/)."""

import os
import pathlib
import plistlib
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LAUNCHD = HERE.parent.parent / "launchd"
LABEL = "io.anemon.anemond"


class Mac:
    """A scratch root and a launchd, directory and accounts that outlive one run of a script."""

    def __init__(self, uid=0, name="Macintosh HD"):
        self.folder = tempfile.TemporaryDirectory()
        top = pathlib.Path(self.folder.name).resolve() / name
        self.root, self.fake, self.home = (top / name for name in ("root", "fake", "home"))
        self.bin = self.root / "usr/local/bin"
        for path in (self.root, self.home, self.bin, self.fake / "jobs", self.fake / "facts",
                     self.fake / "Users", self.fake / "Groups"):
            path.mkdir(parents=True)
        (self.bin / "anemond").write_text("#!/bin/sh\n")
        (self.bin / "anemond").chmod(0o755)
        (self.fake / "Users" / "root").write_text("0")
        (self.fake / "Users" / "_other").write_text("400")
        self.uid = uid

    def environment(self, **more):
        return {"PATH": f"{HERE / 'fakes'}:/usr/bin:/bin", "HOME": str(self.home),
                "ANEMON_ROOT": str(self.root), "FAKE": str(self.fake), "FAKE_UID": str(self.uid),
                "ANEMON_RETRY_SECONDS": "0", "SUDO_UID": "501", **more}

    def execute(self, *command, **environment):
        (self.fake / "calls").write_text("")
        return subprocess.run([str(word) for word in command], capture_output=True, text=True,
                              timeout=60, env=self.environment(**environment), check=False)

    def run(self, script, *options, **environment):
        bin_dir = ["--bin-dir", self.bin] if script == "install" else []
        return self.execute(LAUNCHD / script, *options, *bin_dir, **environment)

    def calls(self):
        return (self.fake / "calls").read_text().splitlines()

    def changes(self):
        """The calls of launchctl that change something."""
        return [call.removeprefix("launchctl ") for call in self.calls()
                if call.startswith("launchctl ") and not call.startswith("launchctl print")]

    def tree(self):
        """Every file below root and home with its mode and content, but not the programs."""
        found = {}
        for top in (self.root, self.home):
            for path in sorted(top.rglob("*")):
                if path.is_relative_to(self.root / "usr"):
                    continue
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

    def plist(self, job):
        return plistlib.loads((self.fake / "jobs" / job).read_bytes())

    def tell(self, job, **facts):
        """What "launchctl print" tells of a job from now on; underscores stand for spaces."""
        text = "".join(f"\t{name.replace('_', ' ')} = {value}\n" for name, value in facts.items())
        (self.fake / "facts" / job).write_text(text)

    def start(self, job, **popen):
        """Starts the job's program as launchd would: its arguments, its log."""
        plist = self.plist(job)
        log = plist["StandardErrorPath"]
        log = pathlib.Path(log if job.startswith(("gui", "user")) else f"{self.root}{log}")
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as stderr:
            process = subprocess.Popen(
                plist["ProgramArguments"], stderr=stderr, stdin=subprocess.DEVNULL,
                env={"HOME": str(self.home), "PATH": "/usr/bin:/bin",
                     "XPC_SERVICE_NAME": plist["Label"]}, **popen)
        self.tell(job, state="running", pid=process.pid)
        return process


def writable_by_others(tree):
    return [name for name, (mode, _) in tree.items() if int(mode, 8) & 0o022]


def checked(test, result, status=0):
    test.assertEqual(result.returncode, status, result.stdout + result.stderr)
    return result


os.umask(0o022)
