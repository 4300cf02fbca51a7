// Results of several runs: engines compared, a sweep of batch sizes, version A against version B.
import { axes, figureOf } from "./charts";
import { element, table } from "./dom";
import { figure, listing } from "./figures";
import { digits, words } from "./format";
import type { Result, Section } from "./result";

const kCompared: [string, keyof Result, string][] = [
  ["latency", "timing", "inference_time_ms"], ["throughput", "throughput", "inferences_per_second"],
  ["power", "power", "average_power_watts"], ["energy", "power", "energy_per_inference_joules"],
  ["peak memory", "memory", "peak_memory_mb"],
];

function runName(run: Result): string {
  const environment = run.environment ?? {};
  return [environment.engine, environment["compute_units"]].filter(Boolean).join(", ") || run.id || "run";
}

export function comparison(result: Result): (HTMLElement | undefined)[] {
  const runs = result.runs ?? [];
  if (runs.length === 0 || !result.comparison) return [];
  const latency = runs.map((run) => run.timing?.["inference_time_ms"]);
  const known = runs.filter((_, index) => typeof latency[index] === "number");
  const { latency: speed, throughput, energy, memory, notes, recommendation } = result.comparison;
  const words_ = [speed, throughput, energy, memory].map((each) => each?.words).concat(notes ?? []).filter(Boolean);
  return [
    recommendation ? element("p", {}, element("strong", {}, recommendation)) : undefined,
    words_.length ? element("ul", {}, ...words_.map((each) => element("li", {}, each))) : undefined,
    known.length ? figureOf("Latency by engine", known.map((run) => `${runName(run)}: ${digits(Number(run.timing?.["inference_time_ms"]))} ms.`).join(" "),
      (colours) => ({
        type: "bar",
        data: {
          labels: known.map(runName),
          datasets: [{ label: "ms", data: known.map((run) => Number(run.timing?.["inference_time_ms"])), backgroundColor: colours.series }],
        },
        options: { plugins: { legend: { display: false } }, scales: { y: { beginAtZero: true, title: { display: true, text: "ms" } } } },
      })) : undefined,
    table("Runs side by side", ["run", ...kCompared.map(([title]) => title)],
      runs.map((run) => [runName(run), ...kCompared.map(([, part, key]) => figure(run[part] as Section | undefined, key))])),
  ];
}

export function sweep(result: Result): (HTMLElement | undefined)[] {
  const at = result.sweep?.points ?? [];
  if (at.length === 0) return [];
  const throughput = at.filter((each) => each.inferences_per_second !== undefined);
  const latency = at.filter((each) => each.latency_ms !== undefined);
  return [
    result.sweep?.analysis ? element("p", {}, result.sweep.analysis) : undefined,
    figureOf("Throughput and latency by batch size",
      throughput.map((each) => `${each.batch}: ${digits(each.inferences_per_second!)} items a second.`).join(" "), (colours) => ({
        type: "line",
        data: {
          datasets: [
            { label: "items a second", data: throughput.map((each) => ({ x: each.batch, y: each.inferences_per_second! })),
              borderColor: colours.series[0], backgroundColor: colours.series[0], yAxisID: "y" },
            { label: "latency, ms", data: latency.map((each) => ({ x: each.batch, y: each.latency_ms! })),
              borderColor: colours.series[1], backgroundColor: colours.series[1], borderDash: [4, 3], yAxisID: "latency" },
          ],
        },
        options: {
          scales: { ...axes("batch size", "items a second", { x: { type: "logarithmic", ticks: { callback: (value: unknown) => String(value) } } }),
            latency: { position: "right", beginAtZero: true, title: { display: true, text: "ms" }, grid: { drawOnChartArea: false } } },
        },
      })),
    table("Batch sizes", ["batch", "latency, ms", "items/s", "J per item", "peak memory, MB"], at.map((each) => [
      each.batch + (each.batch === result.sweep?.knee ? " (knee)" : ""),
      ...[each.latency_ms, each.inferences_per_second, each.energy_per_item_joules, each.peak_memory_mb]
        .map((value) => (value === undefined ? "" : digits(value))),
    ])),
    result.sweep?.optimal ? element("p", {}, "Best size by objective: " +
      Object.entries(result.sweep.optimal).map(([objective, size]) => `${words(objective)} ${size}`).join(", ") + ".") : undefined,
  ];
}

export function verdict(result: Result): (HTMLElement | undefined)[] {
  const found = result.verdict;
  if (!found) return [];
  return [
    element("p", { class: `verdict ${found.verdict ?? ""}` }, element("strong", {}, found.verdict ?? ""), found.words ? `: ${found.words}` : ""),
    listing(found, ["verdict", "words"]),
  ];
}
