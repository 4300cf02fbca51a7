// Elements without markup in strings: names of models and layers are data and are never parsed.

type Child = Node | string | number | undefined | null | false;
type Attributes = { [name: string]: string | number | boolean | undefined };

export function element(tag: string, attributes: Attributes = {}, ...children: Child[]): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== undefined && child !== null && child !== false) {
      made.append(child instanceof Node ? child : String(child));
    }
  }
  return made;
}

// A part of the page with its heading; nothing when it has no content.
export function section(id: string, title: string, ...content: Child[]): HTMLElement | undefined {
  const shown = content.filter((each) => each);
  if (shown.length === 0) return undefined;
  return element("section", { id, "aria-labelledby": `${id}-title` },
    element("h2", { id: `${id}-title` }, title), ...shown);
}

export function table(caption: string, head: Child[], rows: Child[][]): HTMLElement {
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...head.map((each) => element("th", { scope: "col" }, each)))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell, column) =>
        column === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell)))))));
}
