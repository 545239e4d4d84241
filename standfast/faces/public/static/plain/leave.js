// How does somebody leave at once? The control and Shift three times within five seconds empty the page first, then end the visit.
// Nothing here is needed: without script the control is a plain link. Nothing is ever stored in the browser.

const WITHIN_MS = 5000;
const GIVE_UP_MS = 4000;
const control = document.querySelector("[data-leave-to]");
const heard = document.querySelector("[data-leave-heard]");

function leave(event) {
  event?.preventDefault();
  document.title = "Loading";
  document.body.replaceChildren();
  // The neutral page takes this page's place in the history. If we do not answer, go there without us.
  setTimeout(() => location.replace(control.dataset.leaveTo), GIVE_UP_MS);
  location.replace(control.href);
}

let presses = [];
function listen(event) {
  if (event.key !== "Shift") { presses = []; return; }
  if (event.repeat) return;
  presses = [...presses.filter((at) => event.timeStamp - at < WITHIN_MS), event.timeStamp];
  if (presses.length === 3) leave(event);
  else heard.textContent = presses.length === 2 ? "Press Shift once more to exit this page" : "Press Shift two more times to exit this page";
}

// A capital letter is Shift too: only Shift by itself counts.
let other = false;
addEventListener("keydown", (event) => { other = event.key === "Shift" ? false : event.shiftKey || other; if (event.key !== "Shift") presses = []; });
addEventListener("keyup", (event) => { if (event.key === "Shift" && !other) listen(event); });
for (const each of document.querySelectorAll("[data-leave]")) each.addEventListener("click", leave);

// “Back” after leaving: neither a remembered copy of a page nor the closed one.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
const [arrival] = performance.getEntriesByType("navigation");
if (document.querySelector("[data-closed]") && arrival?.type === "back_forward") leave();

document.querySelector("[data-focus]")?.focus();
