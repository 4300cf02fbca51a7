#!/usr/bin/env python3
"""A runner of one's own, as docs/runner-protocol.md describes it: its only model doubles what it is given."""
import json
import math
import select
import sys
import time

ARRAY = {"kind": "multiArray", "dtype": "fp32", "shape": [3], "optional": False}
state = {"x": [1.5, -2.0, 0.25]}


def reached(request, count, seconds):
    if count >= request.get("max_count", math.inf) or seconds >= request.get("max_seconds", math.inf):
        return True
    bounded = "max_count" in request or "max_seconds" in request
    if "min_count" not in request and "min_seconds" not in request:
        return not bounded
    return count >= request.get("min_count", 1) and seconds >= request.get("min_seconds", 0)


def predict(request):
    count, origin, done = 0, time.monotonic(), False
    while not done:
        line = {"answer": "samples", "first": count, "start": [], "total": []}
        until = time.monotonic() + request.get("chunk_seconds", 0.1)
        while not done and time.monotonic() < until and len(line["total"]) < 4096:
            start = time.monotonic()
            state["y"] = [2 * x for x in state["x"]]
            end = time.monotonic()
            line["start"].append(start - origin)
            line["total"].append(end - start)
            count += 1
            done = reached(request, count, end - origin)
        yield line
        done = done or select.select([sys.stdin], [], [], 0)[0]  # what comes now is a stop
    yield {"answer": "predicted", "count": count, "seconds": time.monotonic() - origin, "origin": origin}


def fill(request):
    for given in request["inputs"]:
        state[given["name"]] = given.get("numbers", state["x"])
    yield {"answer": "filled", "inputs": [{"name": "x", "fill": "values"}]}


ANSWERS = {
    "hello": lambda _: [{"answer": "hello", "protocol": 1, "engine": {"name": "doubler"}}],
    "load": lambda _: [{"answer": "loaded", "load_seconds": 0, "inputs": [{"name": "x", **ARRAY}],
                        "outputs": [{"name": "y", **ARRAY}]}],
    "fill": fill, "predict": predict, "stop": lambda _: [],
    "results": lambda r: [{"answer": "results", "name": "y", "count": 3, "numbers": state["y"][:r["numbers"]]}],
    "memory": lambda _: [{"answer": "memory"}], "bye": lambda _: [{"answer": "bye"}],
}
for line in sys.stdin:
    asked = json.loads(line)
    no = [{"answer": "error", "kind": "refused", "error": "only doubles"}]
    for answer in ANSWERS.get(asked["request"], lambda _: no)(asked):
        print(json.dumps(answer), flush=True)
    if asked["request"] == "bye":
        break
