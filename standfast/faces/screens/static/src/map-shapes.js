// How does a force's own map look that comes as shapes (vector tiles, as the Protomaps basemap has them) and is drawn here? Quietly, in the
// colours of the page: land, water and roads to find one's way by, names where there is room, and marks that stand out. Loaded only where
// the force has such a map.

/** A piece of shapes lies under four tiles of the screen: it is of the zoom before. */
const DOUBLED = 1;
const GREEN =
  "allotments cemetery forest garden golf_course grass grassland meadow national_park nature_reserve orchard park pitch playground " +
  "protected_area recreation_ground scrub village_green wood";
const BUILT =
  "aerodrome college commercial hospital industrial kindergarten military pedestrian railway residential retail school university";
const NAMED = "college fire_station hospital police school stadium station university";
/** How wide a line is drawn, in pixels by zoom; what surrounds a road is as much wider as its edge. */
const HIGHWAY = [[6, 1], [9, 1.8], [11, 2.6], [14, 5.5], [18, 18]];
const MAJOR = [[8, 0.8], [11, 1.6], [14, 4], [18, 14]];
const MINOR = [[12, 0.8], [14, 2.4], [18, 10]];
const PATH = [[14, 0.4], [18, 2]];
const RAIL = [[9, 0.6], [14, 1.4], [18, 3]];
const RUNWAY = [[11, 1], [14, 8], [18, 40]];
const RIVER = [[9, 0.8], [14, 2.5], [18, 9]];
const EDGE = 1.5;
/** A place is named from a zoom on, by how large it is. */
const PLACES = [["city", 0, 700, 15], ["town", 10, 600, 13], ["village", 12, 500, 13], ["hamlet suburb", 13, 500, 12]];

/** Return the layer of Leaflet that draws the map; `drew` is called when there is something of it, `failed` when a piece cannot be read. */
export async function layerOfShapes({ painter, tiles, leastZoom, mostZoom, deepest, colour, drew, failed }) {
  const { default: P } = await import(painter);
  const layer = P.leafletLayer({
    url: { getZxy: (zoom, column, row, signal) => piece(tiles, { zoom, column, row }, signal) },
    maxDataZoom: mostZoom,
    minNativeZoom: leastZoom + DOUBLED,
    maxZoom: deepest,
    attribution: "", // whose map it is stands below it
    paintRules: shapesOf(P, colour),
    labelRules: wordsOf(P, colour),
  });
  watch(layer, drew, failed);
  layer.recolour = () => {
    layer.paintRules = shapesOf(P, colour);
    layer.labelRules = wordsOf(P, colour);
    layer.clearLayout();
    layer.rerenderTiles();
  };
  return layer;
}

/** Fetch a piece of the map, or nothing where it has none. */
async function piece(tiles, { zoom, column, row }, signal) {
  const address = tiles.replace("{z}", zoom).replace("{x}", column).replace("{y}", row);
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (answer.status === 204) return undefined;
  if (!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return { data: await answer.arrayBuffer() };
}

/** Say when the first piece is drawn. One that cannot be read is told once and left empty; one nobody waits for any more is neither. */
function watch(layer, drew, failed) {
  const [view] = layer.views.values();
  const read = view.getDisplayTile.bind(view);
  let found = false;
  view.getDisplayTile = async (place) => {
    try {
      const tile = await read(place);
      found ||= tile.data.size > 0;
      return tile;
    } catch (error) {
      if (error.name === "AbortError") throw error;
      failed();
      return { ...view.dataTileForDisplayTile(place), z: place.z, data: new Map() };
    }
  };
  layer.on("tileload", function begun() {
    if (!found) return;
    layer.off("tileload", begun);
    drew();
  });
}

const kindIs = (kinds, key = "kind") => {
  const any = new Set(kinds.split(" "));
  return (_zoom, { props }) => any.has(props[key]);
};
const isArea = (P) => (_zoom, { geomType }) => geomType === P.GeomType.Polygon;
const isLine = (P) => (_zoom, { geomType }) => geomType === P.GeomType.Line;

/** Say what is drawn, from the ground up. */
function shapesOf(P, colour) {
  const area = (dataLayer, fill, more) => ({ dataLayer, symbolizer: new P.PolygonSymbolizer({ fill: colour(fill) }), ...more });
  const line = (dataLayer, stroke, options, more) => {
    const round = { lineCap: "round", lineJoin: "round" };
    return { dataLayer, symbolizer: new P.LineSymbolizer({ color: colour(stroke), ...round, ...options }), ...more };
  };
  const dashed = (widths, ...dash) => ({ width: P.exp(1.5, widths), lineCap: "butt", dash });
  const road = (kinds, widths, minzoom, fill) => {
    const width = P.exp(1.5, widths);
    const filter = kindIs(kinds);
    return {
      edge: line("roads", "--map-edge", { width: (zoom) => width(zoom) + EDGE }, { minzoom, filter }),
      inside: line("roads", fill, { width }, { minzoom, filter }),
    };
  };
  const roads = [
    road("minor_road", MINOR, 13, "--map-lane"),
    road("major_road", MAJOR, 9, "--map-road"),
    road("highway", HIGHWAY, 6, "--map-road"),
  ];
  return [
    area("earth", "--map-ground", { filter: isArea(P) }),
    area("landcover", "--map-green", { filter: kindIs("forest grassland scrub") }),
    area("landcover", "--map-built", { filter: kindIs("urban_area") }),
    area("landuse", "--map-built", { filter: kindIs(BUILT) }),
    area("landuse", "--map-green", { filter: kindIs(GREEN) }),
    area("water", "--map-water", { filter: isArea(P) }),
    line("water", "--map-water", { width: P.exp(1.5, RIVER) }, { minzoom: 9, filter: isLine(P) }),
    area("buildings", "--map-house", { minzoom: 14 }),
    line("boundaries", "--map-edge", { width: 1, dash: [4, 3] }),
    line("roads", "--map-house", { width: P.exp(1.5, RUNWAY), lineCap: "butt" }, { minzoom: 11, filter: kindIs("runway", "kind_detail") }),
    line("roads", "--map-edge", dashed(PATH, 3, 2), { minzoom: 14, filter: kindIs("path other") }),
    line("roads", "--map-rail", dashed(RAIL, 6, 3), { minzoom: 9, filter: kindIs("rail") }),
    ...roads.map(({ edge }) => edge),
    ...roads.map(({ inside }) => inside),
  ];
}

/** Say what is named, what matters most first: where there is no room for two, the later is left out. */
function wordsOf(P, colour) {
  const family = colour("--font");
  const ink = { labelProps: ["name:en", "name"], fill: colour("--map-word"), stroke: colour("--map-ground") };
  const font = (weight, size) => `${weight} ${size}px ${family}`;
  const beside = (dataLayer, size, weight, more) => {
    const symbolizer = new P.CenteredTextSymbolizer({ ...ink, width: 2, lineHeight: 1.4, font: font(weight, size) });
    return { dataLayer, symbolizer, ...more };
  };
  const along = (kinds, minzoom) => {
    const symbolizer = new P.LineLabelSymbolizer({ ...ink, width: 4, position: P.LineLabelPlacement.Center, font: font(500, 12) });
    return { dataLayer: "roads", minzoom, filter: kindIs(kinds), symbolizer };
  };
  const isPoint = (_zoom, { geomType }) => geomType === P.GeomType.Point;
  return [
    ...PLACES.map(([kinds, minzoom, weight, size]) => beside("places", size, weight, { minzoom, filter: kindIs(kinds, "kind_detail") })),
    along("highway major_road", 13),
    along("minor_road", 15),
    beside("pois", 12, 500, { minzoom: 15, filter: kindIs(NAMED) }),
    beside("places", 12, 500, { minzoom: 14, filter: kindIs("neighbourhood macrohood") }),
    beside("water", 12, 400, { minzoom: 12, filter: isPoint }),
  ];
}
