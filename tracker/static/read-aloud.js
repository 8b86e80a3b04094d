// Reads questions aloud with the browser's own speech: a button for each question, where the phone
// has a voice for its language. Only voices that live on the phone: others would send the words of
// the survey to whoever makes the browser. What somebody has written is never read out.

const speech = window.speechSynthesis;
const words = document.querySelector("[data-read]").dataset;
const state = document.querySelector("[data-aloud]");
// Everything in a question that is there to be read, in the order of the page.
const READ = ".question-text, .question-easy, .question-needed, .question-hint, .question-paragraph, .question-error, .choice > span:not(.picture), .rank-text, .rank .choice-easy";
let reading = null;
let screen = null;

const languageOf = (element) => element.closest("[lang]").lang.toLowerCase();

function voiceFor(language) {
  const spoken = (voice) => voice.lang.toLowerCase().replace("_", "-");
  const isOf = (voice) => spoken(voice).split("-")[0] === language.split("-")[0];
  const found = speech.getVoices().filter((voice) => voice.localService && isOf(voice));
  const best = (voice) => (spoken(voice) === language || spoken(voice).endsWith("-gb") ? 0 : 1);
  return found.sort((one, other) => best(one) - best(other))[0];
}

function stop() {
  if (!reading) return;
  const { button, question } = reading;
  reading = null;
  speech.cancel();
  button.textContent = words.read;
  for (const part of question.querySelectorAll(".is-read")) part.classList.remove("is-read");
}

function say(part, isLast) {
  const spoken = new SpeechSynthesisUtterance(part.textContent.trim());
  spoken.lang = languageOf(part);
  spoken.voice = voiceFor(spoken.lang) || null;
  spoken.rate = 0.9;
  const mine = reading;
  spoken.onstart = () => mine === reading && part.classList.add("is-read");
  spoken.onend = spoken.onerror = () => {
    part.classList.remove("is-read");
    if (isLast && mine === reading) stop();
  };
  speech.speak(spoken);
}

function read(question, button) {
  const isOn = reading && reading.question === question;
  stop();
  if (isOn) return;
  reading = { question, button };
  button.textContent = words.stop;
  const isSeen = (part) => part.offsetParent !== null && part.textContent.trim() && voiceFor(languageOf(part));
  const parts = Array.from(question.querySelectorAll(READ)).filter(isSeen);
  parts.forEach((part, index) => say(part, index === parts.length - 1));
}

function offer() {
  const without = Array.from(document.querySelectorAll(".question:not([data-voice])"));
  const spoken = without.filter((question) => voiceFor(languageOf(question.querySelector("h2"))));
  for (const question of spoken) {
    question.dataset.voice = "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "second button read-aloud";
    button.textContent = words.read;
    button.addEventListener("click", () => read(question, button));
    const places = [".question-easy", "legend", "h2"].map((each) => question.querySelector(each));
    places.find(Boolean).after(button);
  }
  state.textContent = document.querySelector("[data-voice]") ? state.dataset.ready : state.dataset.none;
}

if (speech) {
  state.setAttribute("role", "status");
  state.hidden = false;
  speech.addEventListener("voiceschanged", offer);
  document.addEventListener("survey:step", ({ detail }) => {
    if (detail.screen !== screen) stop();
    screen = detail.screen;
  });
  document.addEventListener("submit", stop);
  document.addEventListener("visibilitychange", () => document.hidden && stop());
  window.addEventListener("pagehide", stop);
  offer();
}
