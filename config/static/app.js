// Conveniences for pages that work without JavaScript. No framework: htmx and a few listeners.

const words = document.body.dataset;

const template = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

// ---- Messages ----

function toast(text, link) {
  document.querySelector(".palette[open]")?.close(); // it would cover the message
  const alert = template("toast");
  const place = document.getElementById("toasts");
  alert.querySelector("p").textContent = text;
  if (link) {
    const anchor = document.createElement("a");
    anchor.textContent = link.text;
    anchor.href = link.href;
    anchor.target = "_blank";
    alert.querySelector("p").append(" ", anchor);
  }
  place.replaceChildren(alert);
}

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".alert").remove();
});

// ---- htmx: failed requests and unexpected responses ----

// A new request hides the error message of the last one.
document.addEventListener("htmx:beforeRequest", () => {
  document.getElementById("toasts").replaceChildren();
});

// A hidden page does not poll; it refreshes as soon as it is visible. A chart is not replaced while
// somebody reads it with the arrow keys.
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  const asksAgain = elt.getAttribute("hx-trigger")?.includes("every");
  const reads = document.activeElement.closest(".chart-drawing");
  if (asksAgain && (document.hidden || (reads && elt.contains(reads)))) event.preventDefault();
});

// Mark requests that no user action caused, because they must not keep a session alive.
document.addEventListener("htmx:configRequest", (event) => {
  const cause = event.detail.triggeringEvent;
  if (!cause || cause.type === "stale") event.detail.headers["X-Background"] = "1";
});

document.addEventListener("htmx:beforeSend", (event) => {
  event.detail.target.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute("aria-busy");
});

// If the figures of the new choice did not load, mark the old choice again. A request that a newer
// one has replaced is no failure: resetting would lose what the newer one is about to send.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const { elt } = event.detail;
    if (elt.matches(".results-form")) elt.reset();
  });
}

// Keep the download link and the tabs in step with the filters in the URL.
document.addEventListener("htmx:pushedIntoHistory", () => {
  for (const link of document.querySelectorAll("[data-of-these-filters]")) {
    const address = new URLSearchParams(location.search);
    ["before", "after", "page"].forEach((name) => address.delete(name));
    address.set("as", "csv");
    link.search = address.toString();
  }
  for (const tab of document.querySelectorAll("[data-keep-filters] a")) tab.search = location.search;
});

document.addEventListener("htmx:sendError", () => toast(words.offline));
document.addEventListener("htmx:timeout", () => toast(words.offline));

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const answeredBy = xhr.responseURL && new URL(xhr.responseURL).pathname;
  if (xhr.status === 401 || answeredBy === words.login) {
    // The session has ended. Swapping the sign-in page into this page would lose what was typed.
    event.detail.shouldSwap = false;
    toast(words.signedOut, { text: words.signIn, href: words.login });
  }
});

document.addEventListener("htmx:responseError", async (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) return;
  if (xhr.responseText.includes("data-renew")) {
    await renewForgeryTokens();
    toast(words.stale);
  } else if (xhr.status === 403) toast(words.forbidden);
  else if (xhr.status === 429) toast(words.tooMany);
  else toast(messageOf(xhr) || (xhr.status >= 500 ? words.broken : words.refused));
});

// After a new sign-in in another tab, take over its CSRF token and keep the fields of this page.
async function renewForgeryTokens() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fresh.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  document.body.setAttribute("hx-headers", JSON.stringify({ "x-csrftoken": token }));
}

function messageOf(xhr) {
  const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
  return page.querySelector("[data-problem]")?.textContent.trim();
}

// ---- Forms ----

function reveal(input) {
  const box = document.createElement("div");
  const button = template("reveal");
  box.className = "secret";
  input.replaceWith(box);
  box.append(input, button);
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    input.focus();
  });
  // Hide the password before submit, or browsers offer to remember it as plain text.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
    button.setAttribute("aria-pressed", "false");
  });
}

// Runs once for the page, and for each part that htmx swaps in.
function furnish(part) {
  part.querySelectorAll("input[type=password]").forEach(reveal);
  for (const field of part.querySelectorAll("[data-timezone]")) {
    field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
  for (const button of part.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
  for (const button of part.querySelectorAll("[data-print]")) button.hidden = false;
  for (const button of part.querySelectorAll("[data-insert]")) button.hidden = false;
  // A suggestion fills an empty answer. What somebody has typed stays.
  for (const button of part.querySelectorAll("[data-fill]")) {
    const field = document.getElementById(button.dataset.into);
    if (field && !field.value) field.value = button.dataset.insert;
  }
  // Focus the first field with an error.
  part.querySelector("[aria-invalid=true]")?.focus();
}

furnish(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) furnish(event.target);
});

// Prevent double submits. Going back, or some time, makes the form usable again.
const PATIENCE = 10_000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(release, PATIENCE, form);
  if (form.matches(".shell form.form")) keep(form);
  if (form.matches("[data-sign-out]")) sessionStorage.clear(); // drafts are for their author only
});

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

// ---- A session that ends while a form is open ----
// The input is kept in this tab until the next page. If that is the sign-in page, it is restored
// when the same person returns to the same form.

const UNKEPT = ["hidden", "password", "file", "submit"];
const who = () => document.querySelector(".menu-who")?.textContent;
const fieldsOf = (form) => [...form.elements].filter(({ name, type }) => name && !UNKEPT.includes(type));

function keep(form) {
  const typed = fieldsOf(form).map(({ name, value, checked }) => ({ name, value, checked }));
  sessionStorage.setItem("kept", JSON.stringify({ who: who(), path: location.pathname, typed }));
}

function giveBack() {
  const kept = JSON.parse(sessionStorage.getItem("kept"));
  if (!kept) return;
  if (location.pathname === words.login && !kept.waits) {
    toast(words.signedOut);
    sessionStorage.setItem("kept", JSON.stringify({ ...kept, waits: true }));
  }
  if (document.body.matches(".entrance")) return;
  sessionStorage.removeItem("kept");
  if (!kept.waits || kept.who !== who() || kept.path !== location.pathname) return;
  for (const field of fieldsOf(document.querySelector("main form.form"))) {
    const isChoice = ["checkbox", "radio"].includes(field.type);
    const was = kept.typed.find(({ name, value }) => {
      return name === field.name && (!isChoice || value === field.value);
    });
    if (was && isChoice) field.checked = was.checked;
    else if (was) field.value = was.value;
  }
}

giveBack();

// ---- Small conveniences ----

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (!opener) return;
  const dialog = document.getElementById(opener.dataset.dialog);
  if (!dialog?.showModal) return;
  event.preventDefault();
  dialog.showModal();
});

// Go back and keep what was typed. An outdated form gets a new CSRF token.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-back]");
  if (!link || history.length < 2) return;
  event.preventDefault();
  if (link.dataset.back === "stale") sessionStorage.setItem("stale", "yes");
  history.back();
});

addEventListener("pageshow", async () => {
  if (!sessionStorage.getItem("stale") || document.querySelector("[data-renew]")) return;
  sessionStorage.removeItem("stale");
  await renewForgeryTokens();
  toast(words.stale);
});

// A click outside of an open dialog or menu closes it.
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]") && isBeside(event, event.target)) event.target.close();
  for (const menu of document.querySelectorAll(".menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A click on the padding and one on the backdrop have the same target, so compare positions.
function isBeside(press, element) {
  const { left, right, top, bottom } = element.getBoundingClientRect();
  const { clientX: x, clientY: y } = press;
  return x < left || x > right || y < top || y > bottom;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector(".menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("click", async (event) => {
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    await navigator.clipboard.writeText(document.getElementById(copier.dataset.copy).innerText);
    toast(words.copied);
  }
  if (event.target.closest("[data-print]")) print();
});

// ---- Ask a patient: Alt-N from every page ----
// A modifier, because a single letter would fire while somebody dictates. Nothing in a field, where
// it may be a letter such as ñ.

document.addEventListener("keydown", (event) => {
  if (event.code !== "KeyN" || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
  const link = document.querySelector("[data-ask-one]");
  if (!link) return;
  event.preventDefault();
  link.click();
});

// ---- Charts: one tab stop each; inside, the arrow keys move between values ----

const PLACES = {
  ArrowRight: (here) => here + 1,
  ArrowDown: (here) => here + 1,
  ArrowLeft: (here, last) => (here < 0 ? last : here - 1),
  ArrowUp: (here, last) => (here < 0 ? last : here - 1),
  Home: () => 0,
  End: (_here, last) => last,
};

document.addEventListener("keydown", (event) => {
  const chart = event.target.closest(".chart-drawing");
  if (!chart || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape") chart.focus();
  if (!(event.key in PLACES)) return;
  event.preventDefault();
  const points = [...chart.querySelectorAll(".chart-point")];
  const last = points.length - 1;
  const place = PLACES[event.key](points.indexOf(event.target), last);
  points[Math.min(Math.max(place, 0), last)]?.focus();
});

// ---- Canned answers: insert at the cursor ----

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert][data-into]");
  if (!button) return;
  const field = document.getElementById(button.dataset.into);
  field.setRangeText(button.dataset.insert, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});

// ---- The app on a phone ----

// Only pages of members have it: patients and visitors get no worker.
const worker = document.querySelector("[data-service-worker]")?.dataset.serviceWorker;
if (worker) navigator.serviceWorker?.register(worker).catch(() => {}); // pages work without it
