"""Starts real daemons for the end-to-end tests: ephemeral ports, a scratch directory each.

ANEMOND and ANEMONCTL name the programs (ctest sets them). Nothing here sleeps for time to pass:
`eventually` polls for a state and fails after a generous limit.
"""

import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ANEMOND = os.environ.get("ANEMOND", "build/bin/anemond")
ANEMONCTL = os.environ.get("ANEMONCTL", "build/bin/anemonctl")
SLOW = float(os.environ.get("ANEMON_TEST_SLOWDOWN", "1"))  # sanitizers


def eventually(condition, limit=30.0, what="condition"):
    """The first true value of `condition()`."""
    until = time.monotonic() + limit * SLOW
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not become true within {limit * SLOW:.0f} s")
        time.sleep(0.02)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout=10):
        super().__init__("anemon", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def text(self):
        return self.body.decode()

    def json(self):
        return json.loads(self.body)


class Daemon:
    """One anemond with a state directory of its own; `with Daemon() as daemon:` cleans up."""

    def __init__(self, config="", arguments=(), directory=None, **popen):
        self.own_directory = directory is None
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="anemon-e2e-"))
        self.config = self.directory / "anemond.yaml"
        self.config.write_text(config)
        self.state = self.directory / "state"
        self.socket = self.directory / "s.sock"
        self.arguments = list(arguments)
        self.popen = popen
        self.process = None
        self.url = None
        self.stderr_path = self.directory / "stderr"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.own_directory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def command(self):
        return [ANEMOND, "--config", str(self.config), "--state-dir", str(self.state), "--socket",
                str(self.socket), "--listen", "127.0.0.1:0", *self.arguments]

    def start(self, ready=True):
        """Starts the daemon and waits until every collector has answered once."""
        read_end, write_end = os.pipe()
        with open(self.stderr_path, "ab") as stderr:
            self.process = subprocess.Popen(
                self.command() + ["--ready-fd", str(write_end)], pass_fds=[write_end],
                stderr=stderr, stdin=subprocess.DEVNULL, **self.popen)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            line = pipe.readline() if ready else ""
        if ready and not line:
            raise AssertionError(f"anemond did not start: {self.stderr()}")
        if ready:
            self.url = line.split()[0]
            self.host, port = self.url[len("http://"):].rsplit(":", 1)
            self.port = int(port)
        return self

    def stderr(self):
        return self.stderr_path.read_text(errors="replace")

    def get(self, path, headers=None, timeout=10 * SLOW):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        try:
            connection.request("GET", path, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def control(self, method, path, body=None, timeout=10 * SLOW):
        connection = UnixConnection(self.socket, timeout)
        try:
            payload = None if body is None else json.dumps(body)
            headers = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, body=payload, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def metrics(self):
        """{series: value} of the text exposition."""
        values = {}
        for line in self.get("/metrics").text().splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                assert name not in values, f"duplicate series {name}"
                values[name] = float(value)
        return values

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        """SIGTERM; returns (exit status, seconds it took)."""
        began = time.monotonic()
        self.signal(signal.SIGTERM)
        status = self.process.wait(timeout=20 * SLOW)
        return status, time.monotonic() - began


def ctl(daemon, *arguments, check=None, **popen):
    result = subprocess.run([ANEMONCTL, "--socket", str(daemon.socket), *arguments],
                            capture_output=True, text=True, timeout=60 * SLOW, **popen)
    if check is not None:
        assert result.returncode == check, (arguments, result.returncode, result.stdout,
                                            result.stderr)
    return result
