"""What keeps somebody from using a page: with a screen reader, in the dark, on a small screen, or by keyboard alone?"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, ViewportSize

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=320, height=640)
_AXE = Axe()
# Every rule axe has on of its own accord, and the one of WCAG 2.2 AA that it has off.
_ALL_RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# What a page is made of is the same in both themes; only its colours are others.
_COLOURS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
_SIZES = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["target-size"]}}
# Before the first key: what can be used, and how it looks while nothing has the focus. Then every focus is noted as it comes.
_WATCH = """() => {
  const usable = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")].filter(
    (e) => !e.disabled && e.type !== "hidden" && !e.closest("[inert]") && e.checkVisibility({visibilityProperty: true})
      && !(e.tabIndex < 0 && !e.matches("a[href], button, input, select, textarea")));
  const ring = (s) =>
    [s.outlineStyle === "none" ? "" : s.outline, s.boxShadow, s.borderColor, s.borderWidth, s.backgroundColor].join();
  // A field may be shown by its label, and a link by its row.
  const around = (e) => [e, e.parentElement, e.closest("tr")].filter(Boolean).map((each) => ring(getComputedStyle(each)));
  const look = (e) => [...around(e), ...[...(e.labels ?? [])].flatMap(
    (label) => [ring(getComputedStyle(label)), ring(getComputedStyle(label, "::before"))])].join("|");
  const stop = (e) => e.type === "radio" ? `radio ${e.name} ${e.form?.id}` : e;
  const covered = (e) => {
    const {left, right, top, bottom} = e.getBoundingClientRect();
    const points = [[(left + right) / 2, (top + bottom) / 2], [left + 2, top + 2], [right - 2, bottom - 2]];
    return !points.some(([x, y]) => document.elementsFromPoint(x, y).slice(0, 1).some(
      (at) => at === e || e.contains(at) || at.contains(e) || [...(e.labels ?? [])].some((label) => label.contains(at))));
  };
  document.activeElement?.blur();
  const rest = new Map(usable.map((e) => [e, look(e)]));
  const seen = {stops: new Set(), focused: new Set(), shown: new Set(), free: new Set()};
  const notice = (e) => {
    if (rest.get(e) !== look(e)) seen.shown.add(e);
    if (!covered(e)) seen.free.add(e);
  };
  document.addEventListener("focusin", ({target}) => {
    seen.stops.add(stop(target));
    seen.focused.add(target);
    notice(target);
    // What scrolls into view, or changes its look, does so by the next frame.
    requestAnimationFrame(() => { if (document.activeElement === target) notice(target) });
  });
  window.reachedByKeyboard = () => {
    const words = (e) => e.labels?.[0]?.textContent || e.ariaLabel || e.textContent || e.name || "";
    const named = (e) => `${e.localName} “${words(e).trim().slice(0, 40)}”`;
    return {
      "is not reached by Tab": usable.filter((e) => e.isConnected && e.checkVisibility() && !seen.stops.has(stop(e))).map(named),
      "does not show that it has the focus": [...seen.focused].filter((e) => !seen.shown.has(e)).map(named),
      "is covered while it has the focus": [...seen.focused].filter((e) => !seen.free.has(e)).map(named),
    };
  };
  // A date takes a stop for its day, month, year and calendar.
  return new Set(usable.map(stop)).size + 3 * usable.filter((e) => e.type === "date").length;
}"""


def faults_of(page: Page) -> list[str]:
    """
    Return what is wrong with a page as it stands, one line a fault: axe in both themes, the keyboard, and a screen of 320 pixels.

    The page is loaded once and left in the light theme at the width of a desk.
    """
    # A page that is not loaded has no style yet.
    page.wait_for_load_state("load")
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    faults = _told("light", page, _ALL_RULES)
    page.emulate_media(color_scheme="dark")
    faults += _told("dark", page, _COLOURS)
    page.emulate_media(color_scheme="light")
    faults += _by_keyboard(page)
    faults += _sideways(page, DESK)
    page.set_viewport_size(PHONE)
    faults += _told("320 px", page, _SIZES)
    faults += _sideways(page, PHONE)
    page.set_viewport_size(DESK)
    return faults


def _sideways(page: Page, size: ViewportSize) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{size['width']} px: it scrolls sideways, to {wide}"] if wide > size["width"] else []


def exit_faults_of(page: Page) -> list[str]:
    """Return what is wrong with the way out of a public page: it is to be among the first two stops of the Tab key."""
    first: list[bool] = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
            .filter((each) => each.checkVisibility()).slice(0, 2).map((each) => each.matches("[data-leave]"))"""
    )
    return [] if any(first) else ["the way out is not among the first two stops"]


def leaving_faults_of(page: Page) -> list[str]:
    """
    Return what is wrong when Shift is pressed three times on a public page: it is to be empty at once, and the visit to be ended.

    The answer is held back and what stood there put back as it was, so that whoever looks at many pages can go on.
    """
    asked: list[str] = []

    def hold(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=204)  # a browser stays where it is

    page.route("**/leave", hold)
    page.evaluate(_KEEP)
    for _ in range(3):
        page.keyboard.press("Shift")
    left = page.evaluate("[document.body.children.length, document.title]")
    for _ in range(50 if left == [0, "Loading"] else 0):
        if asked:
            break
        page.wait_for_timeout(20)
    page.evaluate("window.putBack()")
    page.unroute("**/leave", hold)
    found = [] if left == [0, "Loading"] else [f"Shift three times leaves {left[0]} parts of the page"]
    return found + ([] if asked else ["Shift three times does not end the visit"])


_KEEP = """() => {
    const [parts, title, later, started] = [[...document.body.childNodes], document.title, window.setTimeout, []];
    window.setTimeout = (...given) => { const id = later(...given); if (given[1] === 4000) started.push(id); return id; };
    window.putBack = () => {
        window.setTimeout = later;
        started.forEach((id) => clearTimeout(id));  // it would go to the neutral page without us
        document.body.replaceChildren(...parts);
        document.title = title;
    };
}"""


def _told(name: str, page: Page, options: dict[str, Any]) -> list[str]:
    found = _AXE.run(page, options=options).response["violations"]
    return [f"{name}: {each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def _by_keyboard(page: Page) -> list[str]:
    # From the top of the page, as somebody who has just come.
    stops = page.evaluate(_WATCH)
    for _ in range(stops + 2):
        page.keyboard.press("Tab")
    found: dict[str, list[str]] = page.evaluate("reachedByKeyboard()")
    return [f"keyboard: {each} {wrong}" for wrong, named in found.items() for each in named]
