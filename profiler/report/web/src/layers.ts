// What each layer costs: the longest as bars, all as a table to sort, and how near to the roof they are.
import { axes, figureOf } from "./charts";
import { element } from "./dom";
import { mark } from "./figures";
import { digits, quantity } from "./format";
import type { Layer, Result } from "./result";

const kBars = 20;

interface Column { title: string; key: keyof Layer & string; text?: boolean }
const kColumns: Column[] = [
  { title: "layer", key: "name", text: true }, { title: "type", key: "type", text: true },
  { title: "time", key: "time_ms" }, { title: "share", key: "time_share" }, { title: "MACs", key: "macs" },
  { title: "weights", key: "weight_bytes" }, { title: "reads", key: "input_bytes" }, { title: "writes", key: "output_bytes" },
  { title: "TOPS", key: "achieved_tops" }, { title: "FLOP/byte", key: "arithmetic_intensity" },
  { title: "bound by", key: "bound", text: true }, { title: "predicted on", key: "predicted_engine", text: true },
  { title: "planned on", key: "planned_device", text: true },
];

// What a layer does not tell comes last in either direction.
function compare(a: Layer, b: Layer, column: Column, falling: boolean): number {
  const x = a[column.key];
  const y = b[column.key];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  const order = column.text ? String(x).localeCompare(String(y)) : Number(y) - Number(x);
  return falling ? order : -order;
}

function cell(layer: Layer, column: Column): HTMLElement {
  const tag = column.key === "name" ? "th" : "td";
  const value = layer[column.key];
  const scope = tag === "th" ? "row" : undefined;
  if (column.key === "time_ms" && layer.fused_into) {
    return element("td", { class: "absent" }, `in ${layer.fused_into}`);
  }
  if (typeof value === "number") {
    return element(tag, { class: "number" }, quantity(column.key, value), mark(layer.provenance?.[column.key]));
  }
  return element(tag, { scope }, value === undefined ? "" : String(value));
}

function layerTable(layers: Layer[]): HTMLElement {
  const columns = kColumns.filter((column) => layers.some((layer) => layer[column.key] !== undefined));
  const body = element("tbody");
  const heads = columns.map((column) => {
    const button = element("button", { type: "button" }, column.title);
    const head = element("th", { scope: "col" }, button);
    button.addEventListener("click", () => {
      const falling = head.getAttribute("aria-sort") !== "descending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", falling ? "descending" : "ascending");
      fill([...layers].sort((a, b) => compare(a, b, column, falling)));
    });
    return head;
  });
  const fill = (sorted: Layer[]) =>
    body.replaceChildren(...sorted.map((layer) => element("tr", {}, ...columns.map((column) => cell(layer, column)))));
  fill(layers);
  return element("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": "Layers" },
    element("table", { class: "sortable" }, element("caption", {}, "All layers; press a heading to sort"),
      element("thead", {}, element("tr", {}, ...heads)), body));
}

function bars(layers: Layer[]): HTMLElement | undefined {
  const longest = layers.filter((layer) => (layer.time_ms ?? 0) > 0)
    .sort((a, b) => b.time_ms! - a.time_ms!).slice(0, kBars);
  if (longest.length === 0) return undefined;
  const label = (layer: Layer) => {
    const name = layer.name || layer.type || "?";
    return name.length > 32 ? `…${name.slice(-31)}` : name;
  };
  const first = longest[0]!;
  return figureOf("The longest layers", `${label(first)} takes ${digits(first.time_ms!)} ms, the longest of ${layers.length}.`,
    (colours) => ({
      type: "bar",
      data: {
        labels: longest.map(label),
        datasets: [{ label: "ms", data: longest.map((layer) => layer.time_ms!), backgroundColor: colours.series[0] }],
      },
      options: {
        indexAxis: "y",
        plugins: { legend: { display: false } },
        scales: { x: { title: { display: true, text: "ms" }, beginAtZero: true }, y: { ticks: { autoSkip: false } } },
      },
    }), 60 + 22 * longest.length);
}

function roofline(layers: Layer[]): HTMLElement | undefined {
  const placed = layers.filter((layer) => (layer.achieved_tops ?? 0) > 0 && (layer.arithmetic_intensity ?? 0) > 0);
  if (placed.length < 2) return undefined;
  const best = Math.max(...placed.map((layer) => layer.achieved_tops!));
  return figureOf("Roofline", `Arithmetic speed over FLOPs for each byte moved; the fastest layer reaches ${digits(best)} TOPS. ` +
    "Layers on the left wait for memory, those on the right for arithmetic.", (colours) => ({
    type: "scatter",
    data: {
      datasets: ["memory", "compute", undefined].map((bound, index) => ({
        label: bound ? `bound by ${bound}` : "layer",
        data: placed.filter((layer) => layer.bound === bound)
          .map((layer) => ({ x: layer.arithmetic_intensity!, y: layer.achieved_tops!, name: layer.name ?? layer.type })),
        backgroundColor: colours.series[index], borderColor: colours.series[index], pointRadius: 3,
      })).filter((each) => each.data.length > 0),
    },
    options: {
      scales: axes("FLOPs per byte", "TOPS", { x: { type: "logarithmic" }, y: { type: "logarithmic", beginAtZero: false } }),
      plugins: {
        tooltip: {
          callbacks: {
            label: (item) => `${(item.raw as { name?: string }).name ?? ""}: ${digits(item.parsed.y ?? NaN)} TOPS, ${digits(item.parsed.x ?? NaN)} FLOP/byte`,
          },
        },
      },
    },
  }));
}

export function layerParts(result: Result): (HTMLElement | undefined)[] {
  const layers = result.layers ?? [];
  return layers.length === 0 ? [] : [bars(layers), roofline(layers), layerTable(layers)];
}
