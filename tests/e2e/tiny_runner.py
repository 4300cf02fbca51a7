#!/usr/bin/env python3
"""A runner of one's own, as docs/runner-protocol.md describes it: its only model doubles what it is given."""
import json
import sys
import time

ARRAY = {"kind": "multiArray", "dtype": "fp32", "shape": [3], "optional": False}
state = {"x": [1.5, -2.0, 0.25]}


def predict(request):
    count, origin = request.get("max_count", request.get("min_count", 1)), time.monotonic()
    for i in range(count):
        start = time.monotonic()
        state["y"] = [2 * x for x in state["x"]]
        yield {"answer": "samples", "first": i, "start": [start - origin], "total": [time.monotonic() - start]}
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
