// What every page of anemon owes its readers, as a function's body that returns complaints. Colours
// are those computed for the media that are emulated at the time; contrast is WCAG 2's.
const complaints = [];
const complain = (what, element) => complaints.push(
    element ? `${what}: ${element.outerHTML.slice(0, 120)}` : what);
const all = (selector) => [...document.querySelectorAll(selector)];

if (!document.documentElement.lang) complain('no language');
if (!document.title) complain('no title');
if (!document.querySelector('meta[name=viewport]')) complain('no viewport');
if (all('main').length !== 1) complain(`${all('main').length} main landmarks`);
if (all('h1').length !== 1) complain(`${all('h1').length} headings of level 1`);

let level = 0;
for (const heading of all('h1,h2,h3,h4,h5,h6')) {
  const own = Number(heading.nodeName[1]);
  if (own > level + 1) complain(`heading skips from ${level} to ${own}`, heading);
  if (!heading.textContent.trim()) complain('empty heading', heading);
  level = own;
}

for (const table of all('table')) {
  if (!table.caption || !table.caption.textContent.trim()) complain('table without caption', table);
  const heads = [...table.querySelectorAll('th')];
  if (heads.length === 0) complain('table without heads', table);
  for (const head of heads) {
    if (!head.scope) complain('head without scope', head);
    if (!head.textContent.trim()) complain('empty head', head);
  }
  const columns = table.tHead ? table.tHead.rows[0].cells.length : 0;
  for (const row of table.querySelectorAll('tbody tr')) {
    const cells = [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
    if (columns && cells !== columns) complain(`${cells} cells under ${columns} heads`, row);
  }
  // A table laid out as blocks is a table to nobody unless its roles are spelt out.
  if (getComputedStyle(table).display !== 'table' && table.getAttribute('role') !== 'table') {
    complain('table laid out as something else, without roles', table);
  }
}

const ids = new Set();
for (const element of all('[id]')) {
  if (ids.has(element.id)) complain(`id twice: ${element.id}`);
  ids.add(element.id);
}
for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
  for (const element of all(`[${attribute}]`)) {
    for (const id of element.getAttribute(attribute).split(/\s+/)) {
      if (!ids.has(id)) complain(`${attribute} names nothing`, element);
    }
  }
}
for (const section of all('section,nav,[role=region]')) {
  if (!section.hasAttribute('aria-labelledby') && !section.hasAttribute('aria-label')) {
    complain('region without name', section);
  }
}
for (const image of all('img')) if (!image.hasAttribute('alt')) complain('image without alt', image);
for (const element of all('a[href],button,summary')) {
  if (!element.textContent.trim() && !element.getAttribute('aria-label')) {
    complain('control without name', element);
  }
}
for (const element of all('[tabindex]')) if (element.tabIndex > 0) complain('tab order forced', element);
for (const element of all('[style],[onclick]')) complain('inline style or script', element);

// Contrast
const parse = (text) => {
  const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
  return {r, g, b, a};
};
const luminance = ({r, g, b}) => {
  const linear = [r, g, b].map((c) => c / 255)
      .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.a === 1) return colour;
    if (colour.a > 0) complain('translucent ground: contrast unknown', at);
  }
  return dark ? {r: 18, g: 18, b: 18} : {r: 255, g: 255, b: 255};
};
const seen = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
  if (element.closest('noscript,script,style')) continue;
  const style = getComputedStyle(element);
  const back = ground(element);
  const key = `${style.color} ${back.r},${back.g},${back.b} ${style.fontSize} ${style.fontWeight}`;
  if (seen.has(key)) continue;
  seen.add(key);
  const [light, shade] = [luminance(parse(style.color)), luminance(back)].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (shade + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) complain(`contrast ${ratio.toFixed(2)} (${key})`, element);
  if (size < 11) complain(`text of ${size} px`, element);
}
return complaints;
