// Enhancement only: hearing works without it. Keys are off for whoever switches them off.
const STORE = "loopkeeper.hear.keys";
const form = document.querySelector("[data-hear]");

function remembered() {
  try { return localStorage.getItem(STORE) !== "off"; } catch { return true; }
}

function remember(isOn) {
  try { localStorage.setItem(STORE, isOn ? "on" : "off"); } catch { /* a private window */ }
}

function startKeys() {
  const note = form.querySelector("[data-keys]");
  const onOff = form.querySelector("[data-keys-on]");
  const caps = form.querySelectorAll(".toggle__key");
  const boxes = form.querySelectorAll(".toggle__box");
  const show = () => caps.forEach((cap) => { cap.hidden = !onOff.checked; });
  onOff.checked = remembered();
  note.hidden = false;
  show();
  onOff.addEventListener("change", () => { remember(onOff.checked); show(); });
  document.addEventListener("keydown", (event) => {
    if (!onOff.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    // Whoever is in a box, on a button or on a link means that one.
    const at = event.target;
    const isBox = at.matches(".toggle__box");
    if (!isBox && at.closest("input, textarea, select, button, a, summary")) return;
    if (/^[1-9]$/.test(event.key) && boxes[event.key - 1]) {
      const box = boxes[event.key - 1];
      box.checked = !box.checked;
      box.focus();
      event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      form.querySelector("[name=save]").click();
    } else {
      document.querySelector(`[data-turn="${event.key}"]`)?.click();
    }
  });
}

function startTickAll() {
  const all = document.querySelector("[data-tick-all]");
  const boxes = document.querySelectorAll(".answer__box");
  all.hidden = false;
  all.querySelector("input").addEventListener("change", (event) => {
    boxes.forEach((box) => { box.checked = event.target.checked; });
  });
}

if (form) startKeys();
if (document.querySelector("[data-tick-all]")) startTickAll();
