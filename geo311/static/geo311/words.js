// Small words and marks that several pages need: dates as people say them, numbers, the mark of a status.

const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const shortly = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const whole = new Intl.NumberFormat(language);
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** "3 days ago", "in 2 hours"; `short` for narrow columns; an empty text where there is no date. */
export function ago(iso, { short = false } = {}) {
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  if (Number.isNaN(seconds)) {
    return "";
  }
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["minute", 60];
  return (short ? shortly : relative).format(Math.round(seconds / size), unit);
}

export function count(number) {
  return whole.format(number);
}

/** Fill "{name}" places of a translated text. */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));
}

/** An element with a class and a text. The text is never markup. */
export function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) {
    element.className = className;
  }
  if (text) {
    element.textContent = text;
  }
  return element;
}

/** An <svg><use> of a sprite: the mark of a status, or an icon. */
export function sprite(href, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", href);
  svg.append(use);
  return svg;
}

export function statusMark(config, status) {
  const svg = sprite(`${config.urls.status_marks}#${status}`, "mark");
  svg.dataset.status = status;
  return svg;
}

export function statusTag(config, status) {
  const tag = make("span", "status");
  tag.dataset.status = status;
  tag.append(statusMark(config, status), config.statuses[status] ?? status);
  return tag;
}

/** The page's data, from <script type="application/json" id="…">. */
export function readJson(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

export class Refused extends Error {
  constructor(status, problem) {
    super(problem?.detail ?? `HTTP ${status}`);
    this.status = status;
    this.problem = problem ?? {};
  }
}

/** GET JSON. Throws Refused with the problem of the server, or the browser's own error without a network. */
export async function getJson(url, params = {}, signal = undefined) {
  const address = new URL(url, window.location.href);
  for (const [key, value] of Object.entries(params)) {
    address.searchParams.set(key, value);
  }
  const response = await fetch(address, { signal, headers: { Accept: "application/json, application/geo+json" } });
  const body = await response.json().catch(() => null);
  if (!response.ok || body === null) {
    throw new Refused(response.status, body);
  }
  return body;
}

export function later(callback, delay_ms) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...values), delay_ms);
  };
}
