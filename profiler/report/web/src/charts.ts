// Chart.js with the page's colours. A chart is made again when the colours change and for print, which is
// always light.
import {
  BarController, BarElement, CategoryScale, Chart, Filler, Legend, LinearScale, LineController, LineElement,
  LogarithmicScale, PointElement, ScatterController, Tooltip, type ChartConfiguration,
} from "chart.js";
import { element } from "./dom";

Chart.register(BarController, BarElement, CategoryScale, Filler, Legend, LinearScale, LineController, LineElement,
  LogarithmicScale, PointElement, ScatterController, Tooltip);

export interface Colours { text: string; grid: string; series: string[] }
type Config = (colours: Colours) => ChartConfiguration;

const shown: { canvas: HTMLCanvasElement; config: Config; chart?: Chart }[] = [];

function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const of = (name: string) => style.getPropertyValue(name).trim();
  return { text: of("--text"), grid: of("--line"), series: [1, 2, 3, 4, 5, 6].map((each) => of(`--series-${each}`)) };
}

function draw() {
  const now = colours();
  Chart.defaults.color = now.text;
  Chart.defaults.borderColor = now.grid;
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  for (const each of shown) {
    each.chart?.destroy();
    each.chart = new Chart(each.canvas, each.config(now));
  }
}

// A canvas with its title; `words` says what it shows to those who do not see it.
export function figureOf(title: string, words: string, config: Config, height = 260): HTMLElement {
  const canvas = element("canvas", { role: "img", "aria-label": `${title}. ${words}` }) as HTMLCanvasElement;
  shown.push({
    canvas,
    config: (now) => {
      const made = config(now);
      made.options = { responsive: true, maintainAspectRatio: false, animation: false, ...made.options };
      return made;
    },
  });
  return element("figure", {}, element("figcaption", {}, title),
    element("div", { class: "canvas", style: `height:${height}px` }, canvas), element("p", { class: "words" }, words));
}

export function drawCharts() {
  draw();
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  window.addEventListener("beforeprint", () => {
    document.documentElement.classList.add("paper");
    draw();
  });
  window.addEventListener("afterprint", () => {
    document.documentElement.classList.remove("paper");
    draw();
  });
}

export function axes(x: string, y: string, more: { x?: object; y?: object } = {}) {
  return {
    x: { type: "linear" as const, title: { display: true, text: x }, ...more.x },
    y: { type: "linear" as const, title: { display: true, text: y }, beginAtZero: true, ...more.y },
  };
}
