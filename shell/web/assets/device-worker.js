// Keeps one empty form for when the network is away: the page that the desk makes for it, without
// anybody's name or words, and the style and scripts that it names. It answers for that one address
// and for those; everything else goes to the desk as if it were not there.
"use strict";
const PLACE = new URL(registration.scope).pathname;
const SHELL = PLACE + "/offline";
const CACHE = "ward-form " + PLACE;

const fill = async () => {
  const answer = await fetch(SHELL, { cache: "no-store", redirect: "manual" });
  // Whoever is signed out meanwhile keeps what was there.
  if (!answer.ok) return;
  const page = await answer.clone().text();
  const parts = new Set([...page.matchAll(/(?:href|src)="(\/assets\/[a-z0-9.-]+)"/g)].map(([, part]) => part));
  const cache = await caches.open(CACHE);
  for (const part of parts) if (!(await cache.match(part))) await cache.add(part);
  await cache.put(SHELL, answer);
  for (const { url } of await cache.keys()) {
    const path = new URL(url).pathname;
    if (path !== SHELL && !parts.has(path)) await cache.delete(path);
  }
};

const form = async (event) => {
  const late = new Promise((_, fail) => setTimeout(() => fail(new Error("late")), 8000));
  try {
    const answer = await Promise.race([fetch(event.request), late]);
    if (answer.ok) event.waitUntil(fill().catch(() => {}));
    return answer;
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
};

const part = async (request) => (await caches.match(request)) ?? fetch(request);

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fill());
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === PLACE) event.respondWith(form(event));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(part(request));
});
