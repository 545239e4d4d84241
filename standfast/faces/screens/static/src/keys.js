// What can be done without a mouse? Ctrl+K and / go to the command field, ? lists the keys, j, k and Enter move in a list.
// Single letters work only while a list has focus and can be switched off; they are never taken from a field.

const CONFIRM = "Ctrl ⏎";
const switchedOff = () => document.documentElement.dataset.keys === "off";
const inField = (target) => target.closest("input, textarea, select, [contenteditable]");
const listOf = (target) => target.closest("[data-list]");

function rows(list) {
  return [...list.querySelectorAll("[data-row]:not([hidden])")];
}

function move(list, step) {
  const all = rows(list);
  const at = all.indexOf(document.activeElement.closest("[data-row]"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  next?.querySelector("a, button")?.focus();
}

function press(key, within) {
  const wanted = CSS.escape(key);
  const button = within.querySelector(`[data-key="${wanted}" i]`) || document.querySelector(`[data-key="${wanted}" i]`);
  button?.click();
  return Boolean(button);
}

/** In the row of a unit its next status is one key: the page it leads to waits for one press more. */
function setStatus(key, row) {
  if (!row?.dataset.next?.split(" ").includes(key)) return false;
  location.assign(`${row.querySelector("a").href}?status=${key}`);
  return true;
}

function submitWithin(target) {
  const form = inField(target) && target.closest("form");
  const button = form?.querySelector("button.primary, button:not([type=button])");
  form?.requestSubmit(button ?? null);
  return Boolean(form);
}

function inList(event, list) {
  if (event.key === "j" || event.key === "ArrowDown") return move(list, 1), true;
  if (event.key === "k" || event.key === "ArrowUp") return move(list, -1), true;
  if (event.key === "/") return openCommand(), true;
  if (setStatus(event.key, event.target.closest("[data-row]"))) return true;
  if (event.key.length === 1 && event.key !== " ") return press(event.key, list);
  return false;
}

function openCommand() {
  const field = document.getElementById("command");
  field?.focus();
  field?.select();
}

function keyRow(key, what) {
  const row = document.createElement("li");
  const cap = document.createElement("kbd");
  cap.textContent = key;
  row.append(cap, ` ${what}`);
  return row;
}

/** List every key of this page: the fixed ones, then those printed on its buttons. */
export function listKeys() {
  const found = [["Ctrl K", "search or command"], ["?", "this list"], ["Ctrl Enter", "send the form you are in"]];
  found.push(["j k", "down and up in a list"], ["Enter", "open the row"], ["Esc", "close"]);
  if (document.querySelector("[data-next]")) found.push(["1 … 9", "in the row of a unit: its next status, by number"]);
  for (const element of document.querySelectorAll("[data-key]")) {
    found.push([element.dataset.key, element.dataset.says ?? element.firstChild.textContent.trim()]);
  }
  return found;
}

function openHelp() {
  const dialog = document.querySelector("[data-keys-help]");
  const title = Object.assign(document.createElement("h2"), { id: "keys-title", textContent: "Keys" });
  const list = Object.assign(document.createElement("ul"), { className: "stack" });
  list.append(...listKeys().map(([key, what]) => keyRow(key, what)));
  const note = document.createElement("p");
  note.className = "meta";
  note.textContent = switchedOff() ? "Single letters are switched off." : "Single letters work while a list has focus.";
  const close = Object.assign(document.createElement("button"), { className: "btn small", textContent: "Close" });
  close.addEventListener("click", () => dialog.close());
  dialog.replaceChildren(title, list, note, close);
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey) return;
  const withControl = event.ctrlKey || event.metaKey;
  let taken = false;
  if (withControl && event.key.toLowerCase() === "k") taken = (openCommand(), true);
  else if (withControl && event.key === "Enter") taken = submitWithin(event.target) || press(CONFIRM, document);
  else if (!withControl && !inField(event.target)) {
    const list = listOf(event.target);
    if (event.key === "?" && !switchedOff()) taken = (openHelp(), true);
    else if (list && (!switchedOff() || event.key.startsWith("Arrow"))) taken = inList(event, list);
  }
  if (taken) event.preventDefault();
});
