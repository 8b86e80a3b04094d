// The service worker: keeps a form that was begun, the help pages and what was sent but didn't arrive.
//
// It is registered when a young person begins to answer (keep.js), never before. It holds no list of
// its own: pages say what to keep for them, under addresses that change with their content, so that
// a page in use always finds its own version. A newer worker may take over at any moment.

const KEPT = "loopkeeper-kept";
// How long the network may take before the copy on this phone is shown, and a form may take to send.
const PATIENCE = 4_000;
const SENDING = 25_000;
const MOMENT = 5 * 60 * 1000;
const WEEK = 7 * 24 * 60 * 60 * 1000;

const isForm = (url) => /^\/s\/[^/]+$/.test(url.pathname);
const isHelp = (url) => /^\/help(\/|$)/.test(url.pathname);
const isKiosk = (url) => /^\/kiosk\//.test(url.pathname);
const isPage = (url) => isForm(url) || isHelp(url) || isKiosk(url) || /^\/(saved|offline)$/.test(url.pathname);
const FILES = ["style", "script", "image"];
const isOurs = (url) => url.origin === location.origin && !url.pathname.startsWith("/staff");

// What a page is kept under: its address with its language, and nothing else that may stand in it.
function nameOf(url) {
  const language = url.searchParams.get("lang");
  return url.origin + url.pathname + (language ? `?lang=${encodeURIComponent(language)}` : "");
}

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([self.clients.claim(), preload(), forgetOld()]));
});

async function preload() {
  if (self.registration.navigationPreload) await self.registration.navigationPreload.enable();
}

self.addEventListener("message", (event) => {
  if (event.data && event.data.keep) event.waitUntil(keepAll(event.data.keep));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "answers") event.waitUntil(sendInBackground());
});

async function sendInBackground() {
  const items = await outbox.send(true);
  if (items.some((item) => item.state === "waiting")) throw new Error("Not all could be sent yet");
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (!isOurs(url)) return;
  if (FILES.includes(event.request.destination)) event.respondWith(file(event.request));
  else if (event.request.mode !== "navigate") return;
  else if (event.request.method === "GET") event.respondWith(visit(event, url));
  else if (event.request.method === "POST" && isForm(url)) event.respondWith(send(event, url));
});

// --- What is kept ---

// What is most needed comes first, three at a time: on a bad connection the rest may never come.
async function keepAll(addresses) {
  const kept = await caches.open(KEPT);
  const urls = addresses.map((address) => new URL(address, location.origin));
  const lane = async () => {
    for (let url = urls.shift(); url; url = urls.shift()) await keepFrom(kept, url).catch(() => {});
  };
  await Promise.all([lane(), lane(), lane()]);
  await forgetOld();
}

async function keepFrom(kept, url) {
  const known = await kept.match(isPage(url) ? nameOf(url) : url.href, { ignoreVary: true });
  const age = known ? Date.now() - Number(known.headers.get("Kept-At")) : Infinity;
  if (isPage(url) && age < MOMENT) return;
  const signal = outbox.within(SENDING); // a silence must not hold up what comes after it
  const response =
    (!isPage(url) && known) || (await fetch(url.href, isPage(url) ? { cache: "no-cache", signal } : { signal }));
  if (response.ok) await keepOne(url, response);
}

async function keepOne(url, response) {
  const kept = await caches.open(KEPT);
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set("Kept-At", String(Date.now()));
  const { status } = response;
  await kept.put(isPage(url) ? nameOf(url) : url.href, new Response(await response.blob(), { status, headers }));
}

// Forms that nobody has opened for a week go, and files that no page has asked for in four.
async function forgetOld() {
  const kept = await caches.open(KEPT);
  for (const request of await kept.keys()) {
    const url = new URL(request.url);
    const response = await kept.match(request, { ignoreVary: true });
    const age = Date.now() - Number(response.headers.get("Kept-At"));
    if ((isForm(url) && age > WEEK) || (!isPage(url) && age > 4 * WEEK)) await kept.delete(request);
  }
}

const copyOf = (url) => caches.match(nameOf(url), { ignoreVary: true });

// --- Opening a page ---

async function file(request) {
  const network = fetch(request);
  const kept = await caches.match(request.url, { ignoreVary: true });
  return kept ? within(network, PATIENCE).catch(() => kept) : network;
}

function within(promise, milliseconds) {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    setTimeout(() => reject(new Error("Too slow")), milliseconds);
  });
}

async function visit(event, url) {
  const network = fromNetwork(event);
  const kept = await copyOf(url);
  if (kept) event.waitUntil(network.then((response) => renew(url, response.clone()), () => {}));
  // Where a page arrives, an answer may go.
  event.waitUntil(network.then((response) => outbox.send(response.ok)).catch(() => {}));
  try {
    const response = await (kept ? within(network, PATIENCE) : network);
    if (kept && response.status >= 500) return asFresh(kept, url);
    return await withNotice(response, url);
  } catch (error) {
    if (kept) return asFresh(kept, url);
    return (await offlinePage(url)) || Promise.reject(error);
  }
}

async function fromNetwork(event) {
  return (await event.preloadResponse) || fetch(event.request);
}

async function renew(url, response) {
  if (response.ok) return keepOne(url, response);
  if (response.status !== 404 && response.status !== 410) return undefined;
  return (await caches.open(KEPT)).delete(nameOf(url));
}

// A form from this phone gets a submission id of its own: the one it came with may be in use.
async function asFresh(kept, url) {
  if (!isForm(url) && !isKiosk(url)) return kept.clone();
  const page = (await kept.clone().text())
    .replace(/(name="submission_id" value=")[^"]*("[^>]*>)/, (_, head, tail) =>
      `${head}${crypto.randomUUID()}${tail}<input type="hidden" name="kept" value="1">`)
    .replace(/(name="seal" value=")[^"]*/, "$1");
  return new Response(page, { headers: kept.headers });
}

async function offlinePage(url) {
  const language = url.searchParams.get("lang");
  const kept = await caches.open(KEPT);
  const pages = (await kept.keys()).filter((request) => new URL(request.url).pathname === "/offline");
  const own = pages.find((request) => new URL(request.url).searchParams.get("lang") === language);
  const page = own || pages[0];
  return page && kept.match(page, { ignoreVary: true });
}

// --- What is there to tell: put on top of the next page of ours, but never on a page about help ---

async function withNotice(response, url) {
  const isPage = response.ok && (response.headers.get("Content-Type") || "").startsWith("text/html");
  if (!isPage || isHelp(url) || isKiosk(url) || url.pathname === "/saved") return response;
  const notice = await noticeOf(url).catch(() => "");
  if (!notice) return response;
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  const page = (await response.text()).replace(/<main[^>]*>/, (main) => main + notice);
  return new Response(page, { headers });
}

async function noticeOf(url) {
  const items = (await outbox.all()).filter((item) => !item.kiosk);
  const state = ["refused", "sent", "waiting"].find((each) => items.some((item) => item.state === each));
  if (!state) return "";
  const saved = await copyOf(new URL(`/saved${url.search}`, url)) || await copyOf(new URL("/saved", url));
  const words = saved ? await saved.clone().text() : "";
  const found = words.match(new RegExp(`<template data-notice="${state}">([\\s\\S]*?)</template>`));
  return found ? found[1] : "";
}

// --- Sending ---

// The answer is kept first and forgotten when our server says that it has it. So it survives
// whatever happens in between: the tab closed, the phone switched off, the reply lost.
async function send(event, url) {
  const { request } = event;
  let item;
  try {
    item = await keepForm(await request.clone().text(), url);
  } catch {
    return fetch(request); // the browser's own way
  }
  const trying = tryOnce(request, item);
  event.waitUntil(trying);
  const reply = await trying;
  if (reply) return reply;
  if (self.registration.sync) await self.registration.sync.register("answers").catch(() => {});
  const language = url.searchParams.get("lang");
  return Response.redirect(language ? `/saved?lang=${language}` : "/saved", 303);
}

async function keepForm(body, url) {
  const fields = new URLSearchParams(body);
  if (fields.has("sealed")) {
    // The page about what waits sends a box again, to show what comes of it.
    const known = (await outbox.all()).find((item) => item.sealed === fields.get("sealed"));
    if (known) return { ...known, isBox: true };
  }
  if (!fields.get("submission_id")) throw new Error("Nothing to keep it under");
  const item = await outbox.keep(url.pathname + url.search, body, self.outboxKey);
  return { ...item, isBox: fields.has("kept") };
}

// The reply to show, or null where the answer has to wait.
async function tryOnce(request, item) {
  let reply = null;
  try {
    if (!navigator.onLine) throw new Error("No network");
    reply = await (item.isBox ? outbox.post(item) : fetch(request, { signal: outbox.within(SENDING) }));
    if (outbox.verdict(reply) === "later") throw new Error("Not looked at");
    await outbox.remove(item.id);
    return reply;
  } catch {
    if (item.state === "waiting") {
      const { isBox, ...kept } = item;
      await outbox.put(outbox.putOff(kept, reply));
    }
    return null;
  }
}
