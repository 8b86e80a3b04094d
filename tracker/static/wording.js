// Wording help while an author types. The findings come from the server, so that the rules live in
// one place; nothing is kept there. What is ticked stays ticked, and the number is announced when
// it changes.

(() => {
  const help = document.querySelector("[data-wording]");
  const form = help && help.closest("form");
  const list = help && help.querySelector(".wording__list");
  if (!list) return;
  const status = help.querySelector(".wording__status");
  const pause = 700; // milliseconds without a key
  let timer = 0;
  let asked = 0;

  function show(fresh) {
    const said = fresh.querySelector(".wording__status").textContent;
    if (status.textContent !== said) status.textContent = said;
    list.replaceChildren(...fresh.querySelectorAll(".wording__list > li"));
  }

  async function ask() {
    asked += 1;
    const mine = asked;
    try {
      const answer = await fetch(help.dataset.wording, { method: "POST", body: new FormData(form) });
      if (!answer.ok || mine !== asked) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (page.querySelector(".wording__list")) show(page);
    } catch {
      // Without a connection the findings stand as they are; they come again on saving.
    }
  }

  form.addEventListener("input", (event) => {
    if (help.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
})();
