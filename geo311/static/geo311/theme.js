// Light or dark: the device decides until the person does; the choice is a cookie, so the server draws it at once.

const YEAR_S = 31_536_000;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function currentTheme() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}

function name(button) {
  const label = currentTheme() === "dark" ? button.dataset.toLight : button.dataset.toDark;
  button.querySelector("[data-theme-name]").textContent = label;
  button.title = label;
}

function announce() {
  document.dispatchEvent(new CustomEvent("geo311:theme"));
}

export function startTheme() {
  const button = document.querySelector("[data-theme-switch]");
  if (!button) {
    return;
  }
  button.hidden = false;
  name(button);
  button.addEventListener("click", () => {
    const chosen = currentTheme() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    document.cookie = `theme=${chosen};path=/;max-age=${YEAR_S};samesite=lax`;
    name(button);
    announce();
  });
  dark.addEventListener("change", () => {
    name(button);
    announce();
  });
}
