#!/usr/bin/env python3
"""Clients that mean harm, or do it: every one must end well, with a fresh scrape still answered."""

import concurrent.futures
import gzip
import os
import re
import resource
import socket
import time
import unittest

from anemond import SLOW, Daemon, UnixConnection, eventually

# Well above a healthy scrape, well below "the server is busy with somebody else".
PROMPT = 2 * SLOW


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(config="http: {request_timeout: 2s}").__enter__()
        cls.resident = cls.memory()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()

    @classmethod
    def memory(cls):
        with open(f"/proc/{cls.daemon.process.pid}/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()

    def tearDown(self):
        self.scrape_is_prompt()
        if SLOW == 1:
            self.assertLess(self.memory() - self.resident, 12 << 20)

    def scrape_is_prompt(self):
        began = time.monotonic()
        answer = self.daemon.get("/metrics")
        self.assertEqual(answer.status, 200)
        self.assertLess(time.monotonic() - began, PROMPT)

    def connect(self):
        return socket.create_connection((self.daemon.host, self.daemon.port), timeout=10 * SLOW)

    def raw(self, data, limit=1 << 20):
        """Sends bytes, and all that comes back until the server closes."""
        with self.connect() as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass
            answer = b""
            try:
                while len(answer) < limit:
                    chunk = connection.recv(65536)
                    if not chunk:
                        break
                    answer += chunk
            except ConnectionResetError:
                pass
            return answer

    def refused(self, data, *statuses):
        began = time.monotonic()
        answer = self.raw(data)
        self.assertIn(answer.split(b" ", 2)[1] if answer else b"", [b"%d" % s for s in statuses])
        self.assertEqual(len(re.findall(rb"HTTP/1\.1 \d", answer)), 1)
        self.assertLess(time.monotonic() - began, 5 * PROMPT)

    def test_malformed_requests_get_a_prompt_400(self):
        for line in (b"GET /metrics\r\n\r\n", b"GET /metrics HTTP/9.9\r\nHost: localhost\r\n\r\n",
                     b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"GET\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nX y\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: b\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\n\r\n",
                     b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n folded: b\r\n\r\n"):
            self.refused(line, 400, 505)

    def test_too_many_headers(self):
        lines = b"".join(b"X-%d: y\r\n" % i for i in range(200_000))
        self.refused(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n", 431, 400)

    def test_an_endless_line(self):
        self.refused(b"GET /" + b"a" * (8 << 20), 414, 431, 400)

    def test_a_large_body_to_a_read_only_route(self):
        head = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (64 << 20)
        self.refused(head + b"x" * (1 << 20), 413, 400)
        head = b"POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (64 << 20)
        self.refused(head, 405, 413)

    def test_conflicting_framing(self):
        for framing in (b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
                        b"Content-Length: 3\r\nContent-Length: 4\r\n",
                        b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n"):
            self.refused(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n" + framing + b"\r\nabc",
                         400, 411, 413, 501)

    def test_many_ranges_are_not_amplified(self):
        ranges = b",".join([b"0-"] * 2600)
        answer = self.raw(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nRange: bytes="
                          + ranges + b"\r\n\r\n", limit=8 << 20)
        self.assertIn(answer.split(b" ", 2)[1], (b"200", b"431", b"400"))
        self.assertLess(len(answer), 2 << 20)

    def test_pipelined_requests_get_as_many_answers(self):
        one = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\n\r\n"
        last = b"GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        self.assertEqual(self.raw(one * 19 + last).count(b"HTTP/1.1 200"), 20)

    def test_silent_and_dripping_clients_do_not_matter(self):
        clients = [self.connect() for _ in range(64)]
        try:
            for client in clients[:32]:
                client.sendall(b"GET /metr")
            for _ in range(5):
                for client in clients[:8]:
                    client.sendall(b"i")
                self.scrape_is_prompt()
            # Those that never finish a head are cut off by one total deadline.
            eventually(lambda: all(self.closed(c) for c in clients[:32]), what="cut off drippers")
        finally:
            for client in clients:
                client.close()

    @staticmethod
    def closed(client):
        client.setblocking(False)
        try:
            while client.recv(4096):
                pass
            return True
        except BlockingIOError:
            return False
        except OSError:
            return True

    def test_readers_that_never_read(self):
        clients = [self.connect() for _ in range(8)]
        try:
            for client in clients:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)
            self.scrape_is_prompt()
        finally:
            for client in clients:
                client.close()

    def test_more_connections_than_allowed(self):
        clients = []
        try:
            for _ in range(600):
                clients.append(self.connect())
            self.scrape_is_prompt()
        finally:
            for client in clients:
                client.close()

    def test_a_burst_of_scrapers(self):
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            pages = list(pool.map(lambda _: self.daemon.get("/metrics").status, range(200)))
        self.assertEqual(set(pages), {200})

    def test_methods_and_paths(self):
        self.assertEqual(self.daemon.get("/nowhere").status, 404)
        answer = self.raw(b"DELETE /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertIn(b" 405 ", answer)
        self.assertIn(b"\r\nAllow: GET, HEAD\r\n", answer)
        head = self.raw(b"HEAD /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.assertTrue(head.endswith(b"\r\n\r\n"))
        self.assertIn(b" 200 ", head)

    def test_a_rebound_name_is_refused(self):
        for host, status in ((b"attacker.example", b"403"), (b"127.0.0.1.attacker.example", b"403"),
                             (b"localhost:1234", b"200"), (b"[::1]", b"200"), (b"127.0.0.1", b"200")):
            answer = self.raw(b"GET /metrics HTTP/1.1\r\nHost: " + host
                              + b"\r\nConnection: close\r\n\r\n")
            self.assertEqual(answer.split(b" ", 2)[1], status, host)

    def test_floods_over_tcp_leave_the_control_socket_free(self):
        query = b"GET /v1/series?match=anemon_*&from=now-1h&step=1s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        clients = [self.connect() for _ in range(60)]
        streams = [self.connect() for _ in range(20)]
        try:
            for client in streams:
                client.sendall(b"GET /v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
            for _ in range(5):
                for client in clients:
                    client.sendall(query)
                self.assertEqual(self.daemon.control("GET", "/v1/sessions").status, 200)
        finally:
            for client in clients + streams:
                client.close()

    def test_changes_are_not_served_over_tcp(self):
        for method, path in ((b"POST", b"/v1/sessions"), (b"POST", b"/v1/reload"),
                             (b"DELETE", b"/v1/sessions/x"), (b"POST", b"/v1/inferences")):
            self.refused(method + b" " + path + b" HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n"
                         b"Connection: close\r\n\r\n{}", 404, 405, 413)

    def test_formats_are_negotiated(self):
        plain = self.daemon.get("/metrics")
        self.assertEqual(plain.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        om = self.daemon.get("/metrics", {"Accept": "application/openmetrics-text;version=1.0.0,"
                                                    "text/plain;q=0.5"})
        self.assertEqual(om.headers["Content-Type"],
                         "application/openmetrics-text; version=1.0.0; charset=utf-8")
        self.assertTrue(om.body.endswith(b"# EOF\n"))
        packed = self.daemon.get("/metrics", {"Accept-Encoding": "br, gzip"})
        self.assertEqual(packed.headers["Content-Encoding"], "gzip")
        self.assertIn(b"anemon_build_info", gzip.decompress(packed.body))

    def test_control_socket_bounds_its_requests(self):
        connection = UnixConnection(self.daemon.socket, 10 * SLOW)
        connection.request("POST", "/v1/sessions", body=b"{" + b" " * (70 << 10) + b"}",
                           headers={"Content-Type": "application/json"})
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()
        for body in ("[" * 30_000, "null", "[]", '{"name": 5}', '{"nmae": "x"}', '{"name": "a",',
                     '{"pids": ["1"]}', '{"labels": {"a": 1}}', '{"name": "\\u0000"}'):
            connection = UnixConnection(self.daemon.socket, 10 * SLOW)
            connection.request("POST", "/v1/sessions", body=body.encode())
            answer = connection.getresponse()
            self.assertEqual(answer.status, 400, body[:40])
            self.assertIn(b'"error"', answer.read())
            connection.close()

    def test_another_user_may_not_change_anything(self):
        if os.getuid() != 0:
            self.skipTest("needs root to become somebody else")
        os.chmod(self.daemon.directory, 0o755)
        os.chmod(self.daemon.socket, 0o666)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            statuses = []
            for method, path in (("GET", "/v1/status"), ("POST", "/v1/sessions"),
                                 ("POST", "/v1/reload")):
                connection = UnixConnection(self.daemon.socket, 10)
                connection.request(method, path, body=None if method == "GET" else "{}")
                statuses.append(str(connection.getresponse().status))
                connection.close()
            os.write(writer, " ".join(statuses).encode())
            os._exit(0)
        os.waitpid(child, 0)
        self.assertEqual(os.read(reader, 100).split()[1:], [b"403", b"403"])


@unittest.skipIf(SLOW > 1, "UBSan opens pipes to check memory: it cannot do without descriptors")
class Descriptors(unittest.TestCase):
    def test_without_descriptors_metrics_go_on(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))

        with Daemon(preexec_fn=few) as daemon:
            clients = []
            try:
                for _ in range(100):
                    clients.append(socket.create_connection((daemon.host, daemon.port), timeout=5))
                status = eventually(lambda: self.try_get(daemon), what="an answer")
                self.assertIn(status, (200, 503))
            finally:
                for client in clients:
                    client.close()
            eventually(lambda: self.try_get(daemon) == 200, what="a page when clients have left")

    @staticmethod
    def try_get(daemon):
        try:
            return daemon.get("/metrics").status
        except OSError:
            return None


if __name__ == "__main__":
    unittest.main()
