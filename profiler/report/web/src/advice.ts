// Where operations are predicted to run, what the rules found, and what to do about it.
import { element, table } from "./dom";
import type { Result } from "./result";

const kMostTold = 200;

export function placementParts(result: Result): (HTMLElement | undefined)[] {
  const operations = (result.placement?.functions ?? []).flatMap((each) => each.operations ?? []);
  if (operations.length === 0) return [];
  const count = new Map<string, number>();
  const strip = element("div", { class: "strip", role: "img" });
  for (const operation of operations) {
    const engine = operation.engine ?? "unknown";
    count.set(engine, (count.get(engine) ?? 0) + 1);
    strip.append(element("i", { class: `engine-${engine.toLowerCase()}`,
      title: `${operation.name || operation.type}: ${engine}${operation.reason ? `, ${operation.reason}` : ""}` }));
  }
  const words = [...count].map(([engine, number]) => `${number} on ${engine}`).join(", ");
  strip.setAttribute("aria-label", `Operations in order: ${words}`);
  const moved = operations.filter((each) => each.engine !== "ANE").slice(0, kMostTold);
  return [
    element("p", {}, `Estimated for ${result.placement?.chip ?? "this chip"}: ${words} of ${operations.length} operations.`),
    strip,
    element("p", { class: "key" }, ...["ANE", "GPU", "CPU", "unknown"].filter((engine) => count.has(engine))
      .map((engine) => element("span", {}, element("i", { class: `engine-${engine.toLowerCase()}` }), ` ${engine} `))),
    moved.length ? element("details", {}, element("summary", {}, "Not on the Neural Engine, and why"),
      table("Operations", ["operation", "type", "engine", "reason"],
        moved.map((each) => [each.name, each.type, each.engine ?? "unknown", each.reason]))) : undefined,
  ];
}

export function findingParts(result: Result): (HTMLElement | undefined)[] {
  const findings = result.findings ?? [];
  const advice = result.recommendations ?? [];
  return [
    result.reconciliation?.words ? element("p", {}, result.reconciliation.words) : undefined,
    advice.length ? element("ol", { class: "advice" }, ...advice.map((each) => element("li", {},
      element("strong", {}, each.title ?? ""), each.text ? ` ${each.text}` : "",
      each.saving ? element("span", { class: "saving" }, ` ${each.saving}`) : undefined,
      each.basis ? element("small", {}, ` (${each.basis})`) : undefined))) : undefined,
    findings.length ? table("Findings", ["rule", "severity", "finding", "where", "what to do"], findings.slice(0, kMostTold)
      .map((each) => [each.rule, element("span", { class: `severity ${each.severity ?? ""}` }, each.severity ?? ""),
        each.message, each.operation, each.fix])) : undefined,
  ];
}
