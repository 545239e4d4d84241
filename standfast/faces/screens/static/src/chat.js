// How does somebody follow several chats and write in one, so that nothing typed is lost and nothing is sent blindly? What is typed stays
// in its box until it is stored, and in this tab when the page changes. New lines are added, never put in place of what is being read.

import { announce } from "./countdown.js";

const HERE_MS = 30000;
const THERE_MS = 4000;
const TYPING_MS = 4000;
const NEAR_END = 120;

const reference = document.getElementById("chat-live")?.dataset.reference ?? "";
const scroller = document.getElementById("talk-scroll");
const lines = document.getElementById("lines");
const composer = document.getElementById("composer");
const reply = document.getElementById("form-reply");
const box = document.getElementById("reply-text");
const note = document.getElementById("form-private");
const factForm = document.getElementById("form-fact");
const token = () => document.querySelector("#form-here [name=csrfmiddlewaretoken]").value;

// These the page does by itself, so that they keep no session awake.
function tell(url, fields = {}) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token(), ...fields });
  return fetch(url, { method: "POST", body, headers: { "Standfast-Background": "1" } }).catch(() => {});
}

// --- at the desk, and what the visitor does -------------------------------------------------------------------------------

const here = document.getElementById("danger")?.dataset.here;
if (here) setInterval(() => tell(here, { by_script: "1" }), HERE_MS);
const there = document.getElementById("there");
const lookThere = () => !document.hidden && there?.hasAttribute("hx-get") && globalThis.htmx?.trigger(there, "standfast:refresh");
setInterval(lookThere, THERE_MS);

let readTo = 0;
function tellRead() {
  if (!reply || document.hidden) return;
  const last = Math.max(0, ...[...lines.querySelectorAll(".them[data-seq]")].map((line) => Number(line.dataset.seq)));
  if (last <= readTo) return;
  readTo = last;
  tell(reply.dataset.read, { seq: last });
}
document.addEventListener("visibilitychange", tellRead);

// --- danger: said within a moment, wherever one is in the page ---------------------------------------------------------------

const immediate = () => new Map([...document.querySelectorAll("#chat-list [data-immediate]")].map((card) => [card.dataset.row, card.querySelector(".what")]));
let inDanger = new Set(immediate().keys());

function lookForDanger() {
  const now = immediate();
  for (const [key, link] of now) if (!inDanger.has(key)) raiseAlarm(key, link);
  inDanger = new Set(now.keys());
}

function raiseAlarm(key, link) {
  const bar = document.getElementById("danger");
  const line = Object.assign(document.createElement("p"), { className: "danger-line" });
  const open = Object.assign(document.createElement("a"), { href: link.href, textContent: link.textContent.trim() });
  const seen = Object.assign(document.createElement("button"), { className: "btn small", type: "button", textContent: "Seen" });
  line.dataset.danger = key;
  seen.addEventListener("click", () => line.remove());
  line.append("Immediate: what they wrote means danger now. ", key === reference ? "It is the chat you have open." : open, seen);
  bar.append(line);
}

// --- lines: added as they come ---------------------------------------------------------------------------------------------

const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END;
const toEnd = () => { if (scroller) scroller.scrollTop = scroller.scrollHeight; };
let follow = true;

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const { target, fragment } = event.detail;
  if (target.id === "lines") {
    follow = isAtEnd();
    for (const each of [...fragment.children]) if (document.getElementById(each.id)) each.remove();
    if (!fragment.children.length) event.detail.shouldSwap = false;
    else if (fragment.querySelector(".them")) announce("They wrote");
  } else if (target.matches?.("#lines > [data-look]")) {
    const same = fragment.querySelector?.("[data-look]")?.dataset.look === target.dataset.look;
    const busy = target.contains(document.activeElement) || target.querySelector("[data-dirty], .revealed") || selectedIn()?.line === target;
    if (same || busy) event.detail.shouldSwap = false;
  }
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id === "chat-list" || event.target.id === "chat-list") lookForDanger();
  if (follow) toEnd();
  tellRead();
});
document.addEventListener("htmx:afterSwap", (event) => event.detail.target?.id === "chat-list" && lookForDanger());

// --- writing ---------------------------------------------------------------------------------------------------------------

// To htmx a refusal is an answer like any other; to whoever typed it is not.
const wasStored = (event) => event.detail.xhr.status >= 200 && event.detail.xhr.status < 300;
const keyOf = (form) => `standfast-draft-${reference}-${form.dataset.write}`;
// A draft stays in this tab only, and only until it is sent: to change between chats must not cost half a sentence.
const drafts = globalThis.sessionStorage;

function keepDraft(form) {
  const text = form.querySelector("textarea").value;
  if (text) drafts.setItem(keyOf(form), text);
  else drafts.removeItem(keyOf(form));
  const says = document.getElementById("draft-kept");
  if (says) says.textContent = text ? "draft kept in this tab" : "";
}

// Whoever sent a line and went on before the answer came must not find it in the box again, as if it had not been sent.
function unsent(form) {
  const text = drafts.getItem(keyOf(form)) ?? "";
  const words = form === reply ? [...lines.querySelectorAll(".us .bd")].at(-1)?.textContent : "";
  if (!text || text.trim() !== words?.trim()) return text;
  drafts.removeItem(keyOf(form));
  return "";
}

function setMode(mode) {
  if (!composer) return;
  composer.classList.toggle("is-note", mode === "note");
  if (reply) reply.hidden = mode === "note";
  if (note) note.hidden = mode !== "note";
  for (const tab of composer.querySelectorAll("[data-mode]")) tab.setAttribute("aria-pressed", String(tab.dataset.mode === mode));
}

for (const each of document.querySelectorAll("[data-scripted]")) each.hidden = false;

if (composer) {
  for (const form of [reply, note]) {
    if (!form) continue;
    const area = form.querySelector("textarea");
    area.value ||= unsent(form);
    area.addEventListener("input", () => keepDraft(form));
  }
  setMode(reply && !composer.classList.contains("is-note") ? "reply" : "note");
  composer.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-mode]");
    if (!tab) return;
    const wanted = tab.getAttribute("aria-pressed") === "true" && reply ? (tab.dataset.mode === "note" ? "reply" : "note") : tab.dataset.mode;
    setMode(wanted);
    (wanted === "note" ? note : reply)?.querySelector("textarea").focus();
  });
}

// While the page is behind, or a line is on its way, nothing more is sent.
document.addEventListener("submit", (event) => {
  if (event.target === factForm && !factForm.elements.words.value) event.preventDefault(), event.stopImmediatePropagation();
  const form = event.target.closest("[data-write]");
  if (!form) return;
  const stopped = form.querySelector("button:disabled:not([name=use])") || form.dataset.sending;
  const empty = !form.querySelector("textarea").value.trim() && !event.submitter?.matches("[name=use]");
  if (stopped || empty) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-write]");
  if (!form || event.detail.requestConfig.verb !== "post") return;
  form.dataset.sending = "yes";
  form.querySelector("textarea").readOnly = true;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("[data-write]");
  if (!form || event.detail.requestConfig.verb !== "post") return;
  delete form.dataset.sending;
  const area = form.querySelector("textarea");
  area.readOnly = false;
  if (wasStored(event)) {
    area.value = "";
    form.removeAttribute("data-dirty");
    if (form === reply) reply.elements.canned.value = "";
    keepDraft(form);
    follow = true;
    toEnd();
  }
  // Whoever selected words of the visitor's meanwhile is about to take them as a fact: the box would take the selection away.
  const free = document.activeElement === document.body || form.contains(document.activeElement);
  if (free && !selectedIn()) area.focus();
});

let typedAt = 0;
box?.addEventListener("input", () => {
  if (performance.now() - typedAt < TYPING_MS || !box.value) return;
  typedAt = performance.now();
  tell(reply.dataset.typing);
});

// --- ready-made texts: two colons and a word ---------------------------------------------------------------------------------

const ready = document.getElementById("ready");
const texts = () => [...(ready?.querySelectorAll("li:not([hidden])") ?? [])].filter((each) => !each.querySelector("button").disabled);
const asked = () => /(^|\s)::(\w*)$/.exec(box.value.slice(0, box.selectionStart));

function filterReady() {
  const found = asked();
  if (!found) { if (ready.dataset.by === "typing") ready.open = false; return; }
  ready.open = true;
  ready.dataset.by = "typing";
  const typed = found[2].toLowerCase();
  const begins = (each) => each.dataset.shortcut.startsWith(typed);
  for (const each of ready.querySelectorAll("li")) {
    each.hidden = !begins(each) && !(typed.length > 2 && each.dataset.text.toLowerCase().includes(typed));
    each.classList.remove("on");
  }
  (texts().find(begins) ?? texts()[0])?.classList.add("on");
}

function insert(each) {
  const found = asked();
  const start = found ? found.index + found[1].length : box.selectionStart;
  box.setRangeText(each.dataset.text, start, box.selectionStart, "end");
  reply.elements.canned.value = each.dataset.code;
  ready.open = false;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
}

box?.addEventListener("input", filterReady);
box?.addEventListener("keydown", (event) => {
  if (!ready.open || ready.dataset.by !== "typing") return;
  const all = texts();
  const at = all.findIndex((each) => each.classList.contains("on"));
  if (event.key === "Escape") ready.open = false;
  else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && at >= 0) insert(all[at]);
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    all[at]?.classList.remove("on");
    const next = all[(at + (event.key === "ArrowDown" ? 1 : -1) + all.length) % all.length];
    next?.classList.add("on");
    next?.scrollIntoView({ block: "nearest" });
    announce(next?.dataset.text ?? "");
  } else return;
  event.preventDefault();
});
ready?.addEventListener("toggle", () => {
  if (ready.open) return;
  delete ready.dataset.by;
  for (const each of ready.querySelectorAll("li")) each.hidden = false;
});
ready?.addEventListener("click", (event) => {
  const button = event.target.closest("[name=use]");
  if (!button) return;
  event.preventDefault();
  insert(button.closest("li"));
});

// --- facts: select words, F, a number -------------------------------------------------------------------------------------------

function selectedIn() {
  const selection = getSelection();
  const words = selection.toString().trim();
  const line = selection.anchorNode?.parentElement?.closest(".msg.them");
  const sameLine = line && line === selection.focusNode?.parentElement?.closest(".msg.them");
  return words && sameLine ? { words, line } : null;
}

let kept = null;
function showFactBar() {
  if (!factForm || factForm.contains(document.activeElement)) return;
  kept = selectedIn();
  factForm.hidden = !kept;
  factForm.elements.seq.value = kept?.line.dataset.seq ?? "";
  factForm.elements.words.value = kept?.words ?? "";
}
document.addEventListener("selectionchange", showFactBar);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (document.documentElement.dataset.keys === "off" || !factForm || factForm.hidden) return;
  if (event.target !== document.body && !event.target.closest("#talk-scroll")) return;
  const button = factForm.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key.toLowerCase() === "f") factForm.querySelector("button").focus();
  else if (button) button.click();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt !== factForm || !wasStored(event)) return;
  announce("Taken as a fact");
  getSelection().removeAllRanges();
  factForm.hidden = true;
  scroller.focus();
});

// A question that is asked next goes into the box with one press.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put]");
  if (!button || !box) return;
  setMode("reply");
  box.value = `${box.value.trim()} ${button.dataset.put}`.trim();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
});

toEnd();
lookThere();
tellRead();
if (box && !document.querySelector("#problem [data-focus]")) box.focus();
