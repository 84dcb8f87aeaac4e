// Filing for a caller: the service is found by what people say; the server answers with questions and what is near by.
import { createMap } from "./map.js";
import { tiePin } from "./staff_pin.js";
import { later, readJson } from "./words.js";

const LISTED = 8;
const config = readJson("map-config");
const form = document.querySelector("[data-caller-form]");
const service = form.elements.service_code;
const parts = ["stop", "questions", "nearby"];

// What the server knows ---------------------------------------------------

let latest = 0;

/** Ask the same page what belongs to what is typed so far, and put its parts here. Nothing is filed. */
async function look() {
  latest += 1;
  const mine = latest;
  const body = new FormData(form);
  body.set("do", "look");
  body.delete("add_to");
  const response = await fetch(form.action, { method: "POST", body: new URLSearchParams(body) }).catch(() => null);
  if (!response?.ok || mine !== latest) {
    return;
  }
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  parts.forEach((name) => swap(name, page));
}

function swap(name, page) {
  const [old, fresh] = [document, page].map((each) => each.querySelector(`[data-part="${name}"]`));
  const typed = values(old);
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  old.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
  old.hidden = fresh.hidden;
  restore(old, typed);
  if (focused) {
    document.getElementById(focused)?.focus();
  }
}

function values(part) {
  return [...part.querySelectorAll("input, select, textarea")].map(({ name, type, value, checked }) => ({
    name,
    type,
    value,
    checked,
  }));
}

/** What was typed while the answer was on its way wins over what the answer holds. */
function restore(part, typed) {
  for (const field of part.querySelectorAll("input, select, textarea")) {
    const ticked = field.type === "radio" || field.type === "checkbox";
    const before = typed.find(({ name, value }) => name === field.name && (!ticked || value === field.value));
    if (before && ticked) {
      field.checked = before.checked;
    } else if (before) {
      field.value = before.value;
    }
  }
}

const lookSoon = later(look, 200);

// The service -------------------------------------------------------------

const search = document.querySelector("[data-service-search]");
const field = search.querySelector("input");
const everything = [...service.children].map((node) => node.cloneNode(true));

/** Without accents and case, so that "arbol" finds "Árbol". */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function fits(option, words) {
  const text = plain(`${option.label} ${option.dataset.keywords ?? ""}`);
  return option.value && words.every((word) => text.includes(word));
}

/** The options that hold every word, under their groups; all of them where nothing is typed. */
function narrow() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const chosen = service.value;
  if (!words.length) {
    service.size = 1;
    service.replaceChildren(...everything.map((node) => node.cloneNode(true)));
    service.value = chosen;
    return;
  }
  const found = everything.flatMap((node) => {
    const copy = node.cloneNode(true);
    const options = copy.matches("option") ? [] : [...copy.children];
    options.filter((option) => !fits(option, words)).forEach((option) => option.remove());
    return copy.children.length ? [copy] : [];
  });
  service.replaceChildren(...found);
  service.size = Math.min(LISTED, Math.max(2, service.querySelectorAll("option, optgroup").length));
  service.selectedIndex = service.options.length ? 0 : -1;
}

/** Take what is chosen in the list, show all services again with it, and ask for its questions. */
function take() {
  const chosen = service.value;
  if (chosen) {
    field.value = "";
    narrow();
    service.value = chosen;
    look();
  }
}

function steer(event) {
  if (event.key === "Enter") {
    event.preventDefault();
    take();
    service.focus();
  } else if (event.key === "ArrowDown") {
    event.preventDefault();
    service.focus();
  }
}

search.hidden = false;
field.addEventListener("input", narrow);
field.addEventListener("keydown", steer);
service.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && service.size > 1) {
    event.preventDefault();
    take();
  }
});
service.addEventListener("change", () => (service.size > 1 ? null : look()));
service.addEventListener("click", () => (service.size > 1 ? take() : null));

// The place, the answers, the sending --------------------------------------

const { lon, lat } = form.elements;
tiePin(createMap(document.querySelector("[data-map]"), config), config, { lon, lat }, lookSoon);
form.elements.address.addEventListener("change", lookSoon);
form.querySelector('[data-part="questions"]').addEventListener("change", (event) => {
  if (event.target.matches("input[type=radio], input[type=checkbox], select")) {
    lookSoon();
  }
});

// Enter in a field presses the first button of the form, which would only look: do that without leaving the page.
form.addEventListener("submit", (event) => {
  if (event.submitter?.value === "look") {
    event.preventDefault();
    delete form.dataset.sent;
    look();
  }
});

if (!service.value) {
  field.focus();
}
