// The search over a page: Ctrl-K or ⌘K opens it. Its results come from the same view as the page /search/.
// The focus stays in the field; `aria-activedescendant` says which option Enter opens.

const palette = document.getElementById("palette");
const field = document.getElementById("palette-field");
const results = document.getElementById("palette-results");
const status = document.getElementById("palette-status");

const options = () => [...results.querySelectorAll("[role=option]")];
const chosen = () => results.querySelector("[aria-selected=true]");

for (const keys of document.querySelectorAll(".search-open kbd")) {
  keys.textContent = navigator.platform.startsWith("Mac") ? "⌘K" : "Ctrl K";
  keys.hidden = false;
}

function openPalette() {
  if (palette.open) return;
  for (const menu of document.querySelectorAll(".menu[open]")) menu.open = false;
  palette.showModal();
  field.select();
  field.dispatchEvent(new CustomEvent("palette:open"));
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) field.setAttribute("aria-activedescendant", option.id);
  else field.removeAttribute("aria-activedescendant");
}

document.addEventListener("click", (event) => {
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (event.target.closest("[data-palette]") && isPlain) {
    event.preventDefault();
    openPalette();
  }
  if (event.target.closest("[data-close-palette]")) palette.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
  if (event.altKey || event.shiftKey || document.querySelector("dialog[open]:not(.palette)")) return;
  event.preventDefault();
  if (palette.open) palette.close();
  else openPalette();
});

field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  const place = all.indexOf(chosen());
  if (event.key === "ArrowDown") choose(all[(place + 1) % all.length]);
  else if (event.key === "ArrowUp") choose(all[(place <= 0 ? all.length : place) - 1]);
  // Until the results of what was typed are here, Enter sends the form to the page of the search.
  else if (event.key === "Enter" && chosen() && areResultsFresh()) chosen().click();
  else return;
  event.preventDefault();
});

function areResultsFresh() {
  return results.firstElementChild?.dataset.typed === field.value.trim();
}

results.addEventListener("htmx:afterSwap", () => {
  const all = options();
  field.setAttribute("aria-expanded", String(all.length > 0));
  choose(all[0]);
  status.textContent = results.firstElementChild?.dataset.status ?? "";
});
