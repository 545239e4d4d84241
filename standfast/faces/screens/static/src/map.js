// Where are the incidents and the units? A map of what the lists hold: drawn by Leaflet on the force's own ground, fetched afresh with the
// lists. A mark is a link, so that Tab and Enter reach it; nothing can be done here that cannot be done in the lists.

const map = document.querySelector("[data-map]");
const ICONS = { immediate: "i-immediate", high: "i-high", medium: "i-medium", standard: "i-standard", free: "i-dot", going: "i-arrow", at_scene: "i-scene", busy: "i-paused" };
const NAMES_FROM = { city: 0, town: 10, village: 12 };
const LABELS_FROM = 11;
const CLOSE = 14;
const DEEPEST = 19;
const inTheDark = matchMedia("(prefers-color-scheme: dark)");

/** Load Leaflet. It tries innerHTML once to see whether SVG works, which trusted types refuse: that one try is answered here. */
async function leaflet(address) {
  const inner = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  const set = function (text) {
    if (text === "<svg/>") this.replaceChildren(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
    else inner.set.call(this, text);
  };
  Object.defineProperty(Element.prototype, "innerHTML", { ...inner, set });
  try {
    await import(address);
  } finally {
    Object.defineProperty(Element.prototype, "innerHTML", inner);
  }
  return globalThis.L;
}

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const json = async (address, background) =>
  (await fetch(address, { credentials: "same-origin", headers: background ? { "Standfast-Background": "1", "HX-Request": "true" } : {} })).json();

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${document.body.dataset.sprite}#${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Read what the server says in rows: what there are many of comes once, and is numbered in them. */
function read({ risks, kinds, states, ...shown }) {
  const incidents = shown.incidents.map(([reference, lat, lon, risk, kind, place]) => {
    const short = reference.slice(0, 4);
    const says = [risks[risk][1], short, kinds[kind], place || "place not known"].join(", ");
    return { reference, at: [lat, lon], text: short, kind: risks[risk][0], says };
  });
  const units = shown.units.map(([callsign, lat, lon, state, minutes]) => {
    const old = minutes ? `, position ${minutes} min old` : "";
    return { callsign, at: [lat, lon], text: callsign, kind: states[state][0], says: `${callsign}, ${states[state][1]}${old}` };
  });
  return { ...shown, incidents, units };
}

function mark(L, view, { at, href, says, text, kind, chosen }) {
  const link = Object.assign(document.createElement("a"), { href, className: `pin ${kind}${chosen ? " chosen" : ""}` });
  link.setAttribute("aria-label", says);
  link.title = says;
  if (chosen) link.setAttribute("aria-current", "true");
  // What Tab reaches is brought into view, clear of the buttons. The browser has just scrolled the frame to it, and would only take that
  // back with the next picture: until then the mark would lie beside it.
  link.addEventListener("focus", () => {
    view.getContainer().scroll(0, 0);
    view.panInside(at, { padding: [60, 60], animate: false });
  });
  const label = Object.assign(document.createElement("span"), { textContent: text });
  link.append(icon(ICONS[kind]), label);
  return L.marker(at, { icon: L.divIcon({ html: link, className: "pin-at", iconSize: [0, 0] }), interactive: false, keyboard: false, zIndexOffset: chosen ? 1000 : 0 });
}

function name(L, { name, at, kind }) {
  const label = Object.assign(document.createElement("span"), { className: `place ${kind}`, textContent: name });
  label.setAttribute("aria-hidden", "true");
  return L.marker(at, { icon: L.divIcon({ html: label, className: "pin-at", iconSize: [0, 0] }), interactive: false, keyboard: false, zIndexOffset: -1000 });
}

/** Draw the ground; over a map of the force's own only the boundaries, and nothing that hides it. */
function draw(L, layer, ground) {
  layer.clearLayers();
  const line = { color: colour("--line"), weight: 1, fill: true, fillOpacity: 1, interactive: false };
  if ("backed" in map.dataset) {
    const edge = { ...line, fill: false, weight: 2, color: colour("--line-strong") };
    for (const { rings } of ground.boundaries) for (const ring of rings) L.polygon(ring, edge).addTo(layer);
    return;
  }
  for (const { ring, urban } of ground.cells) L.polygon(ring, { ...line, fillColor: colour(urban ? "--accent-soft" : "--surface") }).addTo(layer);
  for (const { rings } of ground.boundaries) for (const ring of rings) L.polygon(ring, { ...line, fillOpacity: 0.4, fillColor: colour("--surface"), color: colour("--line-strong") }).addTo(layer);
}

function pictures(L, drew) {
  const { tiles, leastZoom, mostZoom } = map.dataset;
  // Leaflet gives a picture it drops an empty one of its own, which the content policy refuses: dropped it is enough.
  const { _removeTile, _abortLoading } = L.GridLayer.prototype;
  const Pictures = L.TileLayer.extend({ _removeTile, _abortLoading });
  const layer = new Pictures(tiles, { minNativeZoom: Number(leastZoom), maxNativeZoom: Number(mostZoom), maxZoom: DEEPEST });
  layer.once("tileload", drew);
  return layer;
}

/** Load what draws shapes, and draw with it in the colours of the page, whenever they change. */
async function shapes(drew, failed) {
  const { tiles, leastZoom, mostZoom, shapes: drawing, painter } = map.dataset;
  const { layerOfShapes } = await import(drawing);
  const zooms = { leastZoom: Number(leastZoom), mostZoom: Number(mostZoom), deepest: DEEPEST };
  const layer = await layerOfShapes({ painter, tiles, ...zooms, colour, drew, failed });
  inTheDark.addEventListener("change", layer.recolour);
  return layer;
}

/** Lay the force's own map beneath everything, if it has one. The ground gives way when the first piece of it is there. */
async function back(L, view, redraw) {
  if (!map.dataset.tiles) return;
  const failed = () => (map.querySelector("[data-map-fault]").hidden = false);
  const drew = () => {
    map.dataset.backed = "";
    redraw();
  };
  try {
    const layer = map.dataset.shapes ? await shapes(drew, failed) : pictures(L, drew);
    layer.addTo(view);
  } catch (error) {
    failed();
    throw error;
  }
}

function words(shown) {
  const counted = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const parts = [`${counted(shown.incidents.length, "incident")} and ${counted(shown.units.length, "unit")} on the map`];
  if (shown.unplaced) parts.push(`${shown.unplaced} without a place`);
  if (shown.more) parts.push(`${shown.more} more in the list`);
  return parts.join(", ");
}

async function begin() {
  const L = await leaflet(map.dataset.leaflet);
  // Between two zooms, words drawn from shapes would be small and soft.
  const view = L.map(map.querySelector("[data-canvas]"), { preferCanvas: true, zoomControl: false, attributionControl: false, zoomSnap: map.dataset.shapes ? 1 : 0.5, fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false });
  const ground = await json(map.dataset.ground);
  const under = L.layerGroup().addTo(view);
  const names = L.layerGroup().addTo(view);
  const marks = L.layerGroup().addTo(view);
  const whole = L.featureGroup();
  draw(L, under, ground);
  draw(L, whole, ground);
  const everything = () => whole.getLayers().length && whole.getBounds();
  const fit = (bounds) => (bounds ? view.fitBounds(bounds, { padding: [10, 10] }) : view.setView([52.8, -2.0], 10));
  const scale = () => {
    map.classList.toggle("far", view.getZoom() < LABELS_FROM);
    names.clearLayers();
    // The force's own map has the names of places on it.
    if (!("backed" in map.dataset)) for (const each of ground.places) if (view.getZoom() >= NAMES_FROM[each.kind]) name(L, each).addTo(names);
  };
  fit(everything());
  scale();
  view.on("zoomend", scale);
  inTheDark.addEventListener("change", () => draw(L, under, ground));
  back(L, view, () => (draw(L, under, ground), scale()));
  let first = true;
  const load = async () => {
    const shown = read(await json(map.dataset.marks, !first));
    show(L, view, marks, shown);
    if (first) look(L, view, shown, fit, everything);
    first = false;
  };
  await load();
  map.addEventListener("standfast:refresh", load);
  map.querySelector("[data-nearer]").addEventListener("click", () => view.zoomIn());
  map.querySelector("[data-farther]").addEventListener("click", () => view.zoomOut());
  map.querySelector("[data-whole]").addEventListener("click", () => fit(everything()));
  map.dataset.ready = "";
}

const isChosen = (each) => each.reference === map.dataset.chosen;

function show(L, view, layer, shown) {
  const focused = map.contains(document.activeElement) && document.activeElement.getAttribute("href");
  layer.clearLayers();
  const proposed = document.querySelector("[data-proposed]")?.dataset.proposed;
  const chosen = shown.incidents.find(isChosen);
  const going = shown.units.find((each) => each.callsign === proposed);
  if (chosen && going) L.polyline([going.at, chosen.at], { color: colour("--accent"), weight: 3, dashArray: "6 6", interactive: false }).addTo(layer);
  for (const each of shown.units) mark(L, view, { ...each, href: map.dataset.unit.replace("CALLSIGN", encodeURIComponent(each.callsign)) }).addTo(layer);
  for (const each of shown.incidents.toReversed?.() ?? [...shown.incidents].reverse())
    mark(L, view, { ...each, href: map.dataset.incident.replace("REFERENCE", encodeURIComponent(each.reference)), chosen: isChosen(each) }).addTo(layer);
  if (focused) [...map.querySelectorAll(".pin")].find((each) => each.getAttribute("href") === focused)?.focus({ preventScroll: true });
  map.querySelector("[data-map-says]").textContent = words(shown);
}

/** Begin where the chosen incident is, with the unit proposed for it; else with all there is. */
function look(L, view, shown, fit, everything) {
  const chosen = shown.incidents.find(isChosen);
  if (chosen) view.setView(chosen.at, Math.min(CLOSE, 12.5));
  else if (!everything() && shown.incidents.length) fit(L.latLngBounds(shown.incidents.map((each) => each.at)));
}

if (map) begin().catch((error) => {
  map.querySelector("[data-map-says]").textContent = "The map could not be drawn. The lists hold everything.";
  throw error;
});
