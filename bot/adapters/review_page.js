"use strict";
// Runs from a file: no network, no storage. What is written here leaves the page as one file.
const KIND = "betro-review", SCHEMA = 1;
const byId = (id) => document.getElementById(id);
const forms = [...document.querySelectorAll("fieldset.answer")];
let saved = true;

const field = (form, name) => form.querySelector(`[name="${name}"]`);

function read(form) {
  const wording = {};
  for (const box of form.querySelectorAll("textarea[data-lang]")) {
    if (box.value.trim()) wording[box.dataset.lang] = box.value.trim();
  }
  return {
    text: form.dataset.text,
    variant: Number(form.dataset.variant),
    condition: form.dataset.condition,
    hash: form.dataset.hash,
    approved: field(form, "approved").checked,
    by: field(form, "by").value.trim() || byId("role").value.trim(),
    on: field(form, "on").value || byId("date").value,
    wording,
    comment: field(form, "comment").value.trim(),
  };
}

const isAnswered = (answer) => answer.approved || answer.comment || Object.keys(answer.wording).length > 0;

function say(words) { byId("status").textContent = words; }

function count() {
  const answers = forms.map(read);
  for (const [at, answer] of answers.entries()) {
    const both = answer.approved && Object.keys(answer.wording).length > 0;
    forms[at].classList.toggle("contradiction", both);
  }
  say(`${answers.filter((answer) => answer.approved).length} af ${forms.length} godkendt${saved ? "" : ", ikke gemt endnu"}`);
}

function save() {
  const answers = forms.map(read).filter(isAnswered);
  const lacking = answers.filter((answer) => answer.approved && !(answer.by && answer.on));
  if (lacking.length > 0) {
    say("Skriv din rolle og en dato, før du gemmer.");
    byId("role").focus();
    return;
  }
  const both = answers.find((answer) => answer.approved && Object.keys(answer.wording).length > 0);
  if (both) {
    say(`Både godkendt og nyt forslag ved ${both.text}: fjern en af dem.`);
    document.querySelector("fieldset.contradiction").scrollIntoView({ block: "center" });
    return;
  }
  const { audience, exported } = document.body.dataset;
  const whole = { kind: KIND, schema: SCHEMA, audience, exported, answers };
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(whole, null, 1)], { type: "application/json" }));
  link.download = `betro-svar-${audience}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  saved = true;
  count();
}

async function load(file) {
  try {
    const whole = JSON.parse(await file.text());
    if (whole.kind !== KIND || whole.schema !== SCHEMA) throw new Error();
    const known = new Map(forms.map((form) => [`${form.dataset.text} ${form.dataset.condition} ${form.dataset.hash}`, form]));
    let missing = 0;
    for (const answer of whole.answers) {
      const form = known.get(`${answer.text} ${answer.condition} ${answer.hash}`);
      if (!form) { missing += 1; continue; }
      field(form, "approved").checked = answer.approved === true;
      field(form, "by").value = answer.by || "";
      field(form, "on").value = answer.on || "";
      field(form, "comment").value = answer.comment || "";
      for (const box of form.querySelectorAll("textarea[data-lang]")) box.value = (answer.wording || {})[box.dataset.lang] || "";
    }
    count();
    if (missing > 0) say(`${missing} svar hører til tekster, der ikke står her, eller som er ændret.`);
  } catch { say("Filen kan ikke læses. Vælg den fil, du selv gemte."); }
}

for (const form of forms) {
  form.addEventListener("input", () => { saved = false; count(); });
  for (const button of form.querySelectorAll("button[data-fill]")) {
    button.addEventListener("click", () => {
      const box = form.querySelector(`textarea[data-lang="${button.dataset.fill}"]`);
      if (!box.value.trim()) box.value = box.dataset.now;
      box.focus();
    });
  }
}
byId("save").addEventListener("click", save);
byId("print").addEventListener("click", () => window.print());
byId("load").addEventListener("click", () => byId("file").click());
byId("file").addEventListener("change", (event) => { if (event.target.files[0]) load(event.target.files[0]); });
window.addEventListener("beforeunload", (event) => { if (!saved) event.preventDefault(); });
byId("date").value = new Date().toLocaleDateString("sv-SE");
count();
