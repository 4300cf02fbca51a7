#!/usr/bin/env python3
"""The root helper and its daemon as two processes of different users: root and nobody.

An ordinary user who may use sudo without a password runs this through it; anybody else skips.
"""

import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

import anemond
from anemond import SLOW, Daemon, eventually

NOBODY = pwd.getpwnam("nobody")
AS_NOBODY = {"user": NOBODY.pw_uid, "group": NOBODY.pw_gid, "extra_groups": []}

# As in helper/protocol.h.
MAGIC, VERSION, REFRESH, MOST = 0x616E6568, 1, 1, 1024
REQUEST, WANTED = struct.Struct("=IHHI"), struct.Struct("=iI")
ANSWER, PROCESS = struct.Struct("=IHHqQBB6x64s"), struct.Struct("=iBBHqqQQ64s10Q")


def request(pids=(), flags=0, count=None):
    head = REQUEST.pack(MAGIC, VERSION, len(pids) if count is None else count, flags)
    return head + b"".join(WANTED.pack(pid, 1) for pid in pids)


def connect_as(user, path):
    """A connection that the kernel says is `user`'s: another process makes it and hands it over."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(NOBODY.pw_gid)
            os.setuid(user)
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(str(path))
            socket.send_fds(theirs, [b"x"], [peer.fileno()])
        finally:
            os._exit(0)
    theirs.close()
    _, descriptors, _, _ = socket.recv_fds(ours, 1, 1)
    os.waitpid(child, 0)
    ours.close()
    if not descriptors:
        raise PermissionError("no connection")
    peer = socket.socket(fileno=descriptors[0])
    peer.settimeout(20 * SLOW)
    return peer


def ask(peer, pids=(), flags=0):
    """(starts of powermetrics, its state, [record of each pid])"""
    peer.sendall(request(pids, flags))
    size = ANSWER.size + len(pids) * PROCESS.size
    answer = b""
    while len(answer) < size:
        more = peer.recv(size - len(answer))
        if not more:
            raise ConnectionError("closed without a whole answer")
        answer += more
    _, _, count, _, starts, state, _, _ = ANSWER.unpack_from(answer)
    assert count == len(pids)
    return starts, state, list(PROCESS.iter_unpack(answer[ANSWER.size:]))


def is_closed(peer):
    try:
        return peer.recv(1) == b""
    except ConnectionResetError:
        return True


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def setUpModule():
    # Where nobody may run it from, whatever the build's folder is.
    programs = tempfile.mkdtemp(prefix="anemon-programs-")
    unittest.addModuleCleanup(shutil.rmtree, programs)
    os.chmod(programs, 0o755)
    anemond.ANEMOND = shutil.copy(anemond.ANEMOND, programs)


class HelperCase(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="anemon-helper-"))
        self.addCleanup(shutil.rmtree, self.directory)
        os.chmod(self.directory, 0o755)
        self.socket = self.directory / "helper.sock"
        self.log = self.directory / "log"
        self.helper = None
        self.addCleanup(self.kill_helper)
        self.powermetrics = self.directory / "powermetrics"
        self.started = self.directory / "started"
        self.write_powermetrics("while :; do echo report; sleep 0.2; done")

    def write_powermetrics(self, script):
        self.powermetrics.write_text(
            f"#!/bin/sh\necho $$ $(date +%s.%N) >> {self.started}\n{script}\n")
        self.powermetrics.chmod(0o755)

    def powermetrics_pid(self):
        """Of the newest one, or None."""
        return int(self.starts()[-1].split()[0]) if self.starts() else None

    def starts(self):
        return self.started.read_text().splitlines() if self.started.exists() else []

    def command(self, path=None, account="nobody"):
        return [anemond.ANEMOND, "--helper", "--helper-socket", str(path or self.socket),
                "--helper-account", account, "--helper-powermetrics", str(self.powermetrics)]

    def start_helper(self, **popen):
        with open(self.log, "ab") as log:
            self.helper = subprocess.Popen(self.command(), stderr=log, stdin=subprocess.DEVNULL,
                                           **popen)
        eventually(lambda: "msg=serving" in self.new_log(), what="the helper to serve")
        return self.helper

    def new_log(self):
        """Of the helper that was started last."""
        return self.log.read_text()[self.log_began:] if self.log.exists() else ""

    log_began = 0

    def kill_helper(self):
        if self.helper and self.helper.poll() is None:
            self.helper.send_signal(signal.SIGCONT)
            self.helper.kill()
            self.helper.wait()
        if self.log.exists():
            self.log_began = len(self.log.read_text())

    def refused(self, path=None, **options):
        """What a helper says that cannot begin."""
        result = subprocess.run(self.command(path, **options), capture_output=True, text=True,
                                timeout=30 * SLOW)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("hint:", result.stderr)
        return result.stderr


class WithDaemon(HelperCase):
    """The daemon as nobody, which looks at a process of root's."""

    def setUp(self):
        super().setUp()
        self.victim = subprocess.Popen(["sleep", "1000"], stdin=subprocess.DEVNULL)
        eventually(lambda: pathlib.Path(f"/proc/{self.victim.pid}/comm").read_text() == "sleep\n")
        self.addCleanup(self.end_victim)
        self.daemon = Daemon(f"helper:\n  socket: {self.socket}\n"
                             f"tasks:\n  pids: [{self.victim.pid}]\n"
                             f"host:\n  procfs: {self.procfs()}\n", **AS_NOBODY)
        self.addCleanup(self.daemon.__exit__)
        os.chown(self.daemon.directory, NOBODY.pw_uid, NOBODY.pw_gid)

    def procfs(self):
        """A procfs that refuses nobody the files of root's process, as some kernels do."""
        root = self.directory / "proc"
        own = root / str(self.victim.pid)
        (own / "fd").mkdir(parents=True)
        for name in ("stat", "status"):
            (own / name).write_text(pathlib.Path(f"/proc/{self.victim.pid}/{name}").read_text())
        os.chmod(own / "fd", 0o700)
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                (root / entry).symlink_to(f"/proc/{entry}")
        return root

    def end_victim(self):
        self.victim.kill()
        self.victim.wait()

    def files(self):
        return self.daemon.metrics().get(
            f'anemon_task_open_files{{pid="{self.victim.pid}",process="sleep"}}')

    def state(self):
        """(state, reason) of the signal that tells how the helper does."""
        for each in self.daemon.get("/v1/status").json()["signals"]:
            if each["source"] == "helper":
                return each["state"], each["reason"] or ""
        return None

    def await_state(self, state, reason=""):
        eventually(lambda: self.state() == (state, reason), limit=120,
                   what=f"the helper to be {state}")

    def test_figures_arrive_go_with_the_helper_and_come_back(self):
        self.daemon.start()
        self.await_state("absent", "no root helper installed")
        self.assertIsNone(self.files())

        self.start_helper()
        self.await_state("live")
        eventually(lambda: self.files() == 3, what="the open files of root's process")
        self.assertNotIn("level=warn", self.new_log())

        self.kill_helper()
        self.await_state("stale", "the root helper does not run")
        eventually(lambda: self.files() is None, what="the figures to go")
        self.assertEqual(self.daemon.get("/-/ready").status, 200)

        self.start_helper()
        self.await_state("live")
        eventually(lambda: self.files() == 3, what="the figures again")

        self.daemon.kill()
        self.daemon.start()
        eventually(lambda: self.files() == 3, what="the figures of a new daemon")
        self.assertEqual(self.daemon.terminate()[0], 0)
        self.assertIsNone(self.helper.poll())

    def test_a_hung_helper_does_not_stall_the_daemon(self):
        self.start_helper()
        self.daemon.start()
        eventually(lambda: self.files() == 3, what="the open files of root's process")

        def passes():
            """(all, those that took longer than a second) of the collector that asks."""
            values = self.daemon.metrics()
            name = 'anemon_collector_duration_seconds_%s{collector="tasks"%s}'
            count = values[name % ("count", "")]
            return count, count - values[name % ("bucket", ',le="1"')]

        before = passes()
        self.helper.send_signal(signal.SIGSTOP)
        self.await_state("stale", "the root helper does not answer")
        eventually(lambda: passes()[0] >= before[0] + 8, limit=120, what="passes that go on")
        if SLOW == 1:
            self.assertEqual(passes()[1], before[1])
        self.assertEqual(self.daemon.metrics()['anemon_collector_stuck{collector="tasks"}'], 0)
        self.assertEqual(self.daemon.get("/-/ready").status, 200)
        self.helper.send_signal(signal.SIGCONT)
        self.await_state("live")

    def test_a_socket_that_is_not_roots_alone_is_not_trusted(self):
        self.start_helper()
        (self.directory / "link.sock").symlink_to(self.socket)
        self.daemon.config.write_text(f"helper:\n  socket: {self.directory}/link.sock\n")
        self.assertEqual(os.stat(self.directory / "link.sock").st_uid, 0)
        self.daemon.start()
        self.await_state("refused", "the root helper's socket is not root's alone")

    def test_who_listens_on_roots_socket_must_be_root(self):
        ready, told = os.pipe()
        self.addCleanup(os.close, ready)
        impostor = os.fork()
        if impostor == 0:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(self.socket))
            os.chmod(self.socket, 0o666)
            os.setuid(NOBODY.pw_uid)
            listener.listen()
            os.write(told, b"x")
            signal.pause()
            os._exit(1)
        os.close(told)
        self.addCleanup(os.waitpid, impostor, 0)
        self.addCleanup(os.kill, impostor, signal.SIGKILL)
        os.read(ready, 1)
        self.daemon.start()
        self.await_state("refused", "the root helper's socket is not root's alone")

    def test_switched_off_it_is_not_asked(self):
        self.start_helper()
        self.daemon.config.write_text(f"helper:\n  enabled: false\n  socket: {self.socket}\n")
        self.daemon.start()
        self.assertIsNone(self.state())


class Peers(HelperCase):
    def setUp(self):
        super().setUp()
        self.start_helper()

    def nobody(self):
        return connect_as(NOBODY.pw_uid, self.socket)

    def test_another_user_gets_no_answer_and_one_line(self):
        for user in (1, 0, 1):
            with connect_as(user, self.socket) as peer:
                try:
                    peer.sendall(request([os.getpid()], REFRESH))
                except BrokenPipeError:
                    pass
                self.assertTrue(is_closed(peer))
        self.assertEqual(self.new_log().count("was turned away"), 1)
        self.assertIn("uid=1 ", self.new_log())
        self.assertEqual(self.starts(), [])
        with self.nobody() as peer:
            self.assertEqual(ask(peer, [os.getpid()])[2][0][0], os.getpid())

    def test_who_is_not_in_the_group_cannot_even_connect(self):
        status = os.lstat(self.socket)
        self.assertEqual((status.st_uid, status.st_gid, status.st_mode & 0o7777),
                         (0, NOBODY.pw_gid, 0o660))

    def test_oversized_requests_and_garbage_are_closed_at_once(self):
        for bytes_ in (request(count=MOST + 1), request(count=0xFFFF), b"GET / HTTP/1.1\r\n\r\n",
                       os.urandom(1) * 100_000, request([5, 5]), request([-1]), request([0]),
                       request(flags=0xFF), request() + request(), REQUEST.pack(MAGIC, 2, 0, 0)):
            with self.nobody() as peer:
                try:
                    peer.sendall(bytes_)
                except (BrokenPipeError, ConnectionResetError):
                    pass
                self.assertTrue(is_closed(peer), bytes_[:20])
        self.assertEqual(self.new_log().count("malformed"), 1)
        with self.nobody() as peer:
            ask(peer)

    def test_the_longest_list_is_answered(self):
        with self.nobody() as peer:
            pids = range(1, MOST + 1)
            self.assertEqual([record[0] for record in ask(peer, pids)[2]], list(pids))

    def test_half_a_request_is_closed_and_holds_up_nobody(self):
        with self.nobody() as half, self.nobody() as other:
            half.sendall(request([1, 2, 3])[:-1])
            ask(other, [1])
            self.assertTrue(is_closed(half))
            ask(other, [1])

    def test_one_connection_too_many_is_closed(self):
        peers = [self.nobody() for _ in range(4)]
        for peer in peers:
            ask(peer)
        with self.nobody() as further:
            self.assertTrue(is_closed(further))
        for peer in peers:
            ask(peer)
            peer.close()

    def test_it_keeps_only_what_it_needs(self):
        self.kill_helper()
        reader, writer = os.pipe()
        self.start_helper(pass_fds=[writer], env={**os.environ, "SECRET": "x"}, cwd="/tmp")
        status = pathlib.Path(f"/proc/{self.helper.pid}/status").read_text()
        self.assertRegex(status, r"Groups:\s*\n")
        self.assertRegex(status, r"Umask:\s*0077")
        self.assertEqual(os.readlink(f"/proc/{self.helper.pid}/cwd"), "/")
        self.assertNotIn(f"pipe:[{os.stat(writer).st_ino}]",
                         [os.readlink(entry.path) for entry
                          in os.scandir(f"/proc/{self.helper.pid}/fd")])
        limits = pathlib.Path(f"/proc/{self.helper.pid}/limits").read_text()
        self.assertRegex(limits, r"Max core file size +0 +0")
        self.assertRegex(limits, r"Max open files +256 +256")
        os.close(reader)
        os.close(writer)


class Powermetrics(HelperCase):
    def peer(self):
        self.start_helper()
        peer = connect_as(NOBODY.pw_uid, self.socket)
        self.addCleanup(peer.close)
        return peer

    def start_powermetrics(self, peer):
        ask(peer, flags=REFRESH)
        return eventually(self.powermetrics_pid, what="powermetrics")

    def test_it_runs_only_when_wanted_and_is_given_nothing(self):
        self.write_powermetrics(f"env > {self.directory}/env; ls -l /proc/$$/fd > "
                                f"{self.directory}/fds; while :; do echo x; sleep 0.2; done")
        peer = self.peer()
        self.assertEqual(ask(peer)[0], 0)
        pid = self.start_powermetrics(peer)
        self.assertEqual(os.getpgid(pid), pid)
        eventually((self.directory / "fds").exists)
        names = {line.split("=")[0] for line in
                 (self.directory / "env").read_text().splitlines()}
        self.assertLessEqual(names, {"PATH", "PWD", "OLDPWD", "SHLVL", "_"})
        eventually(lambda: "report" not in (self.directory / "fds").read_text())
        self.assertNotIn("socket:", (self.directory / "fds").read_text())
        self.assertNotIn("helper.sock", (self.directory / "fds").read_text())

    def test_it_ends_when_the_daemon_is_killed(self):
        self.start_helper()
        reader, writer = os.pipe()
        daemon = os.fork()
        if daemon == 0:
            peer = connect_as(NOBODY.pw_uid, self.socket)
            ask(peer, flags=REFRESH)
            os.write(writer, b"x")
            signal.pause()
            os._exit(1)
        os.read(reader, 1)
        pid = eventually(self.powermetrics_pid, what="powermetrics")
        self.assertTrue(alive(pid))
        os.kill(daemon, signal.SIGKILL)
        os.waitpid(daemon, 0)
        eventually(lambda: not alive(pid), limit=60, what="the end of powermetrics")
        self.assertIn("nobody wants it", self.new_log())
        os.close(reader)
        os.close(writer)

    def test_it_ends_in_order_with_the_helper(self):
        pid = self.start_powermetrics(self.peer())
        self.helper.send_signal(signal.SIGTERM)
        self.assertEqual(self.helper.wait(timeout=20 * SLOW), 0)
        self.assertFalse(alive(pid))
        self.assertFalse(self.socket.exists())
        self.assertIn("msg=stopped", self.new_log())

    def test_it_ends_when_the_helper_is_killed(self):
        pid = self.start_powermetrics(self.peer())
        self.helper.kill()
        self.helper.wait()
        eventually(lambda: not alive(pid), what="the end of powermetrics")

    def test_one_that_dies_is_started_again_after_a_pause_that_doubles(self):
        self.write_powermetrics("exit 3")
        peer = self.peer()

        def starts():
            ask(peer, flags=REFRESH)
            return len(self.starts()) >= 4

        eventually(starts, limit=60, what="the fourth start")
        times = [float(line.split()[1]) for line in self.starts()]
        pauses = [later - earlier for earlier, later in zip(times, times[1:])]
        for pause, least in zip(pauses, (1, 2, 4)):
            self.assertGreater(pause, least * 0.95)
        self.assertIn("ended with status 3", self.new_log())

    def test_one_that_is_killed_is_started_again(self):
        peer = self.peer()
        first = self.start_powermetrics(peer)
        os.kill(first, signal.SIGKILL)
        eventually(lambda: ask(peer, flags=REFRESH)[0] == 2, what="the second start")
        eventually(lambda: self.powermetrics_pid() != first)
        self.assertIn("ended by signal 9", self.new_log())


class Beginnings(HelperCase):
    def test_the_socket_of_a_killed_helper_is_replaced(self):
        self.start_helper()
        self.kill_helper()
        self.assertTrue(self.socket.is_socket())
        self.start_helper()
        with connect_as(NOBODY.pw_uid, self.socket) as peer:
            ask(peer)

    def test_a_second_helper_leaves_the_first_alone(self):
        self.start_helper()
        self.assertIn("another root helper listens there", self.refused())
        with connect_as(NOBODY.pw_uid, self.socket) as peer:
            ask(peer)

    def test_what_is_in_the_way_is_told_and_left(self):
        target = self.directory / "target"
        target.write_text("precious")
        self.socket.symlink_to(target)
        said = self.refused()
        self.assertIn("a symbolic link is there", said)
        self.assertIn(f"rm {self.socket}", said)
        self.assertTrue(self.socket.is_symlink())
        self.assertEqual(target.read_text(), "precious")
        self.assertEqual(target.stat().st_gid, 0)
        self.socket.unlink()
        self.socket.write_text("text")
        self.assertIn("a file that is no socket", self.refused())
        self.assertEqual(self.socket.read_text(), "text")

    def test_a_socket_of_another_user_is_left(self):
        with socket.socket(socket.AF_UNIX) as other:
            other.bind(str(self.socket))
        os.chown(self.socket, NOBODY.pw_uid, NOBODY.pw_gid)
        self.assertIn("a socket of another user", self.refused())
        self.assertTrue(self.socket.is_socket())

    def test_a_folder_that_others_may_change_is_refused(self):
        for mode in (0o777, 0o775, 0o1777):
            os.chmod(self.directory, mode)
            self.assertIn("may be written to by others", self.refused())
        os.chmod(self.directory, 0o755)
        os.chown(self.directory, NOBODY.pw_uid, -1)
        self.assertIn("belongs to user", self.refused())
        os.chown(self.directory, 0, -1)
        (self.directory / "folder").mkdir()
        (self.directory / "link").symlink_to("folder")
        self.assertIn("is a symbolic link", self.refused(self.directory / "link/helper.sock"))
        self.assertFalse(self.socket.exists())

    def test_without_its_account_it_says_what_makes_it(self):
        said = self.refused(account="no-such-account")
        self.assertIn("there is no account no-such-account", said)
        self.assertIn("sudo anemonctl service install --system --with-root-helper", said)

    def test_its_options_need_it(self):
        result = subprocess.run([anemond.ANEMOND, "--helper-socket", "/x"], capture_output=True,
                                text=True)
        self.assertEqual(result.returncode, 2)


def become_root():
    if os.getuid() == 0:
        return
    sudo = shutil.which("sudo")
    if not sudo or subprocess.run([sudo, "-n", "true"], capture_output=True).returncode != 0:
        print("skipped: two users are needed: run it as root, or with sudo without a password",
              file=sys.stderr)
        sys.exit(77)
    kept = [f"{name}={value}" for name, value in os.environ.items() if re.match("ANEMON|.SAN_", name)]
    os.execv(sudo, [sudo, "-n", "env", *kept, sys.executable, "-B", *sys.argv])


if __name__ == "__main__":
    become_root()
    unittest.main()
