// Step 2 of a report: the list of services narrows while you type; the form finds the same without scripts.
import { fill } from "./words.js";

const form = document.querySelector("[data-service-filter]");
const input = form.elements.q;
const groups = [...document.querySelectorAll("[data-service-group]")];
const none = document.querySelector("[data-no-match]");

/** Without accents and case, so that "arbol" finds "Árbol". */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

const services = groups.flatMap((group) =>
  [...group.querySelectorAll("[data-service]")].map((item) => ({ group, item, text: plain(item.dataset.service) })),
);

function narrow() {
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  const full = new Set();
  for (const { group, item, text } of services) {
    const fits = words.every((word) => text.includes(word));
    item.hidden = !fits;
    if (fits) {
      full.add(group);
    }
  }
  for (const group of groups) {
    group.hidden = !full.has(group);
  }
  none.hidden = full.size > 0;
  none.textContent = full.size > 0 ? "" : fill(none.dataset.text, { text: input.value });
}

input.addEventListener("input", narrow);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  document.querySelector("[data-service]:not([hidden]) a")?.focus();
});
narrow();
