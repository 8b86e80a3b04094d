// The year follows the boxes while they are changed. Without this, "Show the year" does the same.
(() => {
  const form = document.querySelector("form[data-look]");
  if (!form) return;
  const year = document.getElementById("year");
  const said = document.querySelector("[data-said]");
  let asked = 0;
  let timer = 0;

  async function look() {
    const mine = (asked += 1);
    const typed = new FormData(form);
    typed.set("do", "look");
    let page;
    try {
      const answer = await fetch(form.action, { method: "POST", body: typed, credentials: "same-origin" });
      year.classList.toggle("cadence-year--stale", !answer.ok && mine === asked);
      if (!answer.ok) return; // something isn't sound yet: "Save" says what
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return;
    }
    if (mine !== asked) return; // a later change was looked at meanwhile
    for (const id of ["year", "days"]) {
      const fresh = page.getElementById(id);
      const old = document.getElementById(id);
      if (fresh && old) old.replaceChildren(...fresh.childNodes);
    }
    const unsaved = year.querySelector(".cadence-unsaved p");
    said.textContent = unsaved ? unsaved.textContent : "";
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 400);
  });
})();
