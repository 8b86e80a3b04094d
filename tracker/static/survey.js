// Enhancement of a survey's questions, on the phone form and in the preview. Without it nothing is
// missing: every question is shown with its condition in words, and a ranking takes numbers.
//
// - An element with data-show-if="<key>" data-any-of="<choice keys>" gets data-applies="yes" or "no";
//   the style sheet hides those that don't apply. What was typed in them stays. After each look the
//   document gets a "survey:applied" event.
// - A list with data-ranking is put in order by buttons. Its words stand in the template, not here.

(() => {
  const withWords = (text, words) => text.replace(/\{(\w+)\}/g, (_, name) => words[name]);

  function chosen(question) {
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

  for (const list of document.querySelectorAll("[data-ranking]")) new Ranking(list);
  applyConditions();
  document.addEventListener("change", applyConditions);
  window.addEventListener("pageshow", applyConditions); // the browser may have put answers back
})();
