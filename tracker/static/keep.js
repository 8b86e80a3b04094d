// What a form keeps on the phone, from the moment a young person begins to answer: survey.js loads
// this then, and not before. Words come from the page /saved, which is kept too.
//
// - The service worker is registered and told what this page needs without a network.
// - A draft, only for those who ask for it. It is encrypted with a key that is made of two halves:
//   one that stays in the browser's store and can't be read out, one that belongs to this tab. Either
//   half gone, nothing is left to read: on sending, on leaving, when the tab is closed.

const form = document.querySelector("form[data-survey]");
// Not where this page is: the address of an invitation is its code, and stays nowhere.
const place = new URL(form.action).pathname;
const language = new URL(form.action).searchParams.get("lang");
const inLanguage = (path) => (language ? `${path}?lang=${language}` : path);

const isSafe = isSecureContext && "indexedDB" in window && crypto.subtle;

async function register() {
  await navigator.serviceWorker.register("/worker.js");
  const { active } = await navigator.serviceWorker.ready;
  const files = [...document.querySelectorAll("link[rel=stylesheet], script[src], img[src]")];
  const saved = await words();
  const needed = [
    ...saved.querySelector("[data-saved]").dataset.first.split(" "),
    inLanguage(place),
    form.dataset.keep,
    ...files.map((file) => file.href || file.src),
    ...saved.querySelector("[data-keep]").dataset.keep.split(" "),
  ];
  active.postMessage({ keep: needed });
}

// The page about what waits holds the words for all of this.
let page = null;

function words() {
  page = page || wordsOf().catch((error) => { page = null; throw error; });
  return page;
}

async function wordsOf() {
  const response = await fetch(inLanguage("/saved"));
  if (!response.ok) throw new Error(response.status);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// --- The draft ---

const HALF_AN_HOUR = 30 * 60 * 1000;
const half = `draft ${place}`;
const bytesOf = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

function inStore(mode, work) {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("loopkeeper-draft", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "place" });
    asked.onerror = () => reject(asked.error);
    asked.onsuccess = () => {
      const whole = asked.result.transaction("drafts", mode);
      const done = work(whole.objectStore("drafts"));
      whole.oncomplete = () => { asked.result.close(); resolve(done.result); };
      whole.onerror = whole.onabort = () => { asked.result.close(); reject(whole.error); };
    };
  });
}

async function keyOf(base) {
  const salt = bytesOf(sessionStorage.getItem(half));
  const way = { name: "HKDF", hash: "SHA-256", salt, info: new TextEncoder().encode("draft") };
  return crypto.subtle.deriveKey(way, base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

class Draft {
  constructor(saved) {
    const control = saved.querySelector("template[data-draft]").content.cloneNode(true);
    this.box = control.querySelector("input");
    this.forgetting = control.querySelector("button");
    this.status = control.querySelector("[role=status]");
    form.append(control);
    this.part = this.box.closest("[data-on]");
    this.part.hidden = document.documentElement.dataset.at === "start";
    this.box.disabled = true; // until it is known what is kept already: see `find`
    this.isWanted = false;
    this.listen();
  }

  listen() {
    this.box.addEventListener("change", () => (this.box.checked ? this.begin() : this.forget(this.status.dataset.forgotten)));
    this.forgetting.addEventListener("click", () => this.forget(this.status.dataset.forgotten));
    for (const kind of ["input", "change", "survey:step"]) form.addEventListener(kind, (event) => {
      if (event.target !== this.box) this.soon();
    });
    form.addEventListener("submit", (event) => { if (!event.defaultPrevented) this.wipe(); });
    document.addEventListener("click", ({ target }) => {
      const link = target.closest("a[href], [data-leave]");
      if (link && this.isLeaving(link)) this.wipe();
    }, true);
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.write(); });
    window.addEventListener("pagehide", () => { if (document.body.hidden) this.wipe(); }); // left quickly
    window.addEventListener("pageshow", ({ persisted }) => { if (persisted) this.look(); });
  }

  // Help is part of the way; any other link off this page is leaving it.
  isLeaving(link) {
    if (!link.href || link.matches("[data-leave]")) return true;
    const to = new URL(link.href);
    if (!/^https?:$/.test(to.protocol)) return false;
    return to.origin !== location.origin || (to.pathname !== place && !/^\/help(\/|$)/.test(to.pathname));
  }

  async begin() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    sessionStorage.setItem(half, btoa(String.fromCharCode(...bytes)));
    this.base = await crypto.subtle.importKey("raw", crypto.getRandomValues(new Uint8Array(32)), "HKDF", false, ["deriveKey"]);
    this.want(true);
    await this.write();
    if (this.isWanted) this.status.textContent = this.status.dataset.kept;
  }

  want(isWanted) {
    this.isWanted = isWanted;
    this.box.checked = isWanted;
    this.forgetting.hidden = !isWanted;
    if (isWanted) this.touch();
  }

  // Half an hour counts from the last thing that was done here.
  touch() {
    this.until = Date.now() + HALF_AN_HOUR;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), HALF_AN_HOUR);
  }

  look() {
    if (this.isWanted && Date.now() >= this.until) this.forget(this.status.dataset.over);
  }

  soon() {
    if (!this.isWanted) return;
    this.touch();
    clearTimeout(this.writing);
    this.writing = setTimeout(() => this.write(), 400);
  }

  async write() {
    if (!this.isWanted) return;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const { base, until } = this;
    const text = new TextEncoder().encode(JSON.stringify(answers()));
    const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(base), text);
    if (this.isWanted) await inStore("readwrite", (store) => store.put({ place, base, until, iv, data }));
  }

  // Nobody may begin a draft while an earlier one is looked for: the new one would be taken for it.
  async find() {
    await this.restore().catch(() => this.wipe()); // what can't be read any more is of no use
    this.box.disabled = false;
  }

  async restore() {
    await this.dropOld();
    if (!sessionStorage.getItem(half)) return;
    const kept = await inStore("readonly", (store) => store.get(place));
    if (!kept) {
      sessionStorage.removeItem(half);
      return;
    }
    this.base = kept.base;
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await keyOf(kept.base), kept.data);
    putBack(JSON.parse(new TextDecoder().decode(text)));
    this.want(true);
    this.status.textContent = this.status.dataset.back;
  }

  // Drafts whose time is over, of this survey and of any other.
  dropOld() {
    return inStore("readwrite", (store) => {
      const asked = store.openCursor();
      asked.onsuccess = () => {
        const cursor = asked.result;
        if (!cursor) return;
        if (cursor.value.until <= Date.now()) cursor.delete();
        cursor.continue();
      };
      return asked;
    });
  }

  forget(message) {
    this.want(false);
    this.status.textContent = message;
    return this.wipe();
  }

  // The tab's half of the key goes at once: from here on the rest can't be read, whatever follows.
  wipe() {
    this.isWanted = false;
    clearTimeout(this.timer);
    clearTimeout(this.writing);
    sessionStorage.removeItem(half);
    return inStore("readwrite", (store) => store.delete(place)).catch(() => {});
  }
}

// --- What stands in the form ---

const controls = () => [...form.querySelectorAll(".question")].flatMap((question) =>
  [...question.querySelectorAll("input, select, textarea")].map((control) => ({ question, control })));

function answers() {
  const typed = controls().map(({ control }) =>
    /radio|checkbox/.test(control.type) ? control.checked : control.value);
  const names = controls().map(({ control }) => `${control.name}=${/radio|checkbox/.test(control.type) ? control.value : ""}`);
  const skipped = [...form.querySelectorAll(".question[data-skipped]")].map((question) => question.id);
  return { names, typed, skipped };
}

function putBack({ names, typed, skipped }) {
  const kept = new Map(names.map((name, at) => [name, typed[at]]));
  for (const { question, control } of controls()) {
    const isTicked = /radio|checkbox/.test(control.type);
    const value = kept.get(`${control.name}=${isTicked ? control.value : ""}`);
    if (value === undefined) continue;
    if (isTicked) control.checked = value;
    else control.value = value;
    if (skipped.includes(question.id)) question.dataset.skipped = "";
  }
  document.dispatchEvent(new CustomEvent("survey:restored"));
}

// --- Beginning, and on a bad connection beginning again with each question ---

let registered = null;
let draft = null;

function draftIn(saved) {
  const made = new Draft(saved);
  made.find();
  return made;
}

function begin() {
  if (isSafe && "serviceWorker" in navigator && !registered) {
    registered = register().catch(() => { registered = null; });
  }
  if (isSafe && !draft) {
    draft = words().then(draftIn).catch(() => { draft = null; });
  }
}

form.addEventListener("survey:step", begin);
begin();
