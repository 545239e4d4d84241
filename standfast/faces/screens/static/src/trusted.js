// Which HTML may a script put into a page? The one trusted-types policy of the staff pages, used by htmx's parser only.
// A fragment is judged as parsed, in a document that runs and loads nothing: by its elements and attributes, never by its text, since
// what a caller said may look like anything. Whatever could run is refused: fragments of our own templates never contain it.

export const POLICY = "standfast-htmx";
const REFUSED_ELEMENTS = new Set(
  ("animate animatemotion animatetransform applet base embed frame frameset iframe link meta object portal script set " +
    "style").split(" "),
);
const REFUSED_ATTRIBUTE = /^(on|srcdoc$|style$|shadowroot|(data-)?hx-on)/;
const ADDRESS = /^(action|background|formaction|href|ping|poster|src|xlink:href|(data-)?hx-(get|post|put|patch|delete))$/;
const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Throw when a parsed document or fragment holds anything that could run, inside templates too. */
export function refuseWhatRuns(root) {
  for (const element of root.querySelectorAll("*")) {
    const name = element.localName.toLowerCase();
    if (REFUSED_ELEMENTS.has(name)) throw new TypeError(`A fragment holds what must not run: <${name}>`);
    for (const { name: raw, value } of element.attributes) {
      const attribute = raw.toLowerCase();
      if (REFUSED_ATTRIBUTE.test(attribute) || (ADDRESS.test(attribute) && !leadsSomewhere(value)))
        throw new TypeError(`A fragment holds what must not run: ${name} ${attribute}`);
    }
    if (element.content instanceof DocumentFragment) refuseWhatRuns(element.content);
  }
}

/** Say whether an address leads to a page, read as the browser would read it. */
function leadsSomewhere(value) {
  try {
    return SCHEMES.has(new URL(value, document.baseURI).protocol);
  } catch {
    return true; // what the browser cannot read as an address leads nowhere
  }
}

if (globalThis.trustedTypes) {
  // The policy itself passes everything and therefore never leaves this module: the only way to it is the parser below.
  const policy = trustedTypes.createPolicy(POLICY, { createHTML: (text) => text });
  const parse = DOMParser.prototype.parseFromString;
  DOMParser.prototype.parseFromString = function (text, type) {
    const parsed = parse.call(this, policy.createHTML(String(text)), type);
    refuseWhatRuns(parsed);
    return parsed;
  };
  // Newer browsers have a second parser, and htmx takes it where it is there. It would hide shadow trees from the judgement above.
  if (Document.parseHTMLUnsafe)
    Document.parseHTMLUnsafe = (text) => new DOMParser().parseFromString(text, "text/html");
}
