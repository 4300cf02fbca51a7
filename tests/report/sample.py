"""Results as the profiler writes them (docs/result-json.md), with whatever a report must cope with."""

import math

HOSTILE = "</script><script>document.title='taken'</script>"


def layer(index, time_ms, **more):
    return {"name": f"conv{index}", "type": "conv", "index": index, "time_ms": time_ms,
            "time_share": time_ms / 10, "macs": 1e6 * (index + 1), "weight_bytes": 4096,
            "input_bytes": 65536, "output_bytes": 65536, "achieved_tops": 0.001 * (index + 1),
            "arithmetic_intensity": 2.0 + index, "bound": "memory" if index % 2 else "compute",
            "predicted_engine": "ANE", "provenance": {
                "time_ms": "measured", "time_share": "derived", "macs": "derived",
                "weight_bytes": "measured", "input_bytes": "derived", "output_bytes": "derived",
                "achieved_tops": "derived", "arithmetic_intensity": "derived"}, **more}


def profile(samples=500, layers=30, **more):
    latency = [1.0 + 0.05 * math.sin(i / 7) + (0.8 if i == 0 else 0) for i in range(samples)]
    return {
        "schema": "anemon.result/1", "id": "01JDX0", "created": "2026-11-23T01:00:00.000Z",
        "anemon_version": "0.1.0", "kind": "model", "outcome": {"state": "ok"},
        "model": {"name": "mnistCNN", "path": "mnistCNN.mlmodel", "hash": "ab" * 32,
                  "kind": "neuralNetworkClassifier", "stored_bytes": 395000},
        "environment": {"chip": "Apple M2", "os": "macOS", "os_version": "15.1", "engine": "coreml",
                        "compute_units": "cpu-and-ane", "threads": 0},
        "configuration": {"warmup_iterations": 10, "profile_iterations": samples},
        "timing": {
            "compilation_time_ms": 310.0, "load_time_ms": 12.5, "first_inference_ms": 1.8,
            "inference_time_ms": 1.02, "mean_ms": 1.03, "iterations": samples,
            "percentiles": {"p50": {"value": 1.02, "low": 1.01, "high": 1.03},
                            "p90": {"value": 1.05, "low": 1.04, "high": 1.05}},
            "steady": True, "steadiness": "Steady after 12 calls.", "outliers": "The first call.",
            "provenance": {"compilation_time_ms": "measured", "load_time_ms": "measured",
                           "first_inference_ms": "measured", "inference_time_ms": "measured",
                           "mean_ms": "measured", "iterations": "measured", "percentiles": "measured"}},
        "throughput": {"inferences_per_second": 980.4, "effective_tops": 0.02,
                       "provenance": {"inferences_per_second": "derived", "effective_tops": "derived"}},
        "power": {"average_power_watts": 2.4, "peak_power_watts": 3.1,
                  "energy_per_inference_joules": 0.00245, "efficiency_tops_per_watt": 0.0083,
                  "timeline": [[i / 10, 2.4 + 0.3 * math.sin(i)] for i in range(300)],
                  "provenance": {"average_power_watts": "measured", "peak_power_watts": "measured",
                                 "energy_per_inference_joules": "derived",
                                 "efficiency_tops_per_watt": "estimated", "timeline": "measured"},
                  "absent": {"idle_power_watts": "no idle time was asked for"}},
        "memory": {"memory_usage_mb": 14.2, "peak_memory_mb": 15.0,
                   "timeline": [[i, 14 + i / 30] for i in range(30)],
                   "provenance": {"memory_usage_mb": "measured", "peak_memory_mb": "measured",
                                  "timeline": "measured"}},
        "ane": {"ane_utilization_percent": 41.0, "signal": "clock states",
                "provenance": {"ane_utilization_percent": "measured"}},
        "latency_breakdown": {"ane_execution_ms": 0.98, "layer_timings_ms": {"conv0": 0.4},
                              "provenance": {"ane_execution_ms": "measured", "layer_timings_ms": "measured"},
                              "absent": {"memory_transfer_ms": "the engine cannot tell"}},
        "layers": [layer(i, 10.0 / (i + 1)) for i in range(layers)]
                  + [{"name": "relu", "type": "relu", "fused_into": "conv0"}],
        "samples": {"start_seconds": [i / 1000 for i in range(samples)], "latency_ms": latency,
                    "provenance": {"start_seconds": "measured", "latency_ms": "measured"}},
        "placement": {"chip": "Apple M2", "functions": [{"function": "main", "operations": [
            {"name": f"op{i}", "type": "conv", "engine": "ANE" if i % 5 else "CPU",
             "reason": "" if i % 5 else "kernel wider than 15"} for i in range(40)]}]},
        "reconciliation": {"verdict": "agrees", "words": "Planned for the Neural Engine, and it was active."},
        "findings": [{"rule": "DT-1", "severity": "error", "message": "fp32", "operation": "conv0",
                      "fix": "convert with FLOAT16"}],
        "recommendations": [{"title": "Use fp16", "text": "Halves the weights.", "saving": "2x",
                             "basis": "rule DT-1"}],
        "score": {"score": 62.0, "performance": 39.2, "power": 3.3, "memory": 19.5,
                  "provenance": {"score": "derived", "performance": "derived", "power": "derived",
                                 "memory": "derived"}},
        **more}


def hostile():
    """Names that programs and files choose."""
    result = profile(samples=20, layers=2)
    result["model"]["name"] = HOSTILE
    result["layers"][0]["name"] = HOSTILE
    result["layers"][1]["name"] = "=cmd|' /C calc'!A0"
    result["timing"]["outliers"] = "<img src=x onerror=document.title='taken'>"
    result["latency_breakdown"]["layer_timings_ms"] = {"=1+1": 0.5, 'a,"b"\n': 0.25}
    return result


def comparison():
    other = profile()
    other["environment"] = {**other["environment"], "compute_units": "cpu-only"}
    other["timing"] = {**other["timing"], "inference_time_ms": 4.1}
    return profile(kind="compare", runs=[profile(), other], comparison={
        "latency": {"winner": "coreml, cpu-and-ane", "speedup": 4.0,
                    "words": "The Neural Engine is 4.0 times as fast as the CPU."}})


def sweep():
    return profile(kind="batch", sweep={
        "points": [{"batch": 2 ** i, "latency_ms": 1.0 + 0.4 * 2 ** i,
                    "inferences_per_second": 1000 * 2 ** i / (1.0 + 0.4 * 2 ** i),
                    "energy_per_item_joules": 0.003 / (i + 1)} for i in range(6)],
        "knee": 4, "optimal": {"throughput": 32, "latency": 1},
        "analysis": "Throughput grows little beyond 4."})


def failed():
    return {"schema": "anemon.result/1", "id": "01JDX1", "kind": "model", "anemon_version": "0.1.0",
            "model": {"name": "broken"}, "environment": {"engine": "coreml"},
            "outcome": {"state": "crashed", "phase": "load", "message": "signal 11 (SIGSEGV)",
                        "hint": "try --compute-units cpu-only"}}
