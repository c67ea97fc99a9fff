// Draws one phone: its conversation or its mails. Text is only ever set as text.

import { clock, say, translate } from "./words.js";

const CHANNELS = { sms: "SMS", whatsapp: "WhatsApp" };
const LINK = /https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]]/g;

export function create(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function fromTemplate(id) {
  const made = document.getElementById(id).content.firstElementChild.cloneNode(true);
  translate(made);
  return made;
}

export function isMailbox(phone) {
  return phone.address.includes("@");
}

/** Whether it is on the phone; until then it is on its way, or lost. */
export function hasArrived(item) {
  return item.kind === "mail" || item.status === "delivered" || item.status === "read";
}

function isLost(item) {
  return item.status === "failed" || item.status === "undelivered";
}

/** The clinic's newest message: what an answer answers. */
export function newestFromClinic(phone) {
  return phone.items.findLast((item) => !item.mine && !isLost(item));
}

export function drawPhone(phone) {
  const card = fromTemplate(isMailbox(phone) ? "mailbox" : "phone");
  card.dataset.address = phone.address;
  refresh(card, phone);
  return card;
}

export function refresh(card, phone) {
  const last = phone.items.at(-1);
  card.querySelector(".name").textContent = phone.name || phone.label;
  card.setAttribute("aria-label", phone.name || phone.label);
  card.querySelector(".preview").textContent = last ? (last.subject ?? snippet(last)) : "";
  card.querySelector(".when").textContent = last ? clock(last.at) : "";
  if (isMailbox(phone)) {
    card.querySelector(".about").textContent = say("mailbox");
    reconcile(card.querySelector(".thread"), phone.items.toReversed(), drawMail, () => {});
    return;
  }
  const newest = newestFromClinic(phone);
  card.dataset.kind = newest?.kind ?? last?.kind ?? "sms";
  card.querySelector(".avatar").textContent = initials(phone);
  card.querySelector(".about").textContent = phone.name ? phone.label : "";
  const thread = card.querySelector(".thread");
  const wasAtEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < 60;
  reconcile(thread, withMarks(phone.items), drawItem, refreshItem);
  if (wasAtEnd) thread.scrollTop = thread.scrollHeight;
}

function initials(phone) {
  if (!phone.name) return phone.address.slice(-2);
  const words = phone.name.trim().split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase();
}

function snippet(item) {
  const text = item.body.replace(/\s+/g, " ").slice(0, 120);
  return text || (item.media?.length ? say("photo") : "");
}

/** A mark wherever the channel or the sender changes. */
function withMarks(items) {
  let before = "";
  return items.flatMap((item) => {
    const here = `${item.kind} ${item.line}`;
    const changes = here !== before;
    before = here;
    return changes ? [{ id: `mark ${item.id}`, mark: item }, item] : [item];
  });
}

/** Keeps the nodes that stay, so that nothing on them is lost or moves twice. */
function reconcile(list, entries, draw, update) {
  const known = new Map([...list.children].map((node) => [node.dataset.id, node]));
  entries.forEach((entry, index) => {
    let node = known.get(entry.id);
    if (node) {
      known.delete(entry.id);
      update(node, entry);
    } else {
      node = draw(entry);
      node.dataset.id = entry.id;
    }
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
  for (const gone of known.values()) gone.remove();
}

function drawItem(item) {
  if (item.mark) {
    const { kind, line } = item.mark;
    return create("li", "mark", `${CHANNELS[kind]} · ${line.replace("whatsapp:", "")}`);
  }
  const node = create("li", `bubble ${item.mine ? "mine" : "theirs"} ${item.kind}`);
  const text = create("p", "text");
  text.append(...(item.kind === "whatsapp" ? formatted(item.body) : linked(item.body)));
  node.append(...item.media.map(drawMedia), text, create("p", "meta"));
  if (item.buttons.length) node.append(drawButtons(item));
  refreshItem(node, item);
  return node;
}

function refreshItem(node, item) {
  if (item.mark) return;
  const [tick, words] = progress(item);
  node.classList.toggle("lost", tick === "not-arrived");
  node.classList.toggle("coming", !item.mine && !isLost(item) && !hasArrived(item));
  for (const button of node.querySelectorAll(".answers button")) button.disabled = isLost(item);
  const meta = node.querySelector(".meta");
  meta.replaceChildren(create("time", "", clock(item.at)), icon(tick, `tick ${item.status}`));
  meta.append(create("span", "state", words));
}

function drawMedia({ path, type }) {
  if (!type.startsWith("image/")) return create("p", "text", type);
  const picture = create("img", "picture");
  picture.src = path;
  picture.alt = say("photo");
  return picture;
}

function drawButtons(item) {
  const row = create("div", "answers");
  for (const button of item.buttons) {
    const element = create("button", "", button.title);
    element.type = "button";
    element.dataset.payload = button.payload;
    element.dataset.repliedTo = item.id;
    row.append(element);
  }
  return row;
}

/** For the clinic's messages how far they came; for the patient's whether the clinic has them. */
function progress(item) {
  if (!item.mine) {
    const tick = { sent: "one-tick", delivered: "two-ticks", read: "two-ticks" }[item.status];
    return [isLost(item) ? "not-arrived" : (tick ?? "waiting"), say(item.status, item.error)];
  }
  if (!item.heard) return ["one-tick", say("sending")];
  if (item.heard.startsWith("2")) return ["two-ticks", say("heard")];
  return ["not-arrived", say("notHeard", item.heard)];
}

function icon(name, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** WhatsApp's *bold*. */
function formatted(text) {
  return text.split(/\*([^*\s][^*\n]*)\*/).flatMap((part, index) => {
    return index % 2 ? [create("strong", "", part)] : linked(part);
  });
}

function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const link = create("a", "", found[0]);
    link.href = found[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    parts.push(text.slice(end, found.index), link);
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function drawMail(mail) {
  const row = create("li", "mail-row");
  const button = create("button");
  button.type = "button";
  button.append(
    create("span", "from", mail.line),
    create("time", "", clock(mail.at)),
    create("span", "subject", mail.subject || say("noSubject")),
    create("span", "snippet", snippet(mail)),
  );
  row.append(button);
  return row;
}

export function openMail(card, mail) {
  const reading = card.querySelector(".reading");
  reading.querySelector("h3").textContent = mail.subject || say("noSubject");
  reading.querySelector(".whom p").textContent = `${mail.line} · ${clock(mail.at)}`;
  const full = reading.querySelector(".full");
  full.hidden = !mail.html;
  full.href = `/mails/${mail.id}`;
  const unsubscribe = reading.querySelector(".unsubscribe");
  unsubscribe.hidden = !mail.unsubscribe;
  unsubscribe.href = mail.unsubscribe;
  reading.querySelector(".letter").replaceChildren(mail.html ? frame(mail) : plain(mail));
  reading.hidden = false;
}

function frame(mail) {
  const element = create("iframe");
  // No scripts and no origin: a mail can only be looked at, and its links followed.
  element.sandbox = "allow-popups allow-popups-to-escape-sandbox";
  element.title = mail.subject;
  element.src = `/mails/${mail.id}`;
  return element;
}

function plain(mail) {
  const text = create("p", "plain");
  text.append(...linked(mail.body));
  return text;
}
