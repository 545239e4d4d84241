"""The dispatchers' map in a real Chromium: it marks what the lists hold, by keyboard too, under the strict content policy."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.looking import faults_of
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


@pytest.fixture(scope="module")
def incident(own_site: StaffSite) -> str:
    """The reference of an incident that waits, in a force whose ground is known, with one unit near it."""
    made = subprocess.run(
        [sys.executable, "-c", FILL], env=own_site.environment, check=True, capture_output=True, text=True
    )
    return made.stdout.split()[-1]


@pytest.fixture
def board(browser: Browser, own_site: StaffSite, incident: str) -> Iterator[Page]:
    """The board as a dispatcher sees it; whatever the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.goto(f"{own_site.address}/sign-in")
    page.click("button[value=dispatcher]")
    page.wait_for_url("**/dispatch")
    yield page
    context.close()
    assert not complaints


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
