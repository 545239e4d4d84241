// What stays when a fragment is refreshed? Selection, scroll, focus, half-typed words and the order under the hand.
// New rows wait behind "3 new, show" unless they are Immediate: those are announced and inserted above without moving focus.

import { announce } from "./countdown.js";

const rowsOf = (root) => [...root.querySelectorAll("[data-row]")];
const keyOf = (row) => row.dataset.row;
const whatOf = (row) => row.querySelector(".what")?.textContent.trim() ?? "A row";

/** Say which rows of the fresh fragment are new, and which of these may not wait. */
export function newRows(knownKeys, freshRows) {
  const fresh = freshRows.filter((row) => !knownKeys.has(keyOf(row)));
  return { urgent: fresh.filter((row) => "immediate" in row.dataset), waiting: fresh.filter((row) => !("immediate" in row.dataset)) };
}

function remember(list) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const row = focused?.closest("[data-row]");
  const scroller = list.closest(".pane") ?? document.scrollingElement;
  return {
    order: [...list.querySelectorAll("[data-row]:not([hidden]), [data-gone]")].map((each) => ({ key: each.dataset.row ?? each.dataset.gone, what: whatOf(each), height: each.offsetHeight })),
    isUnderHand: list.matches(":hover") || Boolean(row),
    keys: new Set(rowsOf(list).filter((row) => !row.hidden).map(keyOf)),
    row: row && keyOf(row),
    place: row ? [...row.querySelectorAll("a, button, input, textarea, select")].indexOf(focused) : -1,
    id: focused?.id,
    scroller,
    top: scroller.scrollTop,
  };
}

function restore(list, kept) {
  kept.scroller.scrollTop = kept.top;
  const row = kept.row && list.querySelector(`[data-row="${CSS.escape(kept.row)}"]`);
  const target = row ? row.querySelectorAll("a, button, input, textarea, select")[kept.place] : kept.id && document.getElementById(kept.id);
  target?.focus({ preventScroll: true });
}

// While a pointer or the focus is in the list, each row stays where it was, and one that went leaves a line in its place.
function keepPlaces(list, kept) {
  const body = list.querySelector("tbody");
  const fresh = body ? rowsOf(body) : [];
  if (!kept.isUnderHand || !fresh.length) return { inOrder: fresh, gone: 0 };
  const byKey = new Map(fresh.map((row) => [keyOf(row), row]));
  let gone = 0;
  for (const was of kept.order) {
    gone += !byKey.has(was.key);
    body.append(byKey.get(was.key) ?? lineFor(was, fresh[0].children.length));
  }
  for (const row of fresh) if (!kept.keys.has(keyOf(row))) "immediate" in row.dataset ? body.prepend(row) : body.append(row);
  return { inOrder: fresh, gone };
}

function lineFor({ key, what, height }, width) {
  const line = document.createElement("tr");
  line.dataset.gone = key;
  line.className = "row";
  line.style.height = `${height}px`; // as tall as the row it stands for
  const cell = Object.assign(document.createElement("td"), { colSpan: width, className: "meta" });
  const told = Object.assign(document.createElement("span"), { className: "what", textContent: what });
  cell.append(told, "No longer in this list");
  line.append(cell);
  return line;
}

function showButton(list, waiting, { inOrder, gone }) {
  list.querySelector(".new-rows")?.remove();
  const moved = inOrder.some((row, at) => row !== list.querySelectorAll("[data-row]")[at]);
  if (!waiting.length && !gone && !moved) return;
  const told = [waiting.length && `${waiting.length} new`, gone && `${gone} gone`].filter(Boolean).join(", ") || "Order changed";
  const button = Object.assign(document.createElement("button"), { className: "new-rows", type: "button", textContent: `${told}, show` });
  button.addEventListener("click", () => {
    for (const line of list.querySelectorAll("[data-gone]")) line.remove();
    for (const row of inOrder) {
      row.hidden = false;
      row.parentElement.append(row);
    }
    button.remove();
    (waiting[0] ?? inOrder[0])?.querySelector("a, button")?.focus();
  });
  list.prepend(button);
  if (waiting.length) announce(`${waiting.length} new in the list`);
}

const memory = new Map();

document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target;
  if (!list.matches?.("[data-live]") || !event.detail.shouldSwap) return;
  if (list.querySelector("form[data-dirty]")) {
    event.detail.shouldSwap = false; // somebody is typing in it: their words come before our news
    return;
  }
  memory.set(list.id, remember(list));
});

document.addEventListener("htmx:afterSwap", (event) => {
  const kept = memory.get(event.detail.target.id);
  const list = document.getElementById(event.detail.target.id);
  if (!kept || !list) return;
  memory.delete(list.id);
  const { urgent, waiting } = newRows(kept.keys, rowsOf(list));
  const places = keepPlaces(list, kept);
  for (const row of waiting) row.hidden = true;
  showButton(list, waiting, places);
  if (urgent.length) announce(`${urgent.length} new Immediate: ${urgent[0].querySelector(".what")?.textContent ?? ""}`);
  // What came in above moved everything down: scroll by as much, so that nothing moves on the screen.
  if (kept.isUnderHand) kept.top += urgent.reduce((height, row) => height + row.offsetHeight, 0);
  restore(list, kept);
});

document.addEventListener("input", (event) => event.target.closest("[data-live] form")?.setAttribute("data-dirty", ""));
