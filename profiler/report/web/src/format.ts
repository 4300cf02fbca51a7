// Numbers for people. The unit is in the key's end, as everywhere in the document.

const kUnits: [string, string, number][] = [
  ["_tops_per_watt", "TOPS/W", 1], ["_per_second", "/s", 1], ["_tops", "TOPS", 1], ["_ms", "ms", 1], ["_seconds", "s", 1],
  ["_watts", "W", 1], ["_joules", "J", 1], ["_mb", "MB", 1], ["_percent", "%", 1], ["_share", "%", 100],
  ["_hertz", "MHz", 1e-6], ["_celsius", "°C", 1], ["_bytes", "MB", 1e-6],
];

export function digits(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2);
  return value.toLocaleString("en", { maximumSignificantDigits: size >= 1000 ? 6 : 3 });
}

export function unit(key: string): [string, number] {
  const found = kUnits.find(([end]) => key.endsWith(end));
  return found ? [found[1], found[2]] : ["", 1];
}

export function quantity(key: string, value: number): string {
  const [name, factor] = unit(key);
  const text = digits(value * factor);
  return name === "" ? text : name.startsWith("/") || name === "%" ? text + name : `${text} ${name}`;
}

// "average_power_watts" -> "average power"
export function words(key: string): string {
  const found = kUnits.find(([end]) => key.endsWith(end) && !end.startsWith("_per"));
  return (found ? key.slice(0, -found[0].length) : key).replace(/_/g, " ");
}
