// What changed while the run went on: latency, power, memory.
import { axes, figureOf } from "./charts";
import { digits } from "./format";
import { points, type Points, type Result } from "./result";

function spread(values: number[]): string {
  if (values.length === 0) return "No points.";
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  return `${values.length} points between ${digits(least)} and ${digits(most)}.`;
}

export function latencyTimeline(result: Result): HTMLElement | undefined {
  const start = result.samples?.start_seconds ?? [];
  const latency = result.samples?.latency_ms ?? [];
  const data = start.map((x, index) => ({ x, y: latency[index] ?? NaN })).filter((each) => Number.isFinite(each.y));
  if (data.length === 0) return undefined;
  const median = result.timing?.["inference_time_ms"];
  const last = data[data.length - 1]!.x;
  const words = `Latency of each call. ${spread(data.map((each) => each.y))}`;
  return figureOf("Latency over time", words, (colours) => ({
    type: "scatter",
    data: {
      datasets: [
        { label: "call", data, pointRadius: 1.5, backgroundColor: colours.series[0], borderColor: colours.series[0] },
        ...(typeof median === "number" ? [{
          label: "median", data: [{ x: data[0]!.x, y: median }, { x: last, y: median }], type: "line" as const,
          borderColor: colours.series[1], borderWidth: 1.5, pointRadius: 0,
        }] : []),
      ],
    },
    options: { scales: axes("seconds", "ms") },
  }));
}

function timeline(title: string, unit: string, data: Points): HTMLElement | undefined {
  if (data.length === 0) return undefined;
  return figureOf(title, spread(data.map((each) => each[1])), (colours) => ({
    type: "line",
    data: {
      datasets: [{
        label: unit, data: data.map(([x, y]) => ({ x, y })), borderColor: colours.series[0], borderWidth: 1.5,
        pointRadius: data.length < 60 ? 2 : 0, backgroundColor: colours.series[0] + "33", fill: "origin",
      }],
    },
    options: { scales: axes("seconds", unit), plugins: { legend: { display: false } }, interaction: { mode: "nearest", intersect: false } },
  }));
}

export const powerTimeline = (result: Result) => timeline("Power over time", "W", points(result.power?.["timeline"]));
export const memoryTimeline = (result: Result) => timeline("Memory over time", "MB", points(result.memory?.["timeline"]));
