// Every number with the mark of how it came to be; what is absent with its reason in its place.
import { element } from "./dom";
import { quantity, words } from "./format";
import type { Estimate, Provenance, Section } from "./result";

const kMarks: { [provenance in Provenance]: string } = {
  measured: "by a clock or a device",
  derived: "arithmetic on what was measured or stands in the file",
  estimated: "rests on a model that may be wrong",
};

export function mark(provenance: Provenance | undefined): HTMLElement | undefined {
  if (provenance === undefined || !(provenance in kMarks)) return undefined;
  return element("abbr", { class: `mark ${provenance}`, title: `${provenance}: ${kMarks[provenance]}` },
    element("span", { "aria-hidden": "true" }, provenance.charAt(0)),
    element("span", { class: "unseen" }, ` (${provenance})`));
}

export function legend(): HTMLElement {
  const list = element("p", { class: "legend" }, "Each number is marked: ");
  (Object.keys(kMarks) as Provenance[]).forEach((each, index) => {
    list.append(index ? ", " : "", mark(each)!, ` ${each}`);
  });
  list.append(". What is absent says why.");
  return list;
}

function isEstimate(value: unknown): value is Estimate {
  return typeof value === "object" && value !== null && Number.isFinite((value as Estimate).value);
}

// The number of `key`, or the reason why there is none; undefined when the document says neither.
export function figure(from: Section | undefined, key: string): HTMLElement | undefined {
  const value = from?.[key];
  const basis = from?.basis?.[key];
  if (typeof value === "number" && Number.isFinite(value)) {
    return element("span", { class: "number", title: basis }, quantity(key, value), mark(from?.provenance?.[key]));
  }
  if (isEstimate(value)) {
    const range = value.low !== undefined && value.high !== undefined
      ? ` (95 %: ${quantity(key, value.low)} to ${quantity(key, value.high)})` : "";
    return element("span", { class: "number", title: basis }, quantity(key, value.value) + range,
      mark(from?.provenance?.[key]));
  }
  const reason = from?.absent?.[key];
  return reason === undefined ? undefined : element("span", { class: "absent" }, `absent: ${reason}`);
}

export function cards(entries: [string, Section | undefined, string][]): HTMLElement | undefined {
  const list = element("dl", { class: "cards" });
  for (const [title, from, key] of entries) {
    const shown = figure(from, key);
    if (shown) list.append(element("div", {}, element("dt", {}, title), element("dd", {}, shown)));
  }
  return list.childElementCount ? list : undefined;
}

// Everything that a section holds in plain numbers.
export function listing(from: Section | undefined, except: string[] = []): HTMLElement | undefined {
  if (!from) return undefined;
  const keys = new Set([...Object.keys(from), ...Object.keys(from.absent ?? {})]);
  const list = element("dl", { class: "listing" });
  for (const key of keys) {
    if (except.includes(key)) continue;
    const shown = figure(from, key);
    if (shown) list.append(element("dt", {}, words(key)), element("dd", {}, shown));
  }
  return list.childElementCount ? list : undefined;
}
