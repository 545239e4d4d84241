// How does the contact page stay whole while somebody types in it? Parts come back after each act; a part somebody is typing in, or has
// typed in since it was last sent, is left alone, and what was open stays open.

const FIELDS = "input:not([type=hidden]), textarea, select";
const OF_CODE = {
  401: "You were signed out. Your words are still here: sign in again in another tab, then send once more.",
  403: "You may not do this. Nothing was changed.",
  404: "There is no such record any more. Nothing was changed.",
};
const sentAs = new WeakMap();
const contents = (form) => new URLSearchParams(new FormData(form)).toString();
let submitted = null;

document.documentElement.classList.add("scripted");

function hasFocusIn(part) {
  return part.contains(document.activeElement) && document.activeElement.matches(FIELDS);
}

function isBusy(part) {
  if (part.querySelector("form[data-dirty]")) return true;
  const justSent = submitted && part.contains(submitted) && part.dataset.part !== "still";
  return hasFocusIn(part) && !justSent;
}

document.addEventListener("input", (event) => event.target.closest("main form, #head form")?.setAttribute("data-dirty", ""));

// Words are sent a second after the last key, and every four seconds while somebody types without a pause.
const saving = { soon: 0, latest: 0 };

function save(form) {
  clearTimeout(saving.soon);
  clearTimeout(saving.latest);
  saving.latest = 0;
  // While two versions stand beside each other nothing is sent by itself: a person decides first.
  if (!form.querySelector("#theirs-words")?.childElementCount) globalThis.htmx?.trigger(form, "standfast:save");
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("#form-fill-words");
  if (form) save(form);
});

document.addEventListener("input", (event) => {
  const form = event.target.closest("#form-fill-words");
  if (!form) return;
  clearTimeout(saving.soon);
  saving.soon = setTimeout(save, 1000, form);
  saving.latest ||= setTimeout(save, 4000, form);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) sentAs.set(form, contents(form));
});

document.addEventListener("htmx:beforeSwap", (event) => {
  submitted = event.detail.requestConfig?.elt?.closest?.("form") ?? null;
  const stored = event.detail.xhr.status < 300 && event.detail.requestConfig?.path !== lookUpOf(submitted);
  if (submitted && stored && sentAs.get(submitted) === contents(submitted)) submitted.removeAttribute("data-dirty");
});

// A look-up made while typing stores nothing: what is typed is as unsaved after it as before.
function lookUpOf(form) {
  return form?.querySelector("[hx-target='#who'], [hx-target='#places']")?.getAttribute("hx-post");
}

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches?.("[data-part]")) return;
  if (isBusy(part)) event.detail.shouldSwap = false;
  else for (const open of part.querySelectorAll("details[open][id]")) stayOpen.add(open.id);
});

const stayOpen = new Set();
document.addEventListener("htmx:afterSettle", settle);
document.addEventListener("htmx:afterRequest", (event) => {
  settle();
  const form = event.detail.elt.closest?.("form");
  const stored = event.detail.xhr.status < 300; // to htmx a refusal is a success too
  if (form?.id === "form-note" && stored) form.reset();
  if (form?.closest(".act") && stored) form.closest("details")?.removeAttribute("open");
});

function settle() {
  for (const id of stayOpen) document.getElementById(id)?.setAttribute("open", "");
  stayOpen.clear();
  const problem = document.querySelector("#problem [data-focus]");
  if (problem && !problem.dataset.seen) {
    problem.dataset.seen = "yes";
    // Whoever is typing keeps their cursor: the message is an alert and is read out where they are.
    if (!document.activeElement?.matches(FIELDS)) problem.focus();
  }
  if (document.activeElement === document.body && submitted?.closest("#ask-list, .prompt")) document.getElementById("ask-list")?.focus();
}

document.addEventListener("htmx:responseError", (event) => {
  const place = document.getElementById("problem");
  const words = OF_CODE[event.detail.xhr.status] ?? "Something is wrong on our side. Your words are still here: send once more.";
  const box = Object.assign(document.createElement("div"), { className: "error-summary" });
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("h2"), { textContent: words }));
  place.replaceChildren(box);
});
