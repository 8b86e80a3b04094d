// The browser's own colour chooser beside each box that holds a colour.
for (const box of document.querySelectorAll("[data-colour]")) {
  const pick = document.createElement("input");
  pick.type = "color";
  pick.className = "look-pick";
  pick.setAttribute("aria-label", box.dataset.colour);
  const follow = () => { if (/^#[0-9a-f]{6}$/i.test(box.value)) pick.value = box.value; };
  pick.addEventListener("input", () => { box.value = pick.value; });
  box.addEventListener("input", follow);
  box.after(pick);
  follow();
}
