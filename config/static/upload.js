// The drop zone of a file field. The field itself covers the zone, so that keyboard, dialog and
// dropped files work as in any form. This script shows the chosen file and the upload's progress.

const language = document.documentElement.lang;
const megabytes = new Intl.NumberFormat(language, {
  style: "unit", unit: "megabyte", maximumFractionDigits: 1,
});
const kilobytes = new Intl.NumberFormat(language, {
  style: "unit", unit: "kilobyte", maximumFractionDigits: 0,
});
const share = new Intl.NumberFormat(language, { style: "percent" });

const MEGABYTE = 1024 ** 2;
const sizeOf = ({ size }) => {
  return size < MEGABYTE ? kilobytes.format(Math.ceil(size / 1024)) : megabytes.format(size / MEGABYTE);
};

function wrongWith(file, { endings, largest, unreadable, tooBig, empty }) {
  if (!endings.split(",").some((ending) => file.name.toLowerCase().endsWith(ending))) return unreadable;
  if (file.size > Number(largest)) return tooBig;
  return file.size ? "" : empty;
}

function look(zone) {
  const field = zone.querySelector("input[type=file]");
  const [file] = field.files;
  const wrong = file ? wrongWith(file, zone.dataset) : "";
  const chosen = zone.querySelector("[data-chosen]");
  chosen.hidden = !file;
  chosen.querySelector("b").textContent = file?.name ?? "";
  chosen.querySelector("span").textContent = file ? sizeOf(file) : "";
  zone.classList.toggle("dropzone-filled", Boolean(file));
  zone.classList.toggle("field-wrong", Boolean(wrong));
  // The server's errors were about the file before.
  zone.querySelector("[data-said]")?.remove();
  zone.querySelector("[data-wrong]").hidden = !wrong;
  zone.querySelector("[data-wrong] p").textContent = wrong;
  field.setCustomValidity(wrong);
}

document.addEventListener("change", ({ target }) => {
  const zone = target.closest("[data-dropzone]");
  if (zone) look(zone);
});

// A file dropped beside the zone would replace the page, so the whole page accepts it.

const zoneOfPage = () => document.querySelector("[data-dropzone]");
const brings = (event) => event.dataTransfer?.types.includes("Files");

function hover(event) {
  const zone = zoneOfPage();
  if (!zone || !brings(event)) return;
  event.preventDefault();
  zone.classList.add("dropzone-over");
}

document.addEventListener("dragenter", hover);
document.addEventListener("dragover", hover);

document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) zoneOfPage()?.classList.remove("dropzone-over");
});

document.addEventListener("drop", (event) => {
  const zone = zoneOfPage();
  if (!zone || !brings(event)) return;
  event.preventDefault();
  zone.classList.remove("dropzone-over");
  const [file] = event.dataTransfer.files;
  if (!file) return;
  const one = new DataTransfer();
  one.items.add(file);
  zone.querySelector("input[type=file]").files = one.files;
  look(zone);
});

// Show the progress of the upload. htmx reports downloads too; those are too short to show.

document.addEventListener("htmx:xhr:progress", ({ target, detail }) => {
  const sending = target.querySelector?.("[data-sending]");
  if (!sending || !detail.lengthComputable) return;
  const bar = sending.querySelector("progress");
  bar.value = Math.max(bar.value, detail.loaded / detail.total);
  sending.querySelector("span").textContent = share.format(bar.value);
  sending.hidden = false;
});

document.addEventListener("htmx:afterRequest", ({ target }) => {
  const sending = target.querySelector?.("[data-sending]");
  if (!sending) return;
  sending.hidden = true;
  sending.querySelector("progress").value = 0;
});
