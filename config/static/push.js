// Turns push on and off in this browser, on the page of notifications. The forms do the rest.

const card = document.querySelector("[data-push]");
const form = card.querySelector("[data-push-form]");
const isApple = /iPhone|iPad/.test(navigator.userAgent);

function show(state) {
  for (const line of card.querySelectorAll("[data-push-state]")) {
    line.hidden = line.dataset.pushState !== state;
  }
  form.hidden = !["off", "failed"].includes(state);
}

const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) =>
    letter.charCodeAt(0),
  );

const isSame = (key) => {
  const ours = bytes(card.dataset.push);
  const theirs = new Uint8Array(key ?? []);
  return ours.length === theirs.length && ours.every((byte, i) => byte === theirs[i]);
};

async function find() {
  const registration = await navigator.serviceWorker.ready;
  return registration.pushManager.getSubscription();
}

// A browser is on if it has a subscription that the server has too, made with the current key.
async function look() {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    show(isApple && !navigator.standalone ? "install" : "unsupported");
    return;
  }
  if (Notification.permission === "denied") {
    show("denied");
    return;
  }
  const subscription = await find();
  const row = [...document.querySelectorAll("[data-browser]")].find(
    (one) => one.dataset.browser === subscription?.endpoint,
  );
  row?.querySelector("[data-here]").removeAttribute("hidden");
  const isOn = row && !row.querySelector(".badge-warn") && isSame(subscription.options.applicationServerKey);
  show(isOn ? "on" : "off");
}

async function subscribe() {
  const { pushManager } = await navigator.serviceWorker.ready;
  const old = await pushManager.getSubscription();
  // A subscription that was made with another key, or that has ended, is replaced.
  await old?.unsubscribe();
  const subscription = await pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(card.dataset.push),
  });
  const { endpoint, keys } = subscription.toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.public_key.value = keys.p256dh;
  form.elements.secret.value = keys.auth;
}

form.addEventListener("submit", async (event) => {
  if (form.elements.endpoint.value) return;
  event.preventDefault();
  form.querySelector("button").disabled = true;
  try {
    await subscribe();
    form.submit();
  } catch (error) {
    form.querySelector("button").disabled = false;
    show(Notification.permission === "denied" ? "denied" : "failed");
  }
});

document.addEventListener("submit", async (event) => {
  const row = event.target.matches("[data-push-remove]") && event.target.closest("[data-browser]");
  if (!row || row.querySelector("[data-here]").hidden) return;
  event.preventDefault();
  const subscription = await find().catch(() => null);
  await subscription?.unsubscribe().catch(() => null);
  event.target.submit();
});

look().catch(() => show("failed"));
