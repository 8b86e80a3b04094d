// Enhancement only: every staff page works without it.
const summary = document.querySelector("[data-focus]");
if (summary) {
  document.title = `Error: ${document.title}`;
  summary.focus();
}
