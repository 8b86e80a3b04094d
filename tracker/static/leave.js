// "Leave this page quickly": the page isn't left in the history of this tab, and pressing Escape three
// times does the same. survey.js holds the same lines, so that a survey needs no request more.
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
