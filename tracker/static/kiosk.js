// The kiosk: one child after the other on the same tablet, none of whom finds anything of another.
//
// Every child gets a page that was loaded anew. What is sent is sealed for the server and queued
// before anything else happens (outbox.js), so that a lost connection loses nothing. All words stand
// in the page. Times are in seconds.

(() => {
  const REST = 20; // without a touch, then everything starts again
  const WARNING = 10; // of these, with "Are you still there?"
  const LONGER = 10; // times as long for those who ask for more time
  const THANKS = 8;
  const QUEUE = 30; // between two looks at the queue
  const PIN_TRIES = 5;
  const PIN_PAUSE = 15 * 60;

  const bar = document.getElementById("kiosk");
  const main = document.getElementById("main");
  const form = document.querySelector("form[data-kiosk]");
  const seconds = (number) => number * 1000;
  const find = (what, inside = document) => inside.querySelector(what);

  // --- The queue, also on a kiosk that has ended ---

  async function sendWaiting(isForced) {
    const items = await outbox.send(isForced);
    const waiting = items.filter((item) => item.state === "waiting").length;
    const refused = items.length - waiting;
    if (bar) {
      find("[data-waiting-note]").hidden = !waiting;
      await greet(waiting + refused);
    }
    return { waiting, refused };
  }

  // Tells how many wait, and hears whether staff have ended this kiosk.
  async function greet(waiting) {
    try {
      const reply = await send(bar.dataset.hello, { waiting });
      if (reply.ok && (await reply.json()).ended && !isBusy()) location.replace(bar.dataset.home);
    } catch {
      // No connection: the next look.
    }
  }

  function send(address, fields) {
    return fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      cache: "no-store",
      signal: outbox.within(seconds(6)),
    });
  }

  const looksAtQueue = (isForced) => sendWaiting(isForced).catch(() => {});
  if (outbox.isPossible()) {
    looksAtQueue(false);
    setInterval(() => looksAtQueue(false), seconds(QUEUE));
    window.addEventListener("online", () => looksAtQueue(true));
  }
  if (!bar) return;
  if (!outbox.isPossible() || !("serviceWorker" in navigator)) {
    find("[data-cannot]").hidden = false;
    main.hidden = true;
    return;
  }
  keepPages().catch(() => {});

  async function keepPages() {
    await navigator.serviceWorker.register("/worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const files = [...document.querySelectorAll("link[rel=stylesheet], script[src], img[src]")];
    const pages = bar.dataset.keep.split(" ");
    active.postMessage({ keep: [location.pathname + location.search, ...pages, ...files.map((file) => file.href || file.src)] });
  }

  // --- Starting again ---

  let hasBegun = false;

  function isBusy() {
    const at = document.documentElement.dataset.at;
    const isAtHome = location.pathname === bar.dataset.home && !location.search && (!at || at === "start");
    return hasBegun && !(isAtHome && !document.querySelector("input:checked"));
  }

  function startAgain() {
    for (const each of document.forms) each.reset();
    document.body.hidden = true;
    main.textContent = "";
    history.replaceState(null, "");
    location.replace(bar.dataset.home);
  }

  // --- Rest ---

  const still = document.getElementById("kiosk-still");
  let longer = 1;
  let touched = Date.now();
  let isOver = false; // thanked: another clock runs

  function touch() {
    hasBegun = true;
    touched = Date.now();
    if (still.open) still.close();
  }

  function watch() {
    if (isOver || !isBusy()) return;
    const rest = (Date.now() - touched) / 1000;
    const left = Math.ceil(REST * longer - rest);
    if (left <= 0) startAgain();
    else if (left <= Math.max(WARNING, 2 * WARNING * (longer > 1))) warn(left);
  }

  function warn(left) {
    find(".kiosk-count", still).textContent = left;
    if (still.open) return;
    for (const open of document.querySelectorAll("dialog[open]")) open.close();
    still.showModal();
  }

  function askForMore() {
    longer = LONGER;
    find("[data-more]").setAttribute("aria-pressed", "true");
  }

  setInterval(watch, seconds(1));
  for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
    window.addEventListener(kind, touch, { capture: true, passive: true });
  }

  // --- Sending ---

  const thanks = document.getElementById("kiosk-thanks");

  function bodyOf() {
    const fields = new URLSearchParams(new FormData(form));
    fields.set("submission_id", crypto.randomUUID ? crypto.randomUUID() : uuid());
    for (const name of ["seal", "website", "look"]) fields.delete(name);
    return fields;
  }

  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  const isAnswer = ([name, value]) => /^q\d/.test(name) && value.trim();

  async function submit(event) {
    if (event.defaultPrevented) return; // not at the check yet
    event.preventDefault();
    const fields = bodyOf();
    if (![...fields].some(isAnswer)) {
      complain(main.dataset.nothing);
      return;
    }
    if (isOver) return; // pressed twice
    isOver = true;
    let item = null;
    try {
      item = await outbox.keep(main.dataset.answers, fields.toString(), bar.dataset.key, { kiosk: true });
    } catch {
      isOver = false;
      complain(main.dataset.failed);
      return;
    }
    form.reset();
    thank();
    tryNow(item);
  }

  function complain(message) {
    const place = find("[role=alert]", form) || form.appendChild(document.createElement("p"));
    place.setAttribute("role", "alert");
    place.className = "question-error";
    place.textContent = message;
    const button = find("[data-sending]", form);
    if (button.dataset.send) button.textContent = button.dataset.send;
  }

  function thank() {
    for (const part of main.children) part.hidden = part !== thanks;
    document.documentElement.dataset.at = "thanks";
    const heading = find("h1", thanks);
    heading.textContent = heading.dataset[navigator.onLine ? "sent" : "kept"];
    heading.focus();
    endIn(THANKS);
  }

  let ending = 0;

  function endIn(time) {
    clearTimeout(ending);
    ending = setTimeout(startAgain, seconds(time));
  }

  async function tryNow(item) {
    let reply = null;
    try {
      reply = await outbox.post(item);
    } catch {
      reply = null;
    }
    const result = reply ? outbox.verdict(reply) : "later";
    if (result === "sent") {
      await outbox.remove(item.id);
      offerWords((await reply.json()).words);
    } else {
      const heading = find("h1", thanks);
      heading.textContent = heading.dataset.kept;
      find("[data-later]", thanks).hidden = false;
      if (result === "refused") item.state = "refused";
      else outbox.putOff(item, reply);
      await outbox.put(item);
    }
  }

  // The four words are on the screen only for somebody who asks, and then as long as they stay.
  function offerWords(words) {
    const button = find("[data-words]", thanks);
    button.hidden = !words.length;
    button.addEventListener("click", () => {
      clearTimeout(ending);
      isOver = false;
      touch();
      button.hidden = true;
      find("[data-receipt]", thanks).hidden = false;
      find(".receipt", thanks).append(...words.map((word) => {
        const item = document.createElement("li");
        item.textContent = word;
        return item;
      }));
    });
  }

  if (form) form.addEventListener("submit", (event) => submit(event));

  // --- "Did it change?" ---

  async function judge(event) {
    event.preventDefault();
    const each = event.target;
    const status = find("[role=status]", each);
    const unsent = find("[data-unsent]");
    unsent.hidden = true;
    if (!each.elements.verdict.value) {
      status.textContent = status.dataset.choose;
      return;
    }
    try {
      const reply = await send(each.action, new FormData(each));
      if (!reply.ok) throw new Error(reply.status);
    } catch {
      unsent.hidden = false;
      unsent.scrollIntoView();
      return;
    }
    each.reset();
    for (const part of each.children) part.hidden = part !== status;
    status.textContent = status.dataset.said;
  }

  for (const each of document.querySelectorAll("form[data-verdict]")) each.addEventListener("submit", judge);

  // --- Staff ---

  const staff = document.getElementById("kiosk-staff");
  const pin = document.getElementById("kiosk-pin");
  const TRIES = "kiosk tries";

  const triesLately = () => JSON.parse(localStorage.getItem(TRIES) || "[]").filter((at) => at > Date.now() - seconds(PIN_PAUSE));

  async function isRight(typed) {
    try {
      const reply = await send(bar.dataset.unlock, { pin: typed });
      if (reply.status === 429) return null;
      if (reply.ok || reply.status === 403) return reply.ok;
    } catch {
      // No connection: the tablet checks for itself.
    }
    if (triesLately().length >= PIN_TRIES) return null;
    const isIt = (await hashOf(typed)) === bar.dataset.hash;
    if (!isIt) localStorage.setItem(TRIES, JSON.stringify([...triesLately(), Date.now()]));
    return isIt;
  }

  async function hashOf(typed) {
    const text = new TextEncoder().encode(typed);
    const salt = Uint8Array.from(bar.dataset.salt.match(/../g), (pair) => parseInt(pair, 16));
    const base = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveBits"]);
    const way = { name: "PBKDF2", hash: "SHA-256", salt, iterations: Number(bar.dataset.rounds) };
    const bits = await crypto.subtle.deriveBits(way, base, 256);
    return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  let knownPin = "";

  async function unlock(event) {
    event.preventDefault();
    const says = find("[role=alert]", staff);
    says.textContent = "";
    const typed = pin.value;
    const right = await isRight(typed);
    pin.value = "";
    if (!right) {
      says.textContent = says.dataset[right === null ? "slow" : "wrong"];
      return;
    }
    knownPin = typed;
    find("[data-pin]").hidden = true;
    find("[data-panel]").hidden = false;
    tellStaff(await outbox.all());
  }

  function tellStaff(items) {
    const status = find("[data-panel] [role=status]");
    const waiting = items.filter((item) => item.state === "waiting").length;
    const refused = items.length - waiting;
    const said = [];
    if (waiting) said.push(status.dataset.waiting.replace("{waiting}", waiting));
    if (refused) said.push(status.dataset.refused.replace("{refused}", refused));
    status.textContent = said.join(" ") || status.dataset.none;
  }

  async function leave() {
    await looksAtQueue(true);
    try {
      await send(bar.dataset.unlock, { pin: knownPin, leave: "" });
    } catch {
      // Ended from the staff page, then. What waits is sent by the service worker.
    }
    location.replace(bar.dataset.out);
  }

  function closeStaff() {
    knownPin = "";
    pin.value = "";
    find("[data-pin]").hidden = false;
    find("[data-panel]").hidden = true;
  }

  find("[data-pin]").addEventListener("submit", unlock);
  staff.addEventListener("close", closeStaff);
  find("[data-leave]").addEventListener("click", leave);
  find("[data-try]").addEventListener("click", async () => {
    await looksAtQueue(true);
    tellStaff(await outbox.all());
  });

  // --- Buttons, and no way back ---

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.open) document.getElementById(button.dataset.open).showModal();
    if ("close" in button.dataset) button.closest("dialog").close();
    if ("again" in button.dataset) startAgain();
    if ("more" in button.dataset || "moreNow" in button.dataset) askForMore();
  });

  // Back leads to this page once more, and that starts again. A page that the browser had put aside
  // whole is never shown.
  window.addEventListener("pointerdown", () => history.pushState(history.state, ""), { once: true });
  window.addEventListener("popstate", startAgain);
  window.addEventListener("pagehide", () => { document.body.hidden = true; });
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) location.replace(bar.dataset.home); });
})();
