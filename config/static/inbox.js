// The inbox and the cases of unhappy patients: live updates, who is writing, and canned answers.
// Without it, the pages work and are renewed by a reload.

// ---- Live updates ----

const PERIOD = 10_000;
// Somebody who has typed nothing for so long is not writing, whatever stands in the field.
const PAUSE = 30_000;

let typedAt = 0;
let isAsking = false;

const answerField = () => document.querySelector("#answer-form textarea");
const isWriting = () => Boolean(answerField()?.value.trim()) && Date.now() - typedAt < PAUSE;

// The question has no cookies, so that the server answers it without a session and without a query.
async function ask() {
  const live = document.getElementById("live");
  if (!live || document.hidden || isAsking) return;
  isAsking = true;
  try {
    const asked = new URLSearchParams({ seen: live.dataset.state, writing: isWriting() ? "1" : "0" });
    const answer = await fetch(`${live.dataset.live}?${asked}`, {
      credentials: "omit",
      headers: { "x-live-page": live.dataset.token },
    });
    if (answer.status === 410) renew();
    if (answer.status === 200) take(live, await answer.json());
  } catch {
    // Offline for a moment. The next question comes by itself.
  } finally {
    isAsking = false;
  }
}

function take(live, { state, version, writing }) {
  live.dataset.state = state;
  writers = writing;
  showOthers();
  if (version !== live.dataset.version) renew();
}

// The list and the thread load themselves anew. The field of the answer is in neither.
const renew = () => htmx.trigger(document.body, "stale");

// Who else answers this patient now, and whether somebody has answered since the draft was begun.
let writers = [];
let isAnswered = false;

function showOthers() {
  const line = document.getElementById("writing");
  if (!line) return;
  const { one, more, answered } = line.dataset;
  const words = isAnswered ? [answered] : [];
  if (writers.length) words.push((writers.length > 1 ? more : one).replace("{name}", writers.join(", ")));
  line.hidden = !words.length;
  line.textContent = words.join(" ");
}

setInterval(ask, PERIOD);
document.addEventListener("visibilitychange", ask);
ask();

document.addEventListener("input", (event) => {
  if (event.target !== answerField()) return;
  const wasWriting = isWriting() && typedAt;
  typedAt = Date.now();
  if (!wasWriting) ask();
});

let threadScroll = 0;

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  threadScroll = detail.target.querySelector?.(".thread-window")?.scrollTop ?? 0;
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const shown = document.getElementById(detail.target.id);
  if (detail.target.id === "thread") {
    shown.querySelector(".thread-window").scrollTop = threadScroll;
    // Renewed parts know of no writers, so the next answer has to name them.
    if (writers.length) document.getElementById("live").dataset.state = "";
    compareAnswers();
  }
  if (detail.target.id === "talk") {
    document.querySelector("#inbox > #live")?.remove(); // the conversation has its own
    typedAt = 0;
    writers = [];
    furnish();
    takeUpDraft();
    ask();
  }
});

document.addEventListener("htmx:pushedIntoHistory", () => {
  for (const link of document.querySelectorAll(".talk-who")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
});

// ---- The draft: kept in this tab until it is sent, with the answers that its author had seen ----
// Opening another conversation, adding a note and the like load the field anew.

const author = () => document.querySelector(".menu-who")?.textContent;
const draftOf = (form) => `draft ${form.dataset.draft}`;

function keepDraft(field) {
  const { form, value } = field;
  if (!value.trim()) sessionStorage.removeItem(draftOf(form));
  else {
    const draft = { author: author(), text: value, seen: form.elements.seen.value };
    sessionStorage.setItem(draftOf(form), JSON.stringify(draft));
  }
}

function takeUpDraft() {
  const field = answerField();
  if (!field) return;
  // The server gives a refused answer back itself, below the answers that it was refused for.
  if (field.defaultValue) keepDraft(field);
  else {
    const draft = JSON.parse(sessionStorage.getItem(draftOf(field.form)));
    if (draft?.author === author()) {
      field.value = draft.text;
      field.form.elements.seen.value = draft.seen;
    }
  }
  compareAnswers();
}

// Without a draft, what the thread shows is seen.
function compareAnswers() {
  const field = answerField();
  const shown = document.getElementById("thread")?.dataset.answers;
  if (!field || !shown) return;
  const { seen } = field.form.elements;
  if (!field.value.trim()) seen.value = shown;
  isAnswered = Number(shown) > Number(seen.value);
  showOthers();
}

document.addEventListener("input", (event) => {
  if (event.target !== answerField()) return;
  compareAnswers();
  keepDraft(event.target);
});

document.addEventListener("submit", ({ target }) => {
  if (target.dataset.draft) sessionStorage.removeItem(draftOf(target));
});

// ---- Canned answers: "/" and the beginning of a name open the list ----

const SLASH = /(?:^|\s)\/([^\s/]*)$/;
const list = () => document.getElementById("canned");
const options = () => [...list().children].filter((option) => !option.hidden);
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function typedName(field) {
  return SLASH.exec(field.value.slice(0, field.selectionStart))?.[1];
}

let shownName;

function showList(field) {
  const name = typedName(field);
  shownName = name;
  if (name === undefined || !list()) return hideList(field);
  for (const option of list().children) option.hidden = !fold(option.dataset.name).includes(fold(name));
  list().hidden = !options().length;
  mark(field, list().hidden ? undefined : options()[0]);
}

function hideList(field) {
  if (!list()) return;
  list().hidden = true;
  mark(field, undefined);
}

function mark(field, chosen) {
  for (const option of list().children) option.setAttribute("aria-selected", String(option === chosen));
  if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
  else field.removeAttribute("aria-activedescendant");
  chosen?.scrollIntoView({ block: "nearest" });
}

function choose(field, option) {
  const name = typedName(field);
  if (name === undefined || !option) return hideList(field);
  const end = field.selectionStart;
  const start = end - name.length - 1;
  field.setRangeText(option.dataset.text, start, end, "end");
  hideList(field);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-canned]")) showList(event.target);
});

// The cursor moves without an input too, away from the name or back in it.
document.addEventListener("selectionchange", () => {
  const field = answerField();
  if (!field || document.activeElement !== field || !list() || list().hidden) return;
  if (typedName(field) !== shownName) showList(field);
});

document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches?.("[data-canned]")) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) field.form.requestSubmit();
  if (!list() || list().hidden) return;
  if (typedName(field) === undefined) return hideList(field);
  const shown = options();
  const here = shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const keys = {
    ArrowDown: () => mark(field, shown[(here + 1) % shown.length]),
    ArrowUp: () => mark(field, shown[(here - 1 + shown.length) % shown.length]),
    Enter: () => choose(field, shown[here]),
    Tab: () => choose(field, shown[here]),
    Escape: () => hideList(field),
  };
  if (!(event.key in keys)) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("mousedown", (event) => {
  const option = event.target.closest("#canned > [role=option]");
  if (!option) return;
  event.preventDefault(); // the field keeps the cursor
  choose(answerField(), option);
});

document.addEventListener("focusout", (event) => {
  if (event.target.matches("[data-canned]")) hideList(event.target);
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open-canned]")) return;
  const field = answerField();
  const before = field.value.slice(0, field.selectionStart);
  field.focus();
  field.setRangeText(/(?:^|\s)$/.test(before) ? "/" : " /", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

function furnish() {
  const field = answerField();
  if (field && list()) {
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", "canned");
  }
  for (const button of document.querySelectorAll("[data-open-canned]")) button.hidden = false;
}

furnish();
takeUpDraft();
