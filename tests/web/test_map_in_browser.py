"""The dispatchers' map in a real Chromium: it marks what the lists hold, by keyboard too, under the strict content policy."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.looking import faults_of
from tests.map_files import CREDIT_IN_WORDS
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
FILL = """
import django; django.setup()
from standfast.demo.load_places import load_knotshire
from standfast.foundation.kernel import clock
from standfast.foundation.people.access import operator
from tests.builders import staff
from tests.dispatch.steps import unit_on_duty, waiting_incident
now = clock.now()
load_knotshire(by=operator("test"), now=now)
# Far enough from the incident that, on a map of the whole force, the two marks do not lie on each other.
unit_on_duty("MP52", now=now, north_km=14.0)
print(waiting_incident(by=staff("asha"), now=now).reference)
"""


def filled(site: StaffSite) -> str:
    """Fill a force's ground, with a unit and an incident that waits; return its reference."""
    made = subprocess.run(
        [sys.executable, "-c", FILL], env=site.environment, check=True, capture_output=True, text=True
    )
    return made.stdout.split()[-1]


@pytest.fixture(scope="module")
def incident(own_site: StaffSite) -> str:
    """The reference of an incident that waits, in a force whose ground is known, with one unit near it."""
    return filled(own_site)


@contextmanager
def board_of(site: StaffSite, browser: Browser, **context_of: Any) -> Iterator[Page]:
    """Give the board as a dispatcher sees it; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, **context_of)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{site.address}/sign-in")
    page.click("button[value=dispatcher]")
    page.wait_for_url("**/dispatch")
    yield page
    context.close()
    assert not complaints


@pytest.fixture
def board(browser: Browser, own_site: StaffSite, incident: str) -> Iterator[Page]:
    """The board of a force that has no map of its own."""
    with board_of(own_site, browser) as page:
        yield page


def test_a_mark_is_reached_by_keyboard_and_chooses_its_incident(board: Page, incident: str) -> None:
    mark = board.locator(f".pin[href*='{incident}']")
    expect(mark).to_have_attribute("aria-label", f"Immediate, {incident[:4]}, kind not noted, Sowbrook Lane")
    expect(board.locator(".pin.free")).to_have_text("MP52")
    expect(board.locator("[data-map-says]")).to_contain_text("1 incident and 1 unit on the map")
    assert faults_of(board) == []
    mark.focus()
    board.keyboard.press("Enter")
    board.wait_for_url(f"**incident={incident}*")
    expect(board.locator(".pin.chosen")).to_have_attribute("aria-current", "true")
    expect(board.locator("#board-panel")).to_contain_text("MP52")
    assert faults_of(board) == []


def test_lists_and_map_are_each_usable_alone(board: Page, own_site: StaffSite, incident: str) -> None:
    board.goto(f"{own_site.address}/dispatch?view=map")
    expect(board.locator("#board-rows")).to_have_count(0)
    board.locator(f".pin[href*='{incident}']").click()
    expect(board.get_by_role("button", name="Dispatch")).to_be_visible()
    assert "view=map" in board.url
    assert faults_of(board) == []
    board.goto(f"{own_site.address}/dispatch?view=lists")
    expect(board.locator("[data-map]")).to_have_count(0)
    expect(board.locator("#board-rows")).to_contain_text("Sowbrook Lane")


def test_a_refresh_keeps_the_focus_on_a_mark(board: Page, incident: str) -> None:
    mark = board.locator(f".pin[href*='{incident}']")
    mark.focus()
    with board.expect_response("**/dispatch/map"):
        board.evaluate("document.querySelector('[data-map]').dispatchEvent(new CustomEvent('standfast:refresh'))")
    expect(mark).to_be_focused()


# --- over a map of the force's own ----------------------------------------------------------------------------------------

PICTURES = "() => [...document.querySelectorAll('.leaflet-tile')].map((each) => [each.src, each.naturalWidth])"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_forces_own_map_lies_beneath_marks_that_stay_legible(
    browser: Browser, mapped_site: StaffSite, mapped_incident: str, theme: str
) -> None:
    asked: list[str] = []
    with board_of(mapped_site, browser, color_scheme=theme) as page:
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        expect(page.locator("[data-map][data-backed]")).to_have_count(1)
        expect(page.locator(f".pin[href*='{mapped_incident}']")).to_be_visible()
        expect(page.locator(".leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
        shown = page.evaluate(PICTURES)
        assert shown
        assert {width for _, width in shown} == {256}
        assert all(source.startswith(f"{mapped_site.address}/dispatch/map/tiles/") for source, _ in shown)
        expect(page.locator(".map-says")).to_contain_text(CREDIT_IN_WORDS)
        # A word has a ground of its own, so that what lies beneath takes nothing from its contrast; pictures are dimmed in the dark.
        ground = "(what) => getComputedStyle(document.querySelector(what)).backgroundColor"
        assert page.evaluate(ground, ".pin span") == page.evaluate(ground, ".map-says")
        dimmed = page.evaluate("getComputedStyle(document.querySelector('.leaflet-tile-pane')).filter")
        assert dimmed == ("none" if theme == "light" else "brightness(0.4) saturate(0.7)")
        assert faults_of(page) == []
        page.get_by_role("button", name="Nearer").click()
        expect(page.locator(".leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
    assert {url.split("/")[2] for url in asked if "/tiles/" in url} == {mapped_site.address.split("/")[2]}


@pytest.fixture(scope="module")
def mapped_incident(mapped_site: StaffSite) -> str:
    """The reference of an incident that waits where the force has a map of its own."""
    return filled(mapped_site)


def test_without_a_map_of_the_forces_own_no_picture_is_asked_for(board: Page, incident: str) -> None:
    asked: list[str] = []
    board.on("request", lambda request: asked.append(request.url))
    board.reload()
    expect(board.locator("[data-map][data-ready]")).to_have_count(1)
    expect(board.locator(".leaflet-tile")).to_have_count(0)
    expect(board.locator(".place").first).to_be_visible()
    assert not [url for url in asked if "tiles" in url]


# --- over a map that comes as shapes --------------------------------------------------------------------------------------

# The lake lies midway between the incident and the unit, wherever the map has put those.
BETWEEN = """() => {
  const [one, other] = [...document.querySelectorAll('.pin-at')].filter((each) => each.querySelector('.pin'))
    .map((each) => each.getBoundingClientRect());
  const [x, y] = [(one.left + other.left) / 2, (one.top + other.top) / 2];
  for (const canvas of document.querySelectorAll('canvas.leaflet-tile')) {
    const {left, right, top, bottom, width} = canvas.getBoundingClientRect();
    if (x < left || x >= right || y < top || y >= bottom) continue;
    const scale = canvas.width / width;
    return [...canvas.getContext('2d').getImageData(Math.floor((x - left) * scale), Math.floor((y - top) * scale), 1, 1).data];
  }
  return [];
}"""
TOKEN = "(name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()"
FAULT = "The force's own map cannot be read, or only in part; the marks are where they belong."


def is_water(page: Page) -> bool:
    """Say whether the lake is drawn in the page's colour of water, as near as the browser paints it."""
    token = page.evaluate(TOKEN, "--map-water")
    wanted = [int(token[at : at + 2], 16) for at in (1, 3, 5)] + [255]
    found = page.evaluate(BETWEEN)
    return len(found) == 4 and all(abs(one - other) <= 2 for one, other in zip(found, wanted, strict=True))


def expect_water(page: Page) -> None:
    """Wait until every piece of the map is drawn, and the lake with them."""
    expect(page.locator("[data-map][data-backed][data-ready]")).to_have_count(1)
    expect(page.locator(".leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
    for _ in range(100):
        if is_water(page):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"At the lake the map is {page.evaluate(BETWEEN)}.")


@pytest.fixture(scope="module")
def drawn_incident(drawn_site: StaffSite) -> str:
    """The reference of an incident that waits where the force's own map comes as shapes."""
    return filled(drawn_site)


def test_a_map_of_shapes_is_drawn_in_the_colours_of_the_page_as_they_change(
    browser: Browser, drawn_site: StaffSite, drawn_incident: str
) -> None:
    asked: list[str] = []
    with board_of(drawn_site, browser, color_scheme="light") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.reload()
        expect_water(page)
        expect(page.locator(".map-says")).to_contain_text("© Knotshire Survey")
        expect(page.get_by_text(FAULT)).to_be_hidden()
        expect(page.locator(".place")).to_have_count(0)
        assert page.evaluate("getComputedStyle(document.querySelector('.leaflet-tile-pane')).filter") == "none"
        page.emulate_media(color_scheme="dark")
        expect_water(page)
        assert faults_of(page) == []
    # Nobody else is asked, and what was asked came from the force's own file.
    assert {url.split("/")[2] for url in asked} == {drawn_site.address.split("/")[2]}
    assert [url for url in asked if "/dispatch/map/tiles/" in url]


def test_a_map_of_shapes_begins_in_the_dark_and_follows_from_near_to_far(
    browser: Browser, drawn_site: StaffSite, drawn_incident: str
) -> None:
    with board_of(drawn_site, browser, color_scheme="dark") as page:
        expect_water(page)
        for name in ("Nearer", "Nearer", "Farther", "Farther", "Farther", "Whole force"):
            page.get_by_role("button", name=name).click()
        expect_water(page)


def test_a_map_that_cannot_be_read_is_said_and_the_ground_is_drawn(
    browser: Browser, drawn_site: StaffSite, drawn_incident: str
) -> None:
    file = Path(drawn_site.environment["STANDFAST_MAP_TILES"])
    sound = file.rename(file.with_suffix(".sound"))
    try:
        file.write_bytes(sound.read_bytes()[:5000])
        with board_of(drawn_site, browser) as page:
            expect(page.get_by_text(FAULT)).to_be_visible()
            expect(page.locator("[data-map-says]")).to_contain_text("1 incident and 1 unit on the map")
            expect(page.locator(".place").first).to_be_visible()
            assert faults_of(page) == []
    finally:
        sound.rename(file)


def test_a_piece_that_cannot_be_read_is_said_and_left_empty(
    browser: Browser, drawn_site: StaffSite, drawn_incident: str
) -> None:
    with board_of(drawn_site, browser) as page:
        page.route("**/dispatch/map/tiles/**", lambda route: route.fulfill(body=b"\xff" * 90))
        page.reload()
        expect(page.get_by_text(FAULT)).to_be_visible()
        # Nothing of the map came, so that the ground does not give way.
        expect(page.locator(".place").first).to_be_visible()


def test_nobody_else_loads_what_draws_shapes(
    browser: Browser, mapped_site: StaffSite, mapped_incident: str, board: Page
) -> None:
    asked: list[str] = []
    with board_of(mapped_site, browser) as page:
        for each in (page, board):
            each.on("request", lambda request: asked.append(request.url))
            each.reload()
            expect(each.locator("[data-map][data-ready]")).to_have_count(1)
    assert [url for url in asked if "map.js" in url]
    assert not [url for url in asked if "map-shapes" in url or "protomaps" in url]
