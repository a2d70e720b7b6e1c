// Draws the conversation. Text only ever becomes text nodes.

// Phone numbers that become links wherever they stand; plain_page.py does the same.
const NUMBERS = /(?<!§ )(?<!\d)(?<!\d )(112|114|1888|116 111|\d\d \d\d \d\d \d\d)(?! ?\d)/;

const RIGHT_TO_LEFT = new Set(["ar"]);

const SPREAD_OUT = 2; // services whose ways are shown at once

const words = new Map(
  [...document.getElementById("words").content.querySelectorAll("[data-word]")].map((node) => [
    node.dataset.word,
    node.textContent,
  ]),
);

export const word = (name, value = "") => words.get(name).replace("{}", value);

export function element(tag, { unseen, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  if (unseen) node.append(element("span", { class: "unseen" }, `${unseen} `));
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function ownBubble(text) {
  return element("div", { class: "bubble own" }, element("p", { unseen: word("own") }, text));
}

// One reply: a bubble, its service cards and its buttons; `press` is called with the one pressed.
export function reply({ text, response, buttons, services, note, lang }, press) {
  const parts = note
    ? [bubble(response, note.about, lang), keepsake(text, note.parts)]
    : [bubble(response, text, lang)];
  if (services.length) parts.push(cards(services));
  if (buttons.length) {
    parts.push(element("div", { class: "choices" }, ...buttons.map((it) => choice(it, press))));
  }
  return parts;
}

// Said in another language than the page: read aloud in it, and written from its side.
function spoken(lang) {
  if (!lang || lang === "da") return {};
  return { lang, dir: RIGHT_TO_LEFT.has(lang) ? "rtl" : null };
}

const bubble = (response, text, lang) =>
  element("div", { class: "bubble", "data-response": response, ...spoken(lang) }, ...paragraphs(text));

// A page to copy or print. It stands here and nowhere else, and goes with the conversation.
function keepsake(title, parts) {
  const texts = parts.flatMap(({ text }) => paragraphs(text));
  const page = element("article", { class: "keepsake" }, element("h2", {}, title), ...texts);
  const said = element("p", { class: "state", role: "status" });
  const copying = element("button", { type: "button" }, word("copy"));
  copying.addEventListener("click", async () => {
    said.replaceChildren(word((await copied(page, [title, ...parts.map(({ text }) => text)])) ? "copied" : "notcopied"));
  });
  const printing = element("button", { type: "button" }, word("print"));
  printing.addEventListener("click", () => printOnly(page));
  const ways = element("div", { class: "keeping" }, copying, printing, said);
  return element("div", { class: "kept" }, page, ways);
}

// Without the right to the clipboard the text is marked, so that the visitor can copy it.
async function copied(page, texts) {
  try {
    await navigator.clipboard.writeText(texts.join("\n\n"));
    return true;
  } catch {
    getSelection().selectAllChildren(page);
    return false;
  }
}

function printOnly(page) {
  page.classList.add("printed");
  addEventListener("afterprint", () => page.classList.remove("printed"), { once: true });
  print();
}

function paragraphs(text) {
  return text
    .split("\n")
    .filter((part) => part.trim())
    .map((part) => element("p", {}, ...linked(part)));
}

function linked(text) {
  return text.split(NUMBERS).map((part, at) =>
    at % 2 ? element("a", { href: `tel:${part.replaceAll(" ", "")}`, dir: "ltr" }, part) : part,
  );
}

function choice(button, press) {
  const node = element("button", { type: "button", dir: "auto" }, button.title);
  node.addEventListener("click", () => press(button));
  return node;
}

// The first ones that are open are spread out, the others one press away: the question that
// follows must not be pages below.
function cards(services) {
  const open = services.filter((service) => service.open_now).slice(0, SPREAD_OUT);
  const spread = open.length ? open : services.slice(0, 1);
  const nodes = services.map((service) => card(service, spread.includes(service)));
  return element("div", { class: "cards" }, ...nodes);
}

function card(service, spread) {
  const state = { true: "open", false: "closed" }[service.open_now] ?? "unknown";
  return element(
    "details",
    { class: "card", open: spread ? "" : null },
    element(
      "summary",
      {},
      element("h2", {}, service.name),
      element("p", { class: `opening ${state}` }, service.opening),
    ),
    element("p", {}, service.what),
    element("div", { class: "ways" }, ...ways(service)),
    service.caution && element("p", { class: "caution" }, service.caution),
    element("p", { class: "anonymity" }, service.anonymity),
    ...service.limits.map((limit) => element("p", { class: "limit" }, limit)),
  );
}

function* ways({ name, phone, phone_shown, sms, sms_shown, chat, web }) {
  if (phone) yield number("tel", phone, word("call", phone_shown ?? phone), name);
  if (sms) yield number("sms", sms, sms === phone ? word("sms") : word("smsto", sms_shown ?? sms), name);
  if (isSafe(chat)) yield site("chat", chat, name);
  if (isSafe(web)) yield site("web", web, name);
}

function number(kind, digits, text, name) {
  const href = `${kind}:${digits.replaceAll(/[^+\d]/g, "")}`;
  return element("a", { class: `way ${kind}`, href }, text, unseen(`, ${name}`));
}

function site(kind, href, name) {
  const away = { href, target: "_blank", rel: "noopener noreferrer", class: `way ${kind}` };
  return element("a", away, word(kind), unseen(`, ${name} ${word("newtab")}`));
}

const unseen = (text) => element("span", { class: "unseen" }, text);

const isSafe = (address) => Boolean(address) && URL.canParse(address) && new URL(address).protocol === "https:";
