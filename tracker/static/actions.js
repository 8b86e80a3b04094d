// Enhancement only: without it every group of boxes shows, each saying when it counts.
const form = document.querySelector("[data-action]");
const outcomes = form.querySelectorAll("[name=outcome]");
const groups = form.querySelectorAll("[data-for]");
const examples = form.querySelectorAll("[data-example]");
const sounds = form.querySelector(".examples");

function show() {
  const chosen = form.querySelector("[name=outcome]:checked")?.value ?? "";
  groups.forEach((group) => { group.hidden = !group.dataset.for.split(" ").includes(chosen); });
  examples.forEach((example) => { example.hidden = chosen !== "" && example.dataset.example !== chosen; });
  sounds.open = chosen !== "";
}

form.classList.add("is-guided");
outcomes.forEach((radio) => radio.addEventListener("change", show));
show();
document.querySelector("#preview")?.focus();
