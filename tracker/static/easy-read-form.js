// The easy read of a question: the picture beside a list follows what is chosen in it.

(() => {
  function drawn(name, empty) {
    const symbol = document.querySelector(`[data-symbol="${CSS.escape(name)}"] svg`);
    if (symbol) return symbol.cloneNode(true);
    if (!name.startsWith("picture:")) return document.createTextNode(empty);
    const image = document.createElement("img");
    image.src = `/p/${encodeURIComponent(name.slice("picture:".length))}.webp`;
    image.alt = "";
    return image;
  }

  for (const row of document.querySelectorAll("[data-easy-read] .easy-row")) {
    const frame = row.querySelector(".easy-row__picture");
    const list = row.querySelector("select");
    list.addEventListener("change", () => frame.replaceChildren(drawn(list.value, "No picture")));
  }
})();
