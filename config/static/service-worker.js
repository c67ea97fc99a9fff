// The service worker: shows pushes, and a page when there is no connection. It is served at
// /service-worker.js with CACHE, OFFLINE and ASSETS in front. Only the offline page and its static
// files are cached, and never a page with patients.

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([OFFLINE, ...ASSETS]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (origin === self.location.origin && ASSETS.includes(pathname)) {
    event.respondWith(
      caches.match(pathname, { cacheName: CACHE }).then((found) => found ?? fetch(request)),
    );
  }
});

self.addEventListener("push", (event) => {
  const { title, body, path, tag } = event.data.json();
  // The same tag replaces an earlier delivery of the same message.
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, icon: ICON, data: { path } }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data.path, self.location.origin);
  // Only our own pages are opened.
  if (target.origin !== self.location.origin) return;
  event.waitUntil(open(target.href));
});

async function open(href) {
  const windows = await self.clients.matchAll({ type: "window" });
  const there = windows.find((window) => window.url === href);
  return there ? there.focus() : self.clients.openWindow(href);
}
