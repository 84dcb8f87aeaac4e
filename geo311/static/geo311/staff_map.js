// The small map on a report's page for staff: its pin, in the shape of its status.
import { createMap } from "./map.js";
import { Pins } from "./pins.js";
import { readJson } from "./words.js";

const config = readJson("map-config");
const map = createMap(document.querySelector("[data-map]"), config, { scrollWheelZoom: false });
new Pins(map, config, { single: true }).show(config.pins);
