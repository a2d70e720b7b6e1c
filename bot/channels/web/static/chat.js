// Wires page and connection. No cookie, no storage: closing the tab forgets.

import { Link } from "./link.js";
import { element, ownBubble, reply, word } from "./view.js";

const GREETING = "hello"; // the message id that the greeting answers
const LONGEST = 10000; // characters sent of one message; more than the server reads as one
const find = (id) => document.getElementById(id);
const names = ["log", "text", "typing", "network", "acute", "more"];
const [log, text, typing, network, acute, more] = names.map(find);

const MOST_FRAME = 0.5; // of the height that head and writing field may take together
const MOSTLY = 0.8; // of an answer's end that is in sight when nothing more is announced
const SLOW = 1500; // ms until a message that the server has not taken says so

const waiting = new Map(); // message id -> its bubble, until the server has it
let end = null; // watches whether the end of the last answer is in sight
let touched = false; // whether the last act was a finger's
const link = new Link({
  up: () => network.replaceChildren(),
  down: ({ patient }) => {
    typing.hidden = true;
    if (patient) say(word("lost"));
    else if (!network.querySelector("a")) notice(find("offline").content.cloneNode(true));
  },
  received: (id) => settle(id),
  typing: () => {
    typing.hidden = false;
    if (isAtEnd()) typing.scrollIntoView({ block: "nearest" });
  },
  replies: show,
  problem: ({ text: problem }) => {
    typing.hidden = true;
    say(problem);
  },
  forgot: () => add(element("p", { class: "notice" }, word("forgot"))),
  closed: (code) => {
    find("composer").querySelector(".row").hidden = true;
    const reasons = { 4000: network.textContent, 4001: word("replaced"), 4003: word("forgot") };
    notice(element("p", {}, `${reasons[code]} `, element("a", { href: "/" }, word("reload"))));
  },
});

function say(sentence) {
  if (network.textContent !== sentence) notice(element("p", {}, sentence));
}

// A word about the connection, over the text field; the last bubble stays in sight.
function notice(node) {
  const end = isAtEnd();
  network.replaceChildren(node);
  if (end) scrollTo({ top: document.documentElement.scrollHeight });
}

function show({ id, turn, urgency, forgotten, replies }) {
  settle(id);
  typing.hidden = true;
  network.replaceChildren();
  if (forgotten) log.replaceChildren();
  acute.hidden = forgotten || (acute.hidden && urgency !== "acute");
  retireButtons();
  const nodes = replies.flatMap((it) => reply(it, (button) => press(button, turn)));
  nodes.forEach((node, at) => node.style.setProperty("--at", at));
  add(...nodes);
  if (id !== GREETING) reveal(nodes);
  watchEnd(nodes.at(-1));
}

function retireButtons() {
  for (const choices of log.querySelectorAll(".choices:not([hidden])")) {
    choices.hidden = true;
    for (const button of choices.children) button.disabled = true;
  }
}

function press(button, turn) {
  retireButtons();
  submit({ type: "button", payload: button.payload, turn }, button.title);
  keepPlace();
}

// A finger on a phone must not make the keyboard jump up; everyone else goes on in the text field.
function keepPlace() {
  if (!touched) text.focus({ preventScroll: true });
}

function submit(message, shown) {
  const bubble = ownBubble(shown);
  add(bubble);
  const id = link.send(message);
  waiting.set(id, bubble);
  setTimeout(() => {
    if (!waiting.has(id)) return;
    bubble.append(element("p", { class: "state" }, word("waiting")));
    bubble.scrollIntoView({ block: "nearest" });
  }, SLOW);
  bubble.scrollIntoView({ block: "end" });
}

function settle(id) {
  waiting.get(id)?.querySelector(".state")?.remove();
  waiting.delete(id);
}

function add(...nodes) {
  log.append(...nodes);
}

// Head and writing field lie over the conversation: nothing may be scrolled behind them, and
// where they would take most of the screen, only 112 stays of the head. Returns the room left.
function measure() {
  const [whole, foot] = [document.querySelector(".top").offsetHeight, find("composer").offsetHeight];
  const banner = acute.hidden ? 0 : acute.offsetHeight + 16;
  const tight = whole + foot > innerHeight * MOST_FRAME;
  const head = tight ? banner : whole;
  const { classList, style } = document.documentElement;
  classList.toggle("tight", tight);
  style.setProperty("--tuck", `${banner - whole}px`);
  style.setProperty("--head", `${head}px`);
  style.setProperty("--foot", `${foot}px`);
  return innerHeight - head - foot;
}

// Long answers are read from their beginning, short ones leave the question in sight.
function reveal(nodes) {
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (!first) return;
  const height = last.getBoundingClientRect().bottom - first.getBoundingClientRect().top;
  const fits = height < measure() - 24;
  (fits ? last : first).scrollIntoView({ block: fits ? "end" : "start" });
}

// Says so while the end of the answer, often a question, is still below.
function watchEnd(last) {
  end?.disconnect();
  more.hidden = true;
  if (!last) return;
  const above = { rootMargin: `0px 0px -${find("composer").offsetHeight}px`, threshold: [0, MOSTLY] };
  end = new IntersectionObserver((seen) => {
    const { intersectionRatio, boundingClientRect } = seen.at(-1);
    more.hidden = intersectionRatio >= MOSTLY || boundingClientRect.top < 0;
  }, above);
  end.observe(last);
}

more.addEventListener("click", () => {
  scrollBy({ top: 0.85 * measure() });
  keepPlace();
});

const isAtEnd = () => scrollY + innerHeight > document.documentElement.scrollHeight - 200;

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

function sendText() {
  const said = text.value.trim();
  text.focus();
  if (!said) return;
  submit({ type: "message", text: said.slice(0, LONGEST).toWellFormed() }, said);
  text.value = "";
  grow();
}

find("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  sendText();
});
text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendText();
  }
});
for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => {
    submit({ type: "message", text: button.dataset.command }, button.textContent);
    keepPlace();
  });
}
addEventListener("pointerdown", ({ pointerType }) => (touched = pointerType === "touch"), true);
addEventListener("keydown", () => (touched = false), true);
addEventListener("pagehide", () => link.bye());
addEventListener("pageshow", (event) => event.persisted && location.reload());

find("menu").hidden = false;
find("composer").hidden = false;
text.value = "";
const frame = new ResizeObserver(measure);
for (const part of [find("composer"), document.querySelector(".top")]) frame.observe(part);
addEventListener("resize", measure);
link.open();
