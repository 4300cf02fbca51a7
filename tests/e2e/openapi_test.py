#!/usr/bin/env python3
"""Holds the daemon to docs/openapi.yaml: every operation and every status that it lists is asked for,
and every answer must be one that it describes."""

import http.client
import json
import os
import pathlib
import time
import unittest
import urllib.parse
import warnings

import jsonschema
import yaml

from anemond import SLOW, Answer, Daemon, UnixConnection, eventually

SPEC = yaml.safe_load(
    (pathlib.Path(__file__).parents[2] / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = ("get", "post", "delete", "put", "patch")

# Statuses that no healthy daemon can be brought to give in a test: a hanging or full disk (the
# sessions' own tests do it), and answers too large for a short run.
NOT_ASKED_FOR = {
    ("series", "413"), ("sessionSamples", "413"), ("exportSession", "413"), ("ready", "503"),
    ("addInferences", "503"),
} | {
    (operation, status) for status in ("503", "507") for operation in (
        "listSessions", "startSession", "showSession", "deleteSession", "stopSession",
        "annotateSession", "addSessionEvents", "sessionSamples", "exportSession")
}


def resolve(node):
    while "$ref" in node:
        target = SPEC
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations():
    for path, item in SPEC["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method.upper(), item[method]


def validator(schema):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer versions want another package
        return jsonschema.Draft202012Validator(
            schema, resolver=jsonschema.RefResolver("", SPEC))


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


class Description(unittest.TestCase):
    """The file in itself."""

    def test_every_reference_leads_somewhere(self):
        for reference in references(SPEC):
            self.assertTrue(resolve({"$ref": reference}), reference)

    def test_every_schema_is_a_valid_schema(self):
        for name, schema in SPEC["components"]["schemas"].items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_component_is_used(self):
        used = set(references(SPEC))
        for kind in ("schemas", "parameters", "responses"):
            for name in SPEC["components"][kind]:
                if name != "ReadingsEvent":  # the data of an event stream, which no media type names
                    self.assertIn(f"#/components/{kind}/{name}", used)

    def test_operations_have_an_id_a_summary_and_listeners(self):
        ids = []
        for path, method, operation in operations():
            with self.subTest(f"{method} {path}"):
                ids.append(operation["operationId"])
                self.assertTrue(operation["summary"])
                self.assertIn("control", operation["x-listeners"])
                self.assertEqual("tcp" in operation["x-listeners"] and method != "GET", False)
        self.assertEqual(len(ids), len(set(ids)))


class Conversation(unittest.TestCase):
    """One daemon, asked for everything."""

    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon(config='control: {mode: "0666", admin_uids: [65533]}\n').__enter__()
        cls.seen = set()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__(None, None, None)

    def check(self, operation, answer):
        """The answer is one that the operation describes."""
        responses = operation["responses"]
        status = str(answer.status)
        self.assertIn(status, responses, answer.body[:500])
        response = resolve(responses[status])
        self.seen.add((operation["operationId"], status))
        if "content" not in response:
            self.assertEqual(answer.body, b"")
            return None
        media = answer.headers["Content-Type"]
        self.assertIn(media, response["content"])
        schema = response["content"][media]["schema"]
        value = answer.json() if media == "application/json" else answer.text()
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
                  for e in validator(schema).iter_errors(value)]
        self.assertEqual(errors, [])
        return value

    def ask(self, operation_id, status, body=None, query=None, raw=None, **path):
        """Asks over every listener that has the operation (once, if it changes something)."""
        template, method, operation = next(
            found for found in operations() if found[2]["operationId"] == operation_id)
        target = template
        for name, value in path.items():
            target = target.replace("{%s}" % name, urllib.parse.quote(value, safe=""))
        if query:
            target += "?" + urllib.parse.urlencode(query, doseq=True)
        request = operation.get("requestBody")
        if body and status < 300:
            validator(request["content"]["application/json"]["schema"]).validate(body)
        if raw is not None:
            connection = UnixConnection(self.daemon.socket, 10 * SLOW)
            connection.request(method, target, body=raw)
            answer = Answer(connection.getresponse())
            connection.close()
        else:
            answer = self.daemon.control(method, target, body)
        self.assertEqual(answer.status, status, f"{method} {target}: {answer.body[:500]}")
        value = self.check(operation, answer)
        if "tcp" in operation["x-listeners"] and raw is None:
            over_tcp = self.daemon.get(target)
            self.assertEqual(over_tcp.status, status)
            self.check(operation, over_tcp)
        return value

    def test_the_whole_conversation(self):
        for page in ("landing", "style", "script", "icon", "healthy", "ready", "exposition"):
            self.ask(page, 200)
        for accept in ("application/openmetrics-text; version=1.0.0", "text/plain"):
            answer = self.daemon.get("/metrics", {"Accept": accept})
            self.check(SPEC["paths"]["/metrics"]["get"], answer)

        self.reading()
        session = self.session()
        self.refusals(session)
        self.as_another_user(session)
        self.stream()
        self.reload()

        wanted = {(operation["operationId"], status)
                  for _, _, operation in operations() for status in operation["responses"]}
        self.assertEqual(wanted - self.seen - NOT_ASKED_FOR, set())

    def reading(self):
        status = self.ask("status", 200)
        self.assertEqual(status["pid"], self.daemon.process.pid)
        self.ask("status", 400, query={"verbose": "1"})
        self.ask("metrics", 200)
        metrics = self.ask("metrics", 200, query={"match": "anemon_memory_*", "values": "1"})
        self.assertTrue(any(metric.get("values") for metric in metrics["metrics"]))
        self.ask("metrics", 400, query={"values": "perhaps"})
        self.ask("metrics", 404, query={"match": "anemon_memory_bites"})
        series = self.ask("series", 200, query={"match": ["anemon_load*", "anemon_memory_bytes"]})
        self.assertTrue(series["series"])
        self.ask("series", 200, query={"match": "anemon_load1", "from": "now-1m", "to": "now",
                                       "step": "10s"})
        self.ask("series", 400)
        self.ask("series", 404, query={"match": "anemon_lode1"})

    def session(self):
        first = self.ask("startSession", 201)
        self.ask("stopSession", 200, id=first["id"])
        session = self.ask("startSession", 201, {
            "name": "a name", "labels": {"k": "v"}, "pids": [os.getpid()],
            "max_duration_seconds": 600})
        self.assertEqual(session["state"], "running")
        note = self.ask("annotateSession", 201, {"text": "warm", "time": "now"}, id="last")
        self.assertEqual(note["text"], "warm")
        now = time.time()
        events = {"events": [
            {"model": "m", "compute_unit": "cpu", "begin": now + 0.0001 * n,
             "duration_seconds": 0.00005, "ok": n != 3, "items": {"token": 5}} for n in range(9)]}
        self.assertEqual(self.ask("addSessionEvents", 202, events, id=session["id"])["accepted"], 9)
        self.assertEqual(self.ask("addInferences", 202, events), {"accepted": 9, "refused": 0})

        def recorded():
            return self.ask("showSession", 200, id="a name")["recording"]["samples"] > 0
        eventually(recorded, what="the session's first samples")
        self.ask("sessionSamples", 200, id="last")
        self.ask("sessionSamples", 200, id="last",
                 query={"match": "anemon_memory_bytes", "step": "10s"})
        self.ask("listSessions", 200)
        listed = self.ask("listSessions", 200, query={
            "state": "running", "label": "k=v", "since": "now-1h", "limit": "5"})
        self.assertEqual([one["id"] for one in listed["sessions"]], [session["id"]])
        self.ask("deleteSession", 409, id=session["id"])
        stopped = self.ask("stopSession", 200, {}, id=session["id"])
        self.assertEqual(stopped["state"], "stopped")
        self.assertEqual(stopped["summary"]["inference"][0]["count"], 9)
        for export in ("json", "csv", "ndjson", "openmetrics", "trace"):
            self.ask("exportSession", 200, id="last", query={"format": export})
        self.ask("deleteSession", 204, id=first["id"])
        self.ask("showSession", 404, id=first["id"])
        return session

    def refusals(self, session):
        gone, known = "20000101-000000-none", session["id"]
        for operation in ("stopSession", "deleteSession", "sessionSamples", "exportSession"):
            self.ask(operation, 404, id=gone)
        self.ask("annotateSession", 404, {"text": "x"}, id=gone)
        self.ask("addSessionEvents", 404, {"events": []}, id=gone)
        self.ask("stopSession", 409, id=known)
        self.ask("addSessionEvents", 409, {"events": [
            {"model": "m", "compute_unit": "c", "begin": "now", "duration_seconds": 0.1}]}, id=known)
        for _ in range(2):
            self.ask("startSession", 201, {"name": "twins"})
        for operation in ("showSession", "sessionSamples", "exportSession"):
            self.ask(operation, 409, id="twins")
        self.ask("annotateSession", 409, {"text": "x"}, id="twins")
        self.ask("startSession", 400, {"nam": "x"})
        self.ask("stopSession", 400, {"now": True}, id=known)
        self.ask("annotateSession", 400, {}, id=known)
        self.ask("addSessionEvents", 400, {"events": {}}, id=known)
        self.ask("addInferences", 400, raw=b"{")
        self.ask("addInferences", 413, raw=b" " * 70_000)
        self.ask("startSession", 413, raw=b" " * 70_000)
        self.ask("reload", 400, {"file": "x"})
        self.ask("listSessions", 400, query={"state": "lost"})
        self.ask("sessionSamples", 400, id=known, query={"step": "5"})
        self.ask("exportSession", 400, id=known, query={"format": "pdf"})

    def as_another_user(self, session):
        """Everything that changes something is forbidden, everything that reads is not."""
        if os.geteuid() != 0:
            self.seen |= {(operation["operationId"], "403") for _, _, operation in operations()}
            return
        os.chmod(self.daemon.directory, 0o755)
        asked = [(operation, method, path.replace("{id}", session["id"]))
                 for path, method, operation in operations()
                 if operation["operationId"] not in ("stream", "exposition", "series")]
        answers = self.ask_as(65534, [(method, path) for _, method, path in asked])
        self.assertEqual(len(answers), len(asked))
        for (operation, method, path), (status, media, body) in zip(asked, answers):
            with self.subTest(f"{method} {path}"):
                self.assertEqual(status, 200 if method == "GET" else 403, body)
                answer = type("Answer", (), {"status": status, "headers": {"Content-Type": media},
                                             "body": body.encode(), "text": lambda: body,
                                             "json": lambda: json.loads(body)})
                self.check(operation, answer)

        stop = ("POST", "/v1/sessions/20000101-000000-none/stop")
        self.assertEqual(self.ask_as(65533, [stop])[0][0], 404)  # an administrator: allowed

    def ask_as(self, uid, requests):
        """[(status, media type, body)] in a child with that user; the kernel tells the daemon."""
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setgroups([])
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                answers = []
                for method, path in requests:
                    answer = self.daemon.control(method, path, {} if method == "POST" else None)
                    answers.append((answer.status, answer.headers["Content-Type"], answer.text()))
                os.write(write_end, json.dumps(answers).encode())
            finally:
                os._exit(0)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            answers = json.load(pipe)
        os.waitpid(child, 0)
        return answers

    def stream(self):
        connection = UnixConnection(self.daemon.socket, 10 * SLOW)
        connection.request("GET", "/v1/stream?match=anemon_load*&interval=100ms")
        answer = connection.getresponse()
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        event = validator(SPEC["components"]["schemas"]["ReadingsEvent"])
        for _ in range(3):
            self.assertEqual(answer.readline(), b"event: readings\n")
            line = answer.readline()
            self.assertTrue(line.startswith(b"data: "))
            event.validate(json.loads(line[len(b"data: "):]))
            self.assertEqual(answer.readline(), b"\n")
        connection.close()
        self.seen.add(("stream", "200"))
        self.ask("stream", 400, query={"interval": "soon"})
        self.ask("stream", 404, query={"match": "anemon_lode1"})

    def reload(self):
        self.ask("reload", 200)
        good = self.daemon.config.read_text()
        self.daemon.config.write_text("nonsense: 1\n")
        self.ask("reload", 422)
        status = self.ask("status", 200)
        self.assertFalse(status["config"]["last_reload_ok"])
        self.daemon.config.write_text(good)
        self.ask("reload", 200)

    def test_methods_that_are_not_described_are_refused_with_those_that_are(self):
        for path, item in SPEC["paths"].items():
            target = path.replace("{id}", "last")
            described = {method.upper() for method in METHODS if method in item}
            for method in ("PUT", "PATCH", "DELETE", "POST", "GET"):
                if method in described:
                    continue
                with self.subTest(f"{method} {path}"):
                    answer = self.daemon.control(method, target)
                    self.assertEqual(answer.status, 405)
                    validator(SPEC["components"]["schemas"]["Error"]).validate(answer.json())
                    allowed = set(answer.headers["Allow"].split(", "))
                    self.assertEqual(allowed - {"HEAD"}, described)

    def test_tcp_serves_what_is_described_for_it_and_nothing_else(self):
        for path, method, operation in operations():
            if "tcp" in operation["x-listeners"]:
                continue
            with self.subTest(f"{method} {path}"):
                target = path.replace("{id}", "last")
                answer = self.over_tcp(method, target)
                self.assertIn(answer, (404, 405))

    def over_tcp(self, method, target):
        connection = http.client.HTTPConnection(self.daemon.host, self.daemon.port,
                                                timeout=10 * SLOW)
        connection.request(method, target)
        status = connection.getresponse().status
        connection.close()
        return status

    def test_unknown_paths_are_not_found(self):
        for path in ("/v2/status", "/v1", "/v1/sessions/last/nothing", "/metrics/"):
            answer = self.daemon.control("GET", path)
            self.assertEqual(answer.status, 404)
            validator(SPEC["components"]["schemas"]["Error"]).validate(answer.json())


if __name__ == "__main__":
    unittest.main()
