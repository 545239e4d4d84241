// Is this page up to date? One stream a browser: the tab that holds the lock reads it and tells the others.
// The stream says only which topics changed, with a cursor; each page fetches its own fragments again.
// A gap is said aloud and blocks sending until the page has caught up; without a stream, fragments are fetched every 15 s.

const POLL_MS = 15000;
const QUIET_MS = 45000;
const LOCK = "standfast-live";
const url = document.querySelector('meta[name="standfast-live"]')?.content;
const channel = "BroadcastChannel" in globalThis ? new BroadcastChannel("standfast-live") : null;
const live = () => [...document.querySelectorAll("[data-live]")];
const state = { cursor: "", heardAt: Date.now(), stale: false, polling: null };

function fragmentsFor(topics) {
  return live().filter((element) => !topics || element.dataset.live.split(" ").some((topic) => topics.includes(topic)));
}

function refresh(topics) {
  for (const element of fragmentsFor(topics)) globalThis.htmx?.trigger(element, "standfast:refresh");
}

/** Show or hide the banner that says this page is stale, and block or free sending. */
export function setStale(stale, words = "Connection lost. This page may be out of date; sending waits until it has caught up.") {
  if (stale === state.stale) return;
  state.stale = stale;
  const banner = document.querySelector("[data-stale]");
  if (banner) {
    banner.hidden = !stale;
    banner.querySelector("[data-stale-words]").textContent = words;
  }
  for (const button of document.querySelectorAll("[data-needs-live] button")) button.disabled = stale;
}

function hear(message) {
  state.heardAt = Date.now();
  if (message.kind === "lost") {
    setStale(true);
    poll(true);
    return;
  }
  const behind = state.stale;
  if (message.cursor) state.cursor = message.cursor;
  if (behind) refresh(); // caught up: everything may have changed meanwhile
  else if (message.resync) refresh(); // the server no longer knows what happened since our cursor
  else if (message.topics) refresh(message.topics);
  setStale(false);
  poll(false);
}

function tell(message) {
  hear(message);
  channel?.postMessage(message);
}

function poll(on) {
  if (on === Boolean(state.polling)) return;
  clearInterval(state.polling);
  state.polling = on ? setInterval(() => refresh(), POLL_MS) : null;
}

function read() {
  const source = new EventSource(state.cursor ? `${url}?cursor=${encodeURIComponent(state.cursor)}` : url, { withCredentials: true });
  source.addEventListener("open", () => tell({ kind: "open" }));
  source.addEventListener("message", (event) => tell({ kind: "news", ...JSON.parse(event.data) }));
  source.addEventListener("error", () => {
    tell({ kind: "lost" });
    if (source.readyState === EventSource.CLOSED) setTimeout(read, 2000 + Math.random() * 3000);
  });
}

// The tab that gets the lock reads until it closes. The others hear from it, and fetch once what changed before they could.
function share() {
  const lead = () => (read(), new Promise(() => {}));
  navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (lock) return lead();
    refresh();
    navigator.locks.request(LOCK, lead);
  });
}

if (live().length) {
  channel?.addEventListener("message", (event) => hear(event.data));
  if (!url) poll(true);
  else if (navigator.locks) share();
  else read();
  if (url) setInterval(() => Date.now() - state.heardAt > QUIET_MS && hear({ kind: "lost" }), 5000);
}

// What was fetched while something was being sent may show how things stood before it: it is dropped, and fetched once more.
const sent = { underWay: 0, answeredAt: 0 };
const askedAt = new WeakMap();
const dropped = new Set();

function fetchAgain() {
  for (const element of dropped) globalThis.htmx?.trigger(element, "standfast:refresh");
  dropped.clear();
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { xhr, requestConfig } = event.detail;
  askedAt.set(xhr, performance.now());
  if (requestConfig.verb === "get") return;
  sent.underWay += 1;
  xhr.addEventListener("loadend", () => {
    sent.underWay -= 1;
    sent.answeredAt = performance.now();
    if (!sent.underWay) fetchAgain();
  });
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!requestConfig?.elt.dataset.live || requestConfig.verb !== "get" || !event.detail.shouldSwap) return;
  if (!sent.underWay && askedAt.get(xhr) > sent.answeredAt) return;
  event.detail.shouldSwap = false;
  dropped.add(requestConfig.elt);
  if (!sent.underWay) setTimeout(fetchAgain);
});

document.addEventListener("htmx:configRequest", (event) => {
  // The server may know which requests a person made and which the page made by itself: only the first keep a session awake.
  if (event.detail.triggeringEvent?.type === "standfast:refresh") event.detail.headers["Standfast-Background"] = "1";
});
document.addEventListener("htmx:sendError", () => setStale(true));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && state.polling) setStale(false);
});
