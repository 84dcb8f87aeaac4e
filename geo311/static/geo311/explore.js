// The home page's map of open reports, with the list beside it: the same reports, as text and by keyboard.
import { bboxOf, createMap } from "./map.js";
import { Pins } from "./pins.js";
import { ago, count, fill, getJson, later, make, readJson, statusMark } from "./words.js";

const LISTED = 30;
const config = readJson("map-config");
const frame = document.querySelector("[data-map]");
const note = document.querySelector("[data-map-note]");
const list = document.querySelector("[data-report-list]");
const heading = document.querySelector("[data-report-count]");
const legend = document.querySelector("[data-legend]");

const map = createMap(frame, config);
const pins = new Pins(map, config);
let held = null;
let latest = 0;

function say(text) {
  note.textContent = text;
}

async function load() {
  const view = map.getBounds();
  if (held?.contains(view)) {
    describe();
    return;
  }
  const wanted = view.pad(0.3);
  latest += 1;
  const mine = latest;
  say(config.strings.loading);
  try {
    const found = await getJson(config.urls.requests, { status: "open", bbox: bboxOf(wanted).join(",") });
    if (mine !== latest) {
      return;
    }
    held = wanted;
    pins.show(found.features ?? []);
    describe();
  } catch {
    if (mine === latest) {
      say(config.strings.load_failed);
    }
  }
}

function inView() {
  const view = map.getBounds();
  return pins.shown
    .filter(({ geometry }) => view.contains([geometry.coordinates[1], geometry.coordinates[0]]))
    .sort((a, b) => b.properties.requested_datetime.localeCompare(a.properties.requested_datetime));
}

function describe() {
  const features = inView();
  say(features.length ? "" : config.strings.none_here);
  heading.textContent = fill(config.strings.count_in_view, { count: count(features.length) });
  list.replaceChildren(...features.slice(0, LISTED).map(row));
  if (features.length > LISTED) {
    const more = make("li");
    more.append(
      make("p", "rows__item quiet", fill(config.strings.more_in_view, { count: count(features.length - LISTED) })),
    );
    list.append(more);
  }
  countStatuses();
}

function row(feature) {
  const { properties } = feature;
  const link = make("a", "rows__item");
  link.href = config.urls.service_request.replace("__id__", encodeURIComponent(properties.service_request_id));
  const status = make("span", "visually-hidden", `${config.statuses[properties.status] ?? properties.status}. `);
  const meta = [properties.address, config.wards?.[properties.ward] ?? properties.ward ?? properties.district]
    .filter(Boolean)
    .join(" · ");
  link.append(
    statusMark(config, properties.status),
    make("span", "rows__name", properties.service_name),
    make("span", "rows__side", ago(properties.requested_datetime, { short: true })),
    make("span", "rows__meta", meta),
  );
  link.querySelector(".rows__name").prepend(status);
  for (const event of ["mouseenter", "focus"]) {
    link.addEventListener(event, () => pins.point(feature));
  }
  for (const event of ["mouseleave", "blur"]) {
    link.addEventListener(event, () => pins.point(null));
  }
  const item = make("li");
  item.append(link);
  return item;
}

function countStatuses() {
  const totals = {};
  const view = map.getBounds();
  const seen = pins.features.filter(({ geometry }) =>
    view.contains([geometry.coordinates[1], geometry.coordinates[0]]),
  );
  for (const { properties } of seen) {
    totals[properties.status] = (totals[properties.status] ?? 0) + 1;
  }
  for (const chip of legend.querySelectorAll("[data-status]")) {
    const { status } = chip.dataset;
    chip.querySelector("[data-count]")?.replaceChildren(count(totals[status] ?? 0));
  }
}

for (const chip of legend.querySelectorAll("button")) {
  chip.addEventListener("click", () => {
    const on = chip.getAttribute("aria-pressed") !== "true";
    chip.setAttribute("aria-pressed", String(on));
    pins.toggle(chip.dataset.toggle, on);
    describe();
  });
}

map.on("moveend", later(load, 150));
load();
