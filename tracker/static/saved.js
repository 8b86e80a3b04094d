// The page about answers that wait on this phone: tells how it stands, tries again, shows the end.
//
// When an answer has gone through, or was refused, its box is sent once more the browser's own way:
// then the page that follows is the server's own, with the four words or with everything to mend.

(() => {
  const main = document.querySelector("[data-saved]");
  const show = (state) => {
    for (const part of main.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  };

  if (!outbox.isPossible()) {
    show("none");
    return;
  }

  let item = null;
  let timer = 0;
  const wasWaiting = new Set();

  async function look() {
    const items = (await outbox.all()).filter((each) => !each.kiosk);
    const found = ["refused", "sent", "waiting"].map((state) => items.find((each) => each.state === state));
    item = found.find(Boolean) || null;
    for (const each of items) if (each.state === "waiting") wasWaiting.add(each.id);
    if (item && item.state !== "waiting" && wasWaiting.has(item.id) && !document.hidden) open();
    else tell();
  }

  function tell() {
    show(item ? item.state : "none");
    if (item && item.state === "waiting") count();
  }

  // Says when the next try is, and tries then. Only the change is announced, not every second.
  function count() {
    clearTimeout(timer);
    const seconds = Math.max(0, Math.ceil((item.next - Date.now()) / 1000));
    const text = main.querySelector("[data-next]");
    text.textContent = seconds ? text.dataset.next.replace("{seconds}", seconds) : text.dataset.now;
    if (seconds) timer = setTimeout(count, 1000);
    else tryNow(false);
  }

  async function tryNow(isForced) {
    clearTimeout(timer);
    const text = main.querySelector("[data-next]");
    text.textContent = text.dataset.now;
    await outbox.send(isForced);
    await look();
  }

  function open() {
    const form = main.querySelector("form");
    form.action = item.action;
    form.elements.sealed.value = item.sealed;
    form.submit();
  }

  async function forget() {
    await outbox.remove(item.id);
    main.querySelector("[data-sure]").hidden = true;
    await look();
  }

  const acts = {
    try: () => tryNow(true),
    open,
    forget,
    ask: () => {
      const sure = main.querySelector("[data-sure]");
      sure.hidden = false;
      sure.querySelector("button").focus();
    },
    stay: () => {
      main.querySelector("[data-sure]").hidden = true;
      main.querySelector("[data-do=ask]").focus();
    },
  };
  main.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do]");
    if (button) acts[button.dataset.do]();
  });
  window.addEventListener("online", () => { if (item && item.state === "waiting") tryNow(true); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  look();
})();
