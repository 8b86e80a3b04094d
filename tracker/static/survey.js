// Enhancement of a survey's questions: on the phone form, in the preview and where staff type in.
// Without it nothing is missing: every question stands on one page with its condition in words, and
// a ranking takes numbers. All words stand in the templates, not here.
//
// - An element with data-show-if="<key>" data-any-of="<choice keys>" gets data-applies="yes" or "no";
//   the style sheet hides those that don't apply. What was typed in them stays. After each look the
//   document gets a "survey:applied" event.
// - A list with data-ranking is put in order by buttons.
// - A form with a [data-do=next] is walked one screen at a time (class Steps). The form gets a
//   "survey:step" event for each screen. After "survey:restored" on the document, which says that
//   answers were put into the controls, everything is drawn anew.

(() => {
  const withWords = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);

  function chosen(question) {
    if ("skipped" in question.dataset) return [];
    return Array.from(question.querySelectorAll("input:checked"), (input) => input.value);
  }

  function applies(question) {
    const asked = document.getElementById(question.dataset.showIf);
    if (!asked) return true;
    if (asked.dataset.applies === "no") return false;
    const wanted = question.dataset.anyOf.split(" ");
    return chosen(asked).some((key) => wanted.includes(key));
  }

  function applyConditions() {
    for (const question of document.querySelectorAll("[data-show-if]")) {
      question.dataset.applies = applies(question) ? "yes" : "no";
    }
    document.dispatchEvent(new CustomEvent("survey:applied"));
  }

  class Ranking {
    constructor(list) {
      this.list = list;
      this.words = list.dataset;
      this.count = list.children.length;
      const items = Array.from(list.children);
      items.sort((one, other) => this.numberOf(one) - this.numberOf(other));
      for (const item of items) this.prepare(item);
      this.makeFoot();
      this.refresh(items.every((item) => this.numberOf(item) <= this.count));
      list.dataset.ranking = "buttons";
      document.addEventListener("survey:restored", () => this.again());
    }

    // The numbers were put back from a draft: the list follows them.
    again() {
      const items = Array.from(this.list.children);
      items.sort((one, other) => this.numberOf(one) - this.numberOf(other));
      this.list.append(...items);
      this.refresh(items.every((item) => this.numberOf(item) <= this.count));
    }

    numberOf(item) {
      return Number(item.querySelector("select").value || this.count + 1);
    }

    prepare(item) {
      item.querySelector("select").hidden = true;
      const text = item.querySelector(".rank-text");
      const thing = text.textContent.trim();
      item.dataset.thing = thing;
      const place = document.createElement("span");
      place.className = "rank-place";
      item.prepend(place);
      item.append(
        this.mover(item, -1, "↑", withWords(this.words.up, { thing })),
        this.mover(item, 1, "↓", withWords(this.words.down, { thing })),
      );
      this.list.append(item);
    }

    mover(item, step, sign, label) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "rank-move";
      button.textContent = sign;
      button.dataset.step = step;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", () => this.move(item, step, button));
      return button;
    }

    makeFoot() {
      const intro = this.list.parentElement.querySelector(".rank-numbers");
      intro.textContent = this.words.start;
      this.status = document.createElement("p");
      this.status.className = "rank-status";
      this.status.setAttribute("role", "status");
      this.keep = this.footButton(this.words.keep, () => this.answer(this.words.kept));
      this.clear = this.footButton(this.words.clear, () => this.forget());
      const foot = document.createElement("div");
      foot.className = "rank-foot";
      foot.append(this.keep, this.clear);
      this.list.after(foot, this.status);
    }

    footButton(text, act) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "second button";
      button.textContent = text;
      button.addEventListener("click", act);
      return button;
    }

    move(item, step, button) {
      const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
      if (!other) return;
      if (step < 0) other.before(item);
      else other.after(item);
      button.focus();
      const place = Array.from(this.list.children).indexOf(item) + 1;
      const { thing } = item.dataset;
      this.answer(withWords(this.words.moved, { thing, place, count: this.count }));
    }

    answer(message) {
      Array.from(this.list.children, (item, index) => {
        item.querySelector("select").value = String(index + 1);
      });
      this.tell(message, true);
    }

    forget() {
      for (const select of this.list.querySelectorAll("select")) select.value = "";
      this.tell(this.words.cleared, false);
      this.keep.focus();
    }

    tell(message, isAnswered) {
      this.refresh(isAnswered);
      this.status.textContent = message;
      this.list.dispatchEvent(new Event("change", { bubbles: true }));
    }

    refresh(isAnswered) {
      const items = Array.from(this.list.children);
      items.forEach((item, index) => {
        item.querySelector(".rank-place").textContent = String(index + 1);
        for (const button of item.querySelectorAll(".rank-move")) {
          const isAtEnd = index === (button.dataset.step === "-1" ? 0 : items.length - 1);
          button.setAttribute("aria-disabled", String(isAtEnd));
        }
      });
      this.list.dataset.answered = isAnswered ? "yes" : "no";
      const hadFocus = document.activeElement;
      this.keep.hidden = isAnswered;
      this.clear.hidden = !isAnswered;
      if (hadFocus === this.keep && isAnswered) this.clear.focus();
    }
  }

  // What a question's answer says, in the words that stand on the page; empty where there is none.
  function said(question) {
    if ("skipped" in question.dataset) return "";
    const ranks = question.querySelector("[data-ranking]");
    if (ranks) {
      if (ranks.dataset.answered === "no") return "";
      return Array.from(ranks.children, (item, at) => `${at + 1}. ${item.dataset.thing}`).join("\n");
    }
    const ticked = Array.from(question.querySelectorAll("input:checked"), (input) =>
      input.closest("label").lastElementChild.firstChild.textContent.trim(),
    );
    const written = question.querySelector(".answer");
    return ticked.join("\n") || (written ? written.value.trim() : "");
  }

  const asks = (question) => question.querySelector("input, select, textarea") !== null;
  const isOpen = (question) => question.dataset.applies !== "no";
  // Whoever comes back to a page sends the answer of that page, however the page came this time.
  const MARKS = ["submission_id", "seal"];

  // One screen at a time: the start, each question that applies, the check, sending.
  //
  // A screen is an entry of the browser's own history, so that Back and reload find it again. What
  // was typed never leaves its control: a question that is skipped or no longer applies keeps its
  // answer, and its controls are switched off at the moment of sending, so that it isn't sent.
  class Steps {
    constructor(form) {
      this.form = form;
      this.questions = Array.from(form.querySelectorAll(".question"));
      this.check = document.getElementById("check");
      this.mistakes = document.getElementById("mistakes");
      this.title = document.title;
      this.seen = new Set();
      this.depth = 0;
      this.listen();
      this.found = history.state;
      if (this.found) this.restore(this.found);
      else this.show(this.entrance(), "replaceState");
    }

    listen() {
      document.querySelector("a[href='#questions']").addEventListener("click", (event) => {
        event.preventDefault();
        this.show(this.open()[0] || this.check);
      });
      for (const button of this.form.querySelectorAll("[data-do]")) {
        button.addEventListener("click", () => this[button.dataset.do]());
      }
      this.form.addEventListener("submit", (event) => this.submit(event));
      this.form.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing || event.target.rows !== 1) return;
        event.preventDefault(); // one line of text: the same as Next
        this.next();
      });
      this.form.addEventListener("input", ({ target }) => this.unskip(target));
      this.form.addEventListener("change", ({ target }) => this.unskip(target));
      document.addEventListener("survey:applied", () => this.count());
      window.addEventListener("popstate", ({ state }) => {
        if (state) this.restore(state);
        else this.remember("replaceState"); // the address got a #: still the same screen
      });
      window.addEventListener("pageshow", () => this.refresh());
      document.addEventListener("survey:restored", () => this.again());
    }

    // What is kept on the phone (keep.js) comes when somebody begins or has a draft, never before.
    keep() {
      const { keep } = this.form.dataset;
      if (!keep || this.isKept) return;
      this.isKept = true;
      import(keep).catch(() => { this.isKept = false; });
    }

    hasDraft() {
      try {
        return sessionStorage.getItem(`draft ${new URL(this.form.action).pathname}`) !== null;
      } catch {
        return false; // a browser that keeps nothing
      }
    }

    // A draft was put back: on from the screen where it was left.
    again() {
      applyConditions();
      if (this.lost) this.restore(this.lost);
      else this.draw(this.screen);
    }

    open() {
      return this.questions.filter(isOpen);
    }

    // Where to begin: at the first mistake, where somebody was writing already, else at the start.
    entrance() {
      const wrong = this.questions.filter((each) => each.querySelector(".question-error"));
      if (this.mistakes) {
        for (const each of this.open()) if (!wrong.includes(each)) this.seen.add(each);
        this.isChecked = true;
        return wrong[0] || this.check;
      }
      const early = document.activeElement;
      return (early && early.closest(".question")) || (location.hash === "#questions" && this.open()[0]) || null;
    }

    // `screen` is a question, the check, or null for the start.
    show(screen, how = "pushState") {
      const isNew = how === "pushState";
      // A kiosk leaves no way back for the next child.
      const isKiosk = "kiosk" in this.form.dataset;
      if (isNew && !isKiosk) this.depth += 1;
      this.draw(screen);
      this.remember(isKiosk ? "replaceState" : how);
      if (isNew || screen) this.announce();
    }

    draw(screen) {
      this.screen = screen;
      const kind = !screen ? "start" : screen === this.check ? "check" : "question";
      document.documentElement.dataset.at = kind;
      for (const part of document.querySelectorAll("[data-on]")) {
        part.hidden = !part.dataset.on.split(" ").includes(kind);
      }
      for (const question of this.questions) question.hidden = question !== screen;
      if (kind === "question") {
        this.seen.add(screen);
        this.button("skip").hidden = "needed" in screen.dataset || !asks(screen);
      }
      if (kind === "check") this.list();
      this.count();
      if (screen || this.hasDraft()) this.keep();
    }

    button(act) {
      return this.form.querySelector(`[data-do=${act}]`);
    }

    remember(how) {
      const skipped = this.questions.filter((each) => "skipped" in each.dataset);
      const { depth, isChecked, screen } = this;
      const marks = MARKS.map((name) => (this.form.elements[name] || {}).value);
      const state = { depth, isChecked, marks, screen: screen && screen.id, answered: this.answered() };
      history[how]({ ...state, skipped: skipped.map((each) => each.id) }, "");
    }

    answered() {
      return this.questions.filter(said).length;
    }

    restore(state) {
      const isFirst = this.screen === undefined;
      this.depth = state.depth;
      this.isChecked = this.isChecked || state.isChecked;
      if (isFirst) {
        for (const each of this.questions) if (state.skipped.includes(each.id)) this.skipped(each);
        MARKS.forEach((name, at) => { if (state.marks[at]) this.form.elements[name].value = state.marks[at]; });
      }
      const screens = [...this.questions, this.check];
      this.draw(screens.find((each) => each.id === state.screen) || null);
      if (isFirst) return;
      this.remember("replaceState");
      this.announce();
    }

    // A browser puts back what was typed when somebody comes back, though not always on reload: where
    // it forgot, the start is the honest place.
    refresh() {
      const send = this.form.querySelector("[data-sending]");
      if (send.dataset.send) send.textContent = send.dataset.send;
      applyConditions(); // the browser may have put answers back only now
      const isLost = this.found && this.found.answered > this.answered();
      if (isLost) this.lost = this.found;
      this.draw(this.screen && isOpen(this.screen) && !isLost ? this.screen : null);
      this.found = null;
    }

    // The heading gets the focus, so that it is read out and Tab goes on from there.
    announce() {
      const heading = (this.screen || document).querySelector(this.screen ? "h2" : "h1");
      window.scrollTo(0, 0);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }

    count() {
      const asked = this.open().filter(asks);
      const number = asked.indexOf(this.screen) + 1;
      const text = this.form.querySelector(".step-count");
      const bar = this.form.querySelector("progress");
      text.textContent = number ? withWords(text.dataset.count, { number, count: asked.length }) : "";
      const before = this.open().slice(0, this.open().indexOf(this.screen)).filter(asks);
      bar.max = asked.length || 1;
      bar.value = this.screen === this.check ? bar.max : number || before.length;
      const heading = this.screen ? this.screen.querySelector("h2").textContent.trim() : "";
      document.title = [heading, text.textContent, this.title].filter(Boolean).join(" – ");
      const detail = { screen: this.screen, number, count: asked.length };
      this.form.dispatchEvent(new CustomEvent("survey:step", { detail, bubbles: true }));
    }

    back() {
      if (this.depth) {
        history.back();
        return;
      }
      const open = this.open();
      const at = this.screen === this.check ? open.length : open.indexOf(this.screen);
      this.show(open[at - 1] || null, "replaceState");
    }

    next() {
      const problem = this.problem();
      this.complain(problem);
      if (problem) return;
      this.unskip(this.screen);
      this.forward();
    }

    skip() {
      if (said(this.screen)) this.skipped(this.screen);
      this.complain("");
      this.forward();
    }

    // Once everything was checked, only what is new or wrong is asked again.
    forward() {
      if (this.mistakes && !this.mistakes.querySelector(".kept")) this.mistakes.hidden = true;
      const open = this.open();
      const later = open.slice(open.indexOf(this.screen) + 1);
      const isNew = (question) => !this.seen.has(question);
      const found = this.isChecked ? later.find(isNew) || open.find(isNew) : later[0];
      this.show(found || this.check);
    }

    skipped(question) {
      question.dataset.skipped = "";
      applyConditions();
    }

    unskip(inside) {
      const question = inside.closest(".question");
      if (!question || !("skipped" in question.dataset)) return;
      delete question.dataset.skipped;
      applyConditions();
    }

    // What is wrong with the answer on the screen, in words; empty where nothing is.
    problem() {
      const { needed, atMost, wrong } = this.screen.dataset;
      const ticked = this.screen.querySelectorAll("input:checked").length;
      const written = this.screen.querySelector("input[pattern]");
      if (atMost && ticked > atMost) return wrong;
      if (written && !written.validity.valid) return wrong;
      const isSkipped = "skipped" in this.screen.dataset;
      return needed && !isSkipped && !said(this.screen) ? needed : "";
    }

    complain(problem) {
      let error = this.screen.querySelector(".question-error");
      if (!problem) {
        if (error) error.remove();
        return;
      }
      if (!error) {
        error = document.createElement("p");
        error.className = "question-error";
        error.tabIndex = -1;
        (this.screen.querySelector("legend") || this.screen.querySelector("h2")).after(error);
      }
      error.textContent = problem;
      error.focus();
    }

    list() {
      this.isChecked = true;
      for (const each of this.open()) this.seen.add(each);
      const list = this.check.querySelector("dl");
      list.textContent = "";
      for (const question of this.open().filter(asks)) list.append(this.row(question, list));
    }

    row(question, list) {
      const row = this.check.querySelector("template").content.cloneNode(true);
      const text = question.querySelector("h2").textContent.trim();
      const words = said(question);
      const answer = row.querySelector(".kept");
      row.querySelector("dt").textContent = text;
      answer.textContent = words || list.dataset.none;
      answer.classList.toggle("quiet", !words);
      const change = row.querySelector("button");
      change.setAttribute("aria-label", `${change.textContent}: ${text}`);
      change.addEventListener("click", () => this.show(question));
      return row;
    }

    submit(event) {
      if (this.screen !== this.check) {
        event.preventDefault(); // Enter in a line of text
        this.next();
        return;
      }
      const silent = Array.from(this.form.elements).filter((control) =>
        control.closest("[data-applies=no], [data-skipped]"),
      );
      for (const control of silent) control.disabled = true;
      setTimeout(() => silent.forEach((control) => { control.disabled = false; }));
      const send = this.form.querySelector("[data-sending]");
      send.dataset.send = send.textContent;
      send.textContent = send.dataset.sending;
    }
  }

  for (const list of document.querySelectorAll("[data-ranking]")) new Ranking(list);
  applyConditions();
  document.addEventListener("change", applyConditions);
  window.addEventListener("pageshow", applyConditions); // the browser may have put answers back
  const walked = document.querySelector("[data-do=next]");
  if (walked) new Steps(walked.form);

  // A voice that reads aloud comes only when somebody asks for it (read-aloud.js).
  const voice = document.querySelector("[data-aloud]");
  const asksForVoice = voice && voice.querySelector("button");
  if (asksForVoice && "speechSynthesis" in window) {
    voice.hidden = false;
    asksForVoice.addEventListener("click", () => import(voice.dataset.aloud));
  }
})();

// The lines of leave.js.
(() => {
  const way = document.querySelector(".leave a");
  if (!way) return;
  const said = way.nextElementSibling;
  let presses = 0;
  let last = 0;
  const leave = () => {
    document.body.hidden = true;
    location.replace(way.href);
  };
  way.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener("keydown", ({ key, repeat, timeStamp }) => {
    if (repeat) return;
    presses = key !== "Escape" ? 0 : timeStamp - last < 3000 ? presses + 1 : 1;
    last = timeStamp;
    said.textContent = ["", said.dataset.two, said.dataset.one][presses] || "";
    if (presses === 3) leave();
  });
})();
