// How do lines come and go by themselves? By a stream, or by asking every few seconds where there is none. Every line has its place;
// a place that was passed over, or a stream that fell silent, blocks sending until everything is here. Nothing is ever stored in the
// browser, and nothing in the box leaves it before “Send”.

const SILENT_MS = 25000;
const ASK_MS = 3000;
const TYPING_MS = 4000;
const TYPING_SHOWN_MS = 10000;
// A connection that hangs is as good as none.
const GIVE_UP_MS = 10000;
// Two minutes of trying by itself: longer than a phone is without a network in a lift or a tunnel.
const RETRY_MS = [1000, 2000, 4000, 8000, ...Array(8).fill(15000)];

const LOST = "The connection was lost. What you wrote is kept in the box. Trying again…";

const list = document.querySelector("[data-lines]");
const form = document.querySelector("[data-write]");
const gap = document.querySelector("[data-gap]");
const told = document.querySelector("[data-told]");
const writes = document.querySelector("[data-writes]");
const ring = document.querySelector("[data-ring]");
const exit = document.querySelector("[data-leave-to]");
const box = form?.querySelector("textarea");
const force = document.querySelector(".top span")?.textContent ?? "";
let place = Number(list.dataset.seq);
let heardAt = performance.now();
let behind = "";
let stream = null;
let typingAt = 0;
let typingOver = 0;

function make(tag, name, text) {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

// On a phone the box must not push what was said last out of sight: the button stands at the lower edge, the lines above it.
function settle(line) {
  if (document.activeElement === box) form.querySelector(".row").scrollIntoView({ block: "end" });
  else line.scrollIntoView({ block: "nearest" });
}

function lineOf(side, text, time) {
  const line = make("li", `line ${side === "visitor" ? "mine" : side === "notice" ? "notice" : "ours"}`, "");
  line.append(make("span", "who", `${side === "visitor" ? "You" : force}${time ? `, ${time}` : ""}`), make("span", "said", text));
  if (side === "visitor") line.append(make("span", "state", ""));
  return line;
}

function state(line, text) { line.querySelector(".state").textContent = text; }

function fallBehind(why) {
  behind = why;
  gap.textContent = why;
  gap.hidden = false;
  block();
}

function catchUp() {
  behind = "";
  gap.hidden = true;
  block();
}

function block() { for (const each of form?.querySelectorAll("button") ?? []) each.disabled = Boolean(behind); }

// One look at the chat: what the stream or an answer said. It must begin where we are, or something is missing.
function take(look) {
  heardAt = performance.now();
  if (look.gone) { exit.click(); return; }
  if (look.from > place) { fallBehind("Some lines are missing. Getting them…"); ask(); return; }
  for (const each of look.lines ?? []) if (each.seq > place) show(each);
  if (look.lines) place = Math.max(place, look.seq);
  else if (look.seq > place) { ask(); return; }
  if (behind) catchUp();
  if (look.told !== undefined) tell(look);
}

function show(each) {
  const waiting = each.id && list.querySelector(`[data-id="${CSS.escape(each.id)}"]`);
  const line = waiting || lineOf(each.side, each.text, each.time);
  if (waiting) { line.firstChild.textContent = `You, ${each.time}`; line.querySelector("button")?.remove(); line.classList.remove("failed"); }
  line.dataset.place = each.seq;
  if (each.side === "visitor") state(line, "Stored");
  if (each.side === "staff") writes.textContent = "";
  // Lines that are still on their way stay below those that have their place.
  list.insertBefore(line, waiting ? list.querySelector("[data-id]:not([data-place])") : list.querySelector(":scope > :not([data-place])"));
  place = Math.max(place, each.seq);
  settle(line);
}

function tell(look) {
  if (told.textContent !== look.told) told.textContent = look.told;
  for (const line of list.querySelectorAll(".mine[data-place]")) if (Number(line.dataset.place) <= look.seen) state(line, "Seen");
  writes.textContent = look.typing ? "Somebody is writing…" : "";
  clearTimeout(typingOver);
  if (look.typing) typingOver = setTimeout(() => { writes.textContent = ""; }, TYPING_SHOWN_MS);
  if (look.ring) ring.hidden = false;
  if (look.closed && form) form.hidden = !box.value;
}

function soon() { return AbortSignal.timeout?.(GIVE_UP_MS); }

async function ask() {
  try {
    const answer = await fetch(`${list.dataset.news}?after=${place}`, { headers: { Accept: "application/json" }, cache: "no-store", signal: soon() });
    if (!answer.ok && answer.status !== 410) throw new Error(String(answer.status));
    take(await answer.json());
  } catch {
    fallBehind(LOST);
  }
}

function listen() {
  stream?.close();
  if (!list.dataset.stream) return;
  stream = new EventSource(`${list.dataset.stream}?after=${place}`, { withCredentials: true });
  heardAt = performance.now();
  stream.onmessage = (event) => take(JSON.parse(event.data));
  stream.onerror = () => {
    stream.close();
    stream = null;
    // Not all at once, when a server comes back to many.
    setTimeout(listen, 500 + Math.random() * 3000);
    setTimeout(ask, Math.random() * 2000);
  };
}

async function post(fields) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, ...fields });
  return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, cache: "no-store", signal: soon() });
}

// One after the other, in the order they were written: a line whose way was blocked must not arrive after the next one.
let before = Promise.resolve();
function send(line, fields) {
  state(line, "Sending…");
  before = before.then(() => deliver(line, fields)).catch(() => {});
}

const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });

async function deliver(line, fields, tries = 0) {
  if (line.dataset.place) return;
  line.classList.remove("failed");
  line.querySelector("button")?.remove();
  let answer = null;
  let found = {};
  try {
    answer = await post(fields);
    found = await answer.json();
  } catch { answer = null; }
  if (line.dataset.place) return;
  if (answer?.ok) {
    state(line, "Stored");
    if (found.ring) ring.hidden = false;
    if (!stream) ask();
    return;
  }
  if (found.gone) { exit.click(); return; }
  const again = answer === null || answer.status === 429 || answer.status >= 500;
  if (again && tries < RETRY_MS.length) {
    state(line, "Not stored yet. Trying again…");
    for (let waited = 0; waited < RETRY_MS[tries] && !line.dataset.place; waited += 500) await pause(500);
    await deliver(line, fields, tries + 1);
    return;
  }
  state(line, found.error ?? "This was not stored.");
  line.classList.add("failed");
  const retry = make("button", "button second", "Try again");
  retry.type = "button";
  retry.addEventListener("click", () => send(line, fields));
  line.append(retry);
}

// Made before the first try, so that however often a line is sent it is one line. Web Crypto's UUID needs a secure page; this does not.
function newId() { return [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, "0")).join(""); }

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (behind) return;
  const quick = event.submitter?.name === "quick" ? event.submitter : null;
  const text = quick ? quick.textContent.trim() : box.value.trim();
  if (!text) { box.focus(); return; }
  const fields = { id: newId(), text: quick ? "" : text, ...(quick && { quick: quick.value }) };
  const line = lineOf("visitor", text, "");
  line.dataset.id = fields.id;
  list.append(line);
  if (!quick) { box.value = ""; box.focus(); }
  settle(line);
  send(line, fields);
});

box?.addEventListener("input", () => {
  if (performance.now() - typingAt < TYPING_MS) return;
  typingAt = performance.now();
  const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
  fetch(list.dataset.typing, { method: "POST", body }).catch(() => {});
});

box?.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

// One key each for those who can only tap.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("textarea, input, select, summary")) return;
  const button = form?.querySelector(`[name="quick"][accesskey="${CSS.escape(event.key.toLowerCase())}"]`);
  if (button) { event.preventDefault(); form.requestSubmit(button); }
});

// The browser often knows before the stream does.
addEventListener("offline", () => fallBehind(LOST));
addEventListener("online", () => { listen(); ask(); });

setInterval(() => { if (!stream) ask(); else if (performance.now() - heardAt > SILENT_MS) { listen(); ask(); } }, ASK_MS);
listen();
