// How much time is left? The server sends instants; this only counts, and says aloud when a state changes, not each second.

const MINUS = "−";
const WORD = { ontime: "left", warning: "left", overdue: "over" };
const SPOKEN = { warning: "nearly due", overdue: "overdue" };

/** Write whole seconds as `times.span` does on the server. */
export function span(seconds) {
  const sign = seconds < 0 ? MINUS : "";
  const size = Math.abs(seconds);
  if (size < 3600) return `${sign}${Math.floor(size / 60)}:${String(size % 60).padStart(2, "0")}`;
  if (size < 86400) {
    const minutes = Math.floor((size % 3600) / 60);
    return `${sign}${Math.floor(size / 3600)} h${minutes ? ` ${String(minutes).padStart(2, "0")}` : ""}`;
  }
  const days = Math.floor(size / 86400);
  return `${sign}${days} day${days === 1 ? "" : "s"}`;
}

/** Return the state of a limit at an instant; all three are milliseconds, `warnAt` may be NaN. */
export function stateAt(now, dueAt, warnAt) {
  if (now > dueAt) return "overdue";
  return now >= warnAt ? "warning" : "ontime";
}

// The computer's clock may be wrong, the server's counts: the page says what time it was there when it was made.
const clock = document.querySelector("[data-clock]");
const offset = clock ? Date.parse(clock.dateTime) - Date.now() : 0;
const london = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", timeStyle: "medium" });

/** Return the server's time in milliseconds. */
export const serverNow = () => Date.now() + offset;

function show(element, now) {
  const dueAt = Date.parse(element.dataset.due);
  const state = stateAt(now, dueAt, Date.parse(element.dataset.warn));
  element.querySelector("b").textContent = span(Math.floor((dueAt - now) / 1000));
  if (element.classList.contains(state)) return;
  element.classList.remove("ontime", "warning", "overdue", "plain");
  element.classList.add(state, ...(state === "ontime" ? ["plain"] : []));
  element.querySelector(".word").textContent = WORD[state];
  element.querySelector("use").setAttribute("href", `${document.body.dataset.sprite}#i-${state}`);
  if (SPOKEN[state]) announce(`${nameOf(element)} is ${SPOKEN[state]}`);
}

function nameOf(element) {
  const row = element.closest("tr, li");
  return row?.querySelector(".what, span:first-child")?.textContent.trim() || "A duty";
}

/** Say a sentence to those who listen to the page. */
export function announce(sentence) {
  const place = document.querySelector("[data-announcer]");
  if (place) place.textContent = sentence;
}

function tick() {
  const now = serverNow();
  if (clock) clock.textContent = london.format(now);
  for (const element of document.querySelectorAll(".clock[data-due]")) show(element, now);
  for (const element of document.querySelectorAll("[data-since]")) {
    element.textContent = span(Math.max(0, Math.floor((now - Date.parse(element.dataset.since)) / 1000)));
  }
}

tick();
setInterval(tick, 1000);
