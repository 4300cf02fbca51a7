// Builds the report out of the document that the page carries.
import { findingParts, placementParts } from "./advice";
import { drawCharts } from "./charts";
import { element, section } from "./dom";
import { cards, legend, listing } from "./figures";
import { words } from "./format";
import { layerParts } from "./layers";
import type { Result, Section } from "./result";
import { comparison, sweep, verdict } from "./several";
import { latencyTimeline, memoryTimeline, powerTimeline } from "./timelines";

function facts(of: { [key: string]: unknown } | undefined): HTMLElement | undefined {
  const list = element("dl", { class: "listing" });
  for (const [key, value] of Object.entries(of ?? {})) {
    if (value === null || ["provenance", "absent", "basis"].includes(key)) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    list.append(element("dt", {}, words(key)), element("dd", {}, text));
  }
  return list.childElementCount ? list : undefined;
}

function header(result: Result): HTMLElement {
  const model = result.model?.name ?? "model";
  const engine = result.environment?.engine;
  const where = [engine, result.environment?.chip].filter(Boolean).join(", ");
  const failed = result.outcome?.state !== undefined && result.outcome.state !== "ok";
  return element("header", {},
    element("h1", {}, model),
    element("p", { class: "lead" }, [words(result.kind ?? "profile"), where, result.created].filter(Boolean).join(" · ")),
    failed && element("p", { class: "failed", role: "alert" },
      element("strong", {}, result.outcome!.state!), ` in phase ${result.outcome?.phase ?? "?"}: ${result.outcome?.message ?? ""} `,
      result.outcome?.hint),
    legend());
}

// The percentiles as a section of their own, whose keys have a unit.
function percentiles(result: Result): Section | undefined {
  const found = result.timing?.["percentiles"] as Section | undefined;
  const provenance = result.timing?.provenance?.["percentiles"];
  if (!found) return undefined;
  const keys = Object.keys(found);
  return {
    ...Object.fromEntries(keys.map((key) => [`${key}_ms`, found[key]])),
    provenance: provenance && Object.fromEntries(keys.map((key) => [`${key}_ms`, provenance])),
  };
}

// One run's parts; `prefix` keeps the ids of several runs apart.
function parts(result: Result, prefix = ""): (HTMLElement | undefined)[] {
  const text = (key: string) => typeof result.timing?.[key] === "string" ? element("p", {}, String(result.timing[key])) : undefined;
  return [
    section(`${prefix}figures`, "Key figures", cards([
      ["latency", result.timing, "inference_time_ms"], ["throughput", result.throughput, "inferences_per_second"],
      ["load", result.timing, "load_time_ms"], ["compile", result.timing, "compilation_time_ms"],
      ["power", result.power, "average_power_watts"], ["energy per inference", result.power, "energy_per_inference_joules"],
      ["efficiency", result.power, "efficiency_tops_per_watt"], ["peak memory", result.memory, "peak_memory_mb"],
      ["Neural Engine", result.ane, "ane_utilization_percent"], ["score", result.score, "score"],
    ])),
    section(`${prefix}timing`, "Latency", latencyTimeline(result), text("steadiness"), text("outliers"),
      listing(result.timing, ["percentiles", "after_idle_ms"]),
      listing(percentiles(result))),
    section(`${prefix}breakdown`, "Where the time goes", listing(result.latency_breakdown, ["layer_timings_ms"]), ...layerParts(result)),
    section(`${prefix}power`, "Power", powerTimeline(result), listing(result.power, ["timeline", "components"])),
    section(`${prefix}memory`, "Memory", memoryTimeline(result), listing(result.memory, ["timeline"])),
    section(`${prefix}placement`, "Placement", ...placementParts(result)),
    section(`${prefix}advice`, "Findings and advice", ...findingParts(result)),
    section(`${prefix}environment`, "Environment", facts(result.environment), facts(result.configuration), facts(result.model)),
  ];
}

function build(result: Result) {
  const main = element("main", {});
  main.append(header(result));
  const several = [section("verdict", "Verdict", ...verdict(result)), section("comparison", "Comparison", ...comparison(result)),
    section("sweep", "Batch size", ...sweep(result))];
  for (const part of [...several, ...parts(result)]) if (part) main.append(part);
  (result.runs ?? []).forEach((run, index) => {
    const name = [run.environment?.engine, run.environment?.["compute_units"]].filter(Boolean).join(", ") || `run ${index + 1}`;
    const details = element("details", {}, element("summary", {}, name));
    for (const part of parts(run, `run${index}-`)) if (part) details.append(part);
    main.append(details);
  });
  main.append(element("footer", {}, `anemon ${result.anemon_version ?? ""}, result ${result.id ?? ""}`));
  document.title = `${result.model?.name ?? "model"} · anemon`;
  document.body.replaceChildren(main);
  drawCharts();
}

build(JSON.parse(document.getElementById("result")!.textContent ?? "{}") as Result);
