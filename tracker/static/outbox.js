// Answers that wait on this device until they can be sent: sealed, kept, tried again.
//
// Used by the service worker (worker.js), by the page about what waits (saved.js) and by the kiosk.
// An answer is sealed for the server alone before it is kept: nobody can read it on this device, we
// neither. Sending it twice is harmless, because it carries its submission id. Each reply of ours
// that has looked at an answer says in the header "Answer-Kept" whether it is kept ("yes"), has to
// go back to the person ("no") or needs something of the person first ("ask"); any other reply, a
// café's sign-in page or a broken server, means: later.

self.outbox = (() => {
  const STORE = "answers";
  // How long to wait after each failed try, in seconds: then always as long as the last.
  const WAITS = [5, 10, 20, 40, 80, 160, 300];
  const PATIENCE = 30_000;
  // The largest form that is kept here; a larger one is sent the browser's own way.
  const MOST = 600_000;

  const text = new TextEncoder();

  function encoded(bytes) {
    let signs = "";
    for (const byte of new Uint8Array(bytes)) signs += String.fromCharCode(byte);
    return btoa(signs).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function decoded(base64) {
    const signs = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(signs, (sign) => sign.charCodeAt(0));
  }

  function isPossible() {
    return Boolean(self.isSecureContext && self.indexedDB && self.crypto && self.crypto.subtle);
  }

  // A box that only the holder of the private half of `key` opens (tracker/web/sealed.py).
  async function seal(body, key) {
    const curve = { name: "ECDH", namedCurve: "P-256" };
    const { subtle } = crypto;
    const server = await subtle.importKey("raw", decoded(key), curve, false, []);
    const own = await subtle.generateKey(curve, false, ["deriveBits"]);
    const point = await subtle.exportKey("raw", own.publicKey);
    const shared = await subtle.deriveBits({ name: "ECDH", public: server }, own.privateKey, 256);
    const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
    const secret = await subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: point, info: text.encode("loopkeeper outbox 1") },
      base,
      { name: "AES-GCM", length: 256 },
      false,
      ["encrypt"],
    );
    const sealed = await subtle.encrypt(
      { name: "AES-GCM", iv: new Uint8Array(12), additionalData: point },
      secret,
      text.encode(body),
    );
    const box = new Uint8Array(point.byteLength + sealed.byteLength);
    box.set(new Uint8Array(point));
    box.set(new Uint8Array(sealed), point.byteLength);
    return encoded(box);
  }

  function opened() {
    return new Promise((resolve, reject) => {
      const asked = indexedDB.open("loopkeeper-outbox", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
      asked.onsuccess = () => {
        asked.result.onversionchange = () => asked.result.close();
        resolve(asked.result);
      };
      asked.onerror = () => reject(asked.error);
      asked.onblocked = () => reject(new Error("The store is in use"));
    });
  }

  // Runs `work` on the store; what it asked for is there once the whole is safely written.
  async function inStore(mode, work) {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const whole = database.transaction(STORE, mode, { durability: "strict" });
        const asked = work(whole.objectStore(STORE));
        whole.oncomplete = () => resolve(asked.result);
        whole.onabort = whole.onerror = () => reject(whole.error);
      });
    } finally {
      database.close();
    }
  }

  const all = () => inStore("readonly", (store) => store.getAll());
  const find = (id) => inStore("readonly", (store) => store.get(id));
  const put = (item) => inStore("readwrite", (store) => store.put(item));
  const remove = (id) => inStore("readwrite", (store) => store.delete(id));

  // Seals the body of a form and keeps it; the same submission id is kept once. `more` goes with it.
  async function keep(action, body, key, more = {}) {
    if (body.length > MOST) throw new Error("Too large to keep here");
    const id = new URLSearchParams(body).get("submission_id");
    const item = { id, action, sealed: await seal(body, key), state: "waiting", tries: 0, next: 0, ...more };
    await put(item);
    return item;
  }

  function verdict(response) {
    return { yes: "sent", no: "refused", ask: "asked" }[response.headers.get("Answer-Kept")] || "later";
  }

  // One try to send, with the seal that the server may ask for on the way. Resolves to the reply.
  async function post(item) {
    const reply = await posted(item);
    const seal = reply.headers.get("Loopkeeper-Seal");
    if (!seal || seal === item.seal) return reply;
    item.seal = seal;
    return verdict(reply) === "asked" && reply.status === 400 ? posted(item) : reply;
  }

  function posted(item) {
    const fields = new URLSearchParams({ sealed: item.sealed });
    if (item.seal) fields.set("seal", item.seal);
    return fetch(item.action, {
      method: "POST",
      body: fields,
      cache: "no-store",
      credentials: "omit",
      signal: within(PATIENCE),
    });
  }

  function within(milliseconds) {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), milliseconds);
    return controller.signal;
  }

  // Puts off the next try: as the server says, else later and later; never all phones at once.
  function putOff(item, reply) {
    const asked = reply ? Number(reply.headers.get("Retry-After")) : 0;
    item.tries += 1;
    const seconds = asked > 0 ? Math.min(asked, 3600) : WAITS[Math.min(item.tries, WAITS.length) - 1];
    item.next = Date.now() + seconds * (1000 + Math.random() * 200);
    item.isHeld = asked > 0; // by the server: then no press makes it go sooner
    return item;
  }

  async function trySending(item) {
    let reply = null;
    try {
      reply = await post(item);
    } catch {
      reply = null;
    }
    const result = reply ? verdict(reply) : "later";
    // It may have been dealt with meanwhile, by another page or by the person.
    const known = await find(item.id);
    if (!known || known.state !== "waiting") return known;
    known.seal = item.seal;
    if (result === "sent" || result === "refused") {
      known.state = result;
    } else {
      putOff(known, reply);
    }
    if (known.kiosk && known.state === "sent") await remove(known.id);
    else await put(known);
    return known;
  }

  let sending = null;

  // Tries every answer whose time has come; with `isForced`, every one that nobody but us put off.
  // Resolves to all that are here then.
  function send(isForced = false) {
    sending = sending || sendAll(isForced).finally(() => { sending = null; });
    return sending;
  }

  async function sendAll(isForced) {
    const waiting = (await all()).filter((item) => item.state === "waiting");
    for (const item of waiting) {
      if (item.next <= Date.now() || (isForced && !item.isHeld)) await trySending(item);
    }
    return all();
  }

  return { all, isPossible, keep, post, put, putOff, remove, send, verdict, within };
})();
