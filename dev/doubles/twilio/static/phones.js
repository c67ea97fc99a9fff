// The wall of phones: what arrives, what the visitor answers, and what is shown of it.

import {
  create,
  drawPhone,
  hasArrived,
  isMailbox,
  newestFromClinic,
  openMail,
  refresh,
} from "./drawing.js";
import { fromFile, sample } from "./pictures.js";
import { clock, otherLanguage, say, switchLanguage, translate } from "./words.js";

const SHOWN = 60;
const NARROW = matchMedia("(max-width: 40rem)");

const phones = new Map();
const cards = new Map();
const unread = new Map();
let senders = [];
let total = 0;
let kind = "";

const byId = (id) => document.getElementById(id);
const wall = byId("wall");

// ---- What arrives

/** What changes during a load waits for its end: an older picture never covers a newer one. */
let changedMeanwhile = null;
let loading = Promise.resolve();

function load() {
  loading = loading.then(loadAll).catch(() => sayLive("lost"));
}

async function loadAll() {
  changedMeanwhile = [];
  try {
    const answer = await fetch("/phones");
    const known = await answer.json();
    senders = known.senders;
    total = known.total;
    const there = new Set(known.phones.map((phone) => phone.address));
    for (const address of [...cards.keys()]) if (!there.has(address)) forget(address);
    for (const phone of known.phones) show(phone, { onTop: false });
    changedMeanwhile.forEach(receive);
  } finally {
    changedMeanwhile = null;
    arrange();
  }
}

function listen() {
  const events = new EventSource("/events");
  events.addEventListener("open", () => {
    sayLive("live");
    load();
  });
  events.addEventListener("error", () => sayLive("lost"));
  events.addEventListener("reset", load);
  events.addEventListener("message", (event) => {
    const phone = JSON.parse(event.data);
    if (changedMeanwhile) changedMeanwhile.push(phone);
    else receive(phone);
  });
}

function receive(phone) {
  const before = phones.get(phone.address);
  if (!before) total += 1;
  const fresh = arrivals(before, phone);
  show(phone, { onTop: true });
  for (const { kind: channel, line } of fresh) {
    if (channel !== "mail" && line.includes("+") && !senders.includes(line)) senders.push(line);
  }
  if (fresh.length) ring(phone.address, fresh.length);
  arrange();
}

function sayLive(word) {
  byId("live").dataset.state = word;
  byId("live-word").dataset.say = word;
  byId("live-word").textContent = say(word);
}

function arrivals(before, phone) {
  const known = new Set(before?.items.filter(hasArrived).map((item) => item.id));
  return phone.items.filter((item) => !item.mine && hasArrived(item) && !known.has(item.id));
}

function show(phone, { onTop }) {
  phones.set(phone.address, phone);
  let card = cards.get(phone.address);
  if (card) {
    refresh(card, phone);
  } else {
    card = drawPhone(phone);
    cards.set(phone.address, card);
    if (onTop) wall.prepend(card);
    else wall.append(card);
    const thread = card.querySelector(".thread");
    if (!isMailbox(phone)) thread.scrollTop = thread.scrollHeight;
    while (cards.size > SHOWN) forget(wall.lastElementChild.dataset.address);
  }
  card.querySelector(".clock").textContent = clock(Date.now() / 1000);
  prepareComposer(card, phone);
}

function forget(address) {
  cards.get(address).remove();
  for (const map of [cards, phones, unread]) map.delete(address);
}

function ring(address, count) {
  const card = cards.get(address);
  card.classList.remove("ringing");
  void card.offsetWidth; // so that the animation starts anew
  card.classList.add("ringing");
  const isBeingRead = NARROW.matches ? card.classList.contains("open") : card.matches(":focus-within");
  if (!isBeingRead) countUnread(address, (unread.get(address) ?? 0) + count);
}

function countUnread(address, count) {
  unread.set(address, count);
  const badge = cards.get(address).querySelector(".unread");
  badge.hidden = count === 0;
  badge.textContent = count;
  badge.setAttribute("aria-label", say("unread", count));
  const all = [...unread.values()].reduce((sum, each) => sum + each, 0);
  document.title = all ? `(${all}) ${say("title")}` : say("title");
}

// ---- What is shown

function arrange() {
  const wanted = byId("search").value.trim().toLowerCase();
  let visible = 0;
  for (const [address, card] of cards) {
    const phone = phones.get(address);
    const fits =
      (!kind || phone.items.some((item) => item.kind === kind)) &&
      (!wanted || haystack(phone).includes(wanted));
    card.hidden = !fits;
    visible += fits;
  }
  byId("empty").hidden = cards.size > 0;
  byId("none").hidden = cards.size === 0 || visible > 0;
  byId("more").hidden = total <= SHOWN;
  byId("more").textContent = say("more", SHOWN, total);
}

function haystack(phone) {
  const texts = phone.items.map((item) => `${item.subject ?? ""} ${item.body}`);
  return [phone.address, phone.label, phone.name, ...texts].join("\n").toLowerCase();
}

function prepareComposer(card, phone) {
  const composer = card.querySelector(".composer");
  if (!composer) return;
  const { line, body } = composer.elements;
  const newest = newestFromClinic(phone);
  line.hidden = Boolean(newest) || senders.length === 0;
  line.replaceChildren(...senders.map((sender) => create("option", "", sender)));
  const canAnswer = newest ? newest.line.includes("+") : senders.length > 0;
  for (const part of [...composer.elements, ...card.querySelectorAll(".chips button")]) {
    part.disabled = !canAnswer;
  }
  const situation = newest ? ["oneWay", "answer"] : ["noSender", "writeFirst"];
  body.placeholder = say(situation[Number(canAnswer)]);
  offerPictures(card);
}

/** To whom the patient writes: who wrote last, else whom the visitor chooses. */
function lineOf(card) {
  const newest = newestFromClinic(phones.get(card.dataset.address));
  return newest?.line ?? card.querySelector("[name=line]").value;
}

function offerPictures(card) {
  card.querySelector(".attach").hidden = !lineOf(card).startsWith("whatsapp:");
}

// ---- What the visitor does

async function tell(path, message) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
    if (!answer.ok) throw new Error((await answer.json()).error);
  } catch (error) {
    toast(say("failedToSend", error.message));
  }
}

function answer(card, body, more = {}) {
  const phone = phones.get(card.dataset.address);
  const line = lineOf(card);
  const channel = line.startsWith("whatsapp:") ? "whatsapp" : "sms";
  const thread = card.querySelector(".thread");
  thread.scrollTop = thread.scrollHeight;
  return tell("/control/reply", { from: phone.address, to: line, channel, body, ...more });
}

let toastTimer;
function toast(text) {
  const element = byId("toast");
  element.textContent = text;
  element.hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => (element.hidden = true), 6000);
}

function closeOpen() {
  for (const card of wall.querySelectorAll(".open")) card.classList.remove("open");
  document.body.classList.remove("covered");
}

function open(card) {
  card.classList.add("open");
  document.body.classList.add("covered");
  countUnread(card.dataset.address, 0);
  const thread = card.querySelector(".thread");
  if (!thread.classList.contains("mails")) thread.scrollTop = thread.scrollHeight;
}

wall.addEventListener("click", (event) => {
  const card = event.target.closest(".phone");
  const button = event.target.closest("button");
  if (!card || !button) return;
  if (button.matches(".opener")) open(card);
  else if (button.matches(".close")) closeOpen();
  else if (button.matches(".attach")) choosePicture(card);
  else if (button.matches(".chips button")) answer(card, button.textContent);
  else if (button.matches(".answers button")) {
    const { payload, repliedTo } = button.dataset;
    answer(card, button.textContent, { button: payload, replied_to: repliedTo });
  } else if (button.matches(".to-list")) card.querySelector(".reading").hidden = true;
  else if (button.matches(".mail-row button")) {
    const row = button.closest(".mail-row");
    row.classList.add("seen");
    const mail = phones.get(card.dataset.address).items.find((item) => item.id === row.dataset.id);
    openMail(card, mail);
  }
});

wall.addEventListener("submit", (event) => {
  event.preventDefault();
  const { body } = event.target.elements;
  if (body.value.trim()) answer(event.target.closest(".phone"), body.value.trim());
  body.value = "";
});

wall.addEventListener("change", (event) => {
  if (event.target.matches("[name=line]")) offerPictures(event.target.closest(".phone"));
});

wall.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

for (const kindOfAttention of ["focusin", "pointerdown"]) {
  wall.addEventListener(kindOfAttention, (event) => {
    const card = event.target.closest(".phone");
    if (card && !NARROW.matches) countUnread(card.dataset.address, 0);
  });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") closeOpen();
});

byId("search").addEventListener("input", arrange);

byId("kinds").addEventListener("click", (event) => {
  const chosen = event.target.closest("button");
  if (!chosen) return;
  kind = chosen.dataset.kind;
  for (const button of byId("kinds").children) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
  arrange();
});

function nameOtherLanguage() {
  const other = otherLanguage();
  byId("language").textContent = other.toUpperCase();
  byId("language").setAttribute("aria-label", { es: "Español", en: "English" }[other]);
  byId("language").lang = other;
}

byId("language").addEventListener("click", () => {
  switchLanguage();
  translate(document);
  nameOtherLanguage();
  document.title = say("title");
  for (const [address, card] of cards) {
    translate(card);
    card.querySelector(".thread").replaceChildren();
    refresh(card, phones.get(address));
    prepareComposer(card, phones.get(address));
  }
  arrange();
});

byId("add").addEventListener("click", () => byId("adding").showModal());
byId("adding-cancel").addEventListener("click", () => byId("adding").close());
byId("adding-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const { address, name } = event.target.elements;
  await tell("/control/phones", { [address.value.replaceAll(" ", "")]: name.value });
  event.target.reset();
  byId("adding").close();
});

let picturing;
function choosePicture(card) {
  picturing = card;
  byId("picturing-form").reset();
  byId("picturing").showModal();
}

function sendPicture(picture) {
  const { body } = picturing.querySelector(".composer").elements;
  answer(picturing, body.value.trim(), { media: [picture] });
  body.value = "";
  byId("picturing").close();
}

byId("picturing-cancel").addEventListener("click", () => byId("picturing").close());
byId("picturing-sample").addEventListener("click", () => sendPicture(sample()));
byId("picturing-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    sendPicture(await fromFile(event.target.elements.file.files[0]));
  } catch {
    byId("picturing").close();
    toast(say("noPicture"));
  }
});

translate(document);
nameOtherLanguage();
document.title = say("title");
listen();
