// Keeps this page for when there is no network: all files of one build, in one cache, from one answer to the next.
// web/hooks/finish_page.mjs puts the build's mark and the files' names in. A newer build waits until the person says
// so; until then every file comes from the older one, so that two builds never meet.

const BUILD = "{{BUILD}}";
const FILES = ["{{FILES}}"];
const PREFIX = `switchboard ${self.registration.scope} `;
const OWN = PREFIX + BUILD;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(OWN);
    // Past the browser's own cache: what it holds may be older.
    await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith(PREFIX) && name !== OWN) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "change") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith((async () => {
    const cache = await caches.open(OWN);
    // `?v=…` and `?embed` name no other file.
    const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
    return kept ?? fetch(request);
  })());
});
