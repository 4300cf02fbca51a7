#!/usr/bin/env python3
"""A runner that computes nothing and makes up how long its calls take: what is measured is known beforehand.

    paced_runner.py SCRIPT

SCRIPT is a JSON file; the members, by compute units where an object with their names is given:
  units           what the engine can be asked for
  latency         seconds of a call, and
  per_item        of each item in it, and
  per_element     of each element of the inputs' shapes that were asked for
  noise           relative deviation from call to call
  wobble          relative deviation from one predict to the next
  outputs         {name: numbers}
  memory          peak in bytes of the model, and of each item: memory_per_item
  fail            [request, kind, message]: refused, or with kind "exit" the end of the process
  most_items      more are refused by fill
"""
import hashlib
import json
import random
import select
import sys

script = json.load(open(sys.argv[1]))
chance = random.Random(1)
state = {"units": "all", "items": 1, "elements": 0, "now": 0.0}


def asked(key, default):
    value = script.get(key, default)
    if key != "outputs" and isinstance(value, dict) or key == "outputs" and state["units"] in value:
        value = value.get(state["units"], default)
    return value


def refuse(kind, message):
    return [{"answer": "error", "kind": kind, "error": message}]


def hello(_):
    return [{"answer": "hello", "protocol": 1, "engine": {"name": "paced", "compute_units": script.get("units", [])}}]


def load(request):
    state["elements"] = 0
    for shape in request.get("shapes", {}).values():
        count = 1
        for extent in shape:
            count *= extent
        state["elements"] += count
    return [{"answer": "loaded", "load_seconds": 0.01, "inputs": [], "outputs": []}]


def fill(request):
    if request["items"] > script.get("most_items", 1 << 16):
        return refuse("refused", "too many items")
    state["items"] = request["items"]
    return [{"answer": "filled", "inputs": []}]


def predict(request):
    level = (asked("latency", 0.001) + asked("per_item", 0) * request.get("items", 1)
             + asked("per_element", 0) * state["elements"]) * (1 + asked("wobble", 0) * chance.gauss(0, 1))
    begin, count = state["now"], 0
    least = [request.get("min_count"), request.get("min_seconds")]
    most = [request.get("max_count"), request.get("max_seconds")]
    if least == most == [None, None]:
        most[0] = 1

    def passed(limits, reached):
        return [limit is not None and value >= limit for limit, value in zip(limits, reached)]

    over = False
    while not over:
        first, starts, totals, elapsed = count, [], [], 0.0
        while not over and elapsed < request.get("chunk_seconds", 0.1):
            total = level * abs(1 + asked("noise", 0) * chance.gauss(0, 1))
            starts.append(state["now"] - begin)
            totals.append(total)
            state["now"] += total
            elapsed, count = elapsed + total, count + 1
            reached = [count, state["now"] - begin]
            minimums = [value >= limit for limit, value in zip(least, reached) if limit is not None]
            over = any(passed(most, reached)) or (bool(minimums) and all(minimums))
        yield {"answer": "samples", "first": first, "start": starts, "total": totals}
        over = over or bool(select.select([sys.stdin], [], [], 0)[0])
    yield {"answer": "predicted", "count": count, "seconds": state["now"] - begin, "origin": begin}


def results(request):
    outputs = list(asked("outputs", {}).items())
    for index, (name, numbers) in enumerate(outputs):
        yield {"answer": "results", "name": name, "count": len(numbers), "checksum": hashlib.sha256(str(numbers).encode()).hexdigest()[:16],
               "numbers": numbers, "more": index + 1 < len(outputs)}
    if not outputs:
        yield {"answer": "results", "name": "", "count": 0, "more": False}


def memory(_):
    peak = asked("memory", None)
    if peak is None:
        return [{"answer": "memory"}]
    own = 5000000  # of the runner without a model
    loaded = "load" in calls
    peak = own + loaded * int(peak + script.get("memory_per_item", 0) * state["items"])
    return [{"answer": "memory", "resident_bytes": peak, "peak_resident_bytes": peak}]


ANSWERS = {"hello": hello, "load": load, "fill": fill, "predict": predict, "stop": lambda _: [], "results": results,
           "memory": memory, "bye": lambda _: [{"answer": "bye"}]}
calls = {}
while line := sys.stdin.readline():
    request = json.loads(line)
    name = request["request"]
    calls[name] = calls.get(name, 0) + 1
    state["units"] = request.get("compute_units", state["units"])
    fails = asked("fail", None) if name not in ("hello", "bye") else None
    if fails and fails[0] == name and calls[name] >= (fails[3] if len(fails) > 3 else 1):
        if fails[1] == "exit":
            sys.exit(fails[2])
        answers = refuse(fails[1], fails[2])
    else:
        answers = ANSWERS.get(name, lambda _: refuse("refused", "only makes up times"))(request)
    for answer in answers:
        sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    if name == "bye":
        break
