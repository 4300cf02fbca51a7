"""The contestants, each a process on a loopback port of its own."""

import select
import shutil
import socket
import subprocess
import time


class Contestant:
    """A page server: its process and how to scrape it. `with` ends it."""

    def __init__(self, name, process, port):
        self.name = name
        self.process = process
        self.port = port
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.hang_up()
        self.process.kill()
        self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/metrics"

    def hang_up(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def scrape(self):
        """One scrape as a scraper does it, on a kept connection where the server keeps it."""
        request = f"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n\r\n".encode()
        if self.connection and self.closed_by_server():
            self.hang_up()
        if not self.connection:
            self.connection = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self.receive()
        head, _, body = answer.partition(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        assert head.startswith(b"HTTP/1.1 200"), head
        if b"content-length" in fields:
            length = int(fields[b"content-length"])
            while len(body) < length:
                body += self.receive()
        else:  # chunks: the last one is empty
            while not body.endswith(b"\r\n0\r\n\r\n"):
                body += self.receive()
        if fields.get(b"connection") == b"close":
            self.hang_up()
        return body

    def closed_by_server(self):
        """Some close after an answer without saying so in it."""
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable)

    def receive(self):
        part = self.connection.recv(1 << 20)
        if not part:
            raise ConnectionError(f"{self.name} closed the connection within an answer")
        return part


def printed_port(name, *command):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return Contestant(name, process, int(process.stdout.readline()))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def node_exporter():
    unpacked = "build/tools/prometheus-node-exporter/usr/bin/prometheus-node-exporter"
    program = shutil.which("prometheus-node-exporter") or unpacked
    port = free_port()
    process = subprocess.Popen([program, f"--web.listen-address=127.0.0.1:{port}"],
                               stderr=subprocess.DEVNULL)
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return Contestant("node_exporter", process, port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
