"""Dispatch in a real Chromium: two incidents made one by keyboard and without script, and two dispatchers who race for one unit."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.looking import faults_of
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
FILL = """
import django; django.setup()
from datetime import timedelta
from standfast.foundation.kernel import clock
from tests.builders import staff
from tests.dispatch.steps import unit_on_duty, waiting_incident
from tests.incidents.steps import PRIORITY
now = clock.now()
# A place and a hat of their own, so that what other tests made is neither near nor nearer.
far = {"text": "Race Lane", "lat": 53.10, "lon": -1.70}
crash = {"text": "Crash Corner", "lat": 53.30, "lon": -1.40}
unit_on_duty("RA52", now=now, north_km=33.4)
unit_on_duty("RC54", now=now, north_km=60.0)
# Nobody sends it, and nobody is sent to the last incident.
unit_on_duty("RK56", now=now, north_km=33.4)
made = [waiting_incident(by=staff("asha"), now=now, place=far, words="The race", ago=timedelta(hours=2 * n)) for n in (0, 1)]
for answers, minutes in ((PRIORITY, 9), (None, 4)):
    given = {"answers": answers} if answers else {}
    crashed = timedelta(minutes=minutes)
    made.append(waiting_incident(by=staff("asha"), now=now, place=crash, words="A crash at the corner", ago=crashed, **given))
quiet = {"text": "Quiet Corner", "lat": 53.10, "lon": -1.20}
made.append(waiting_incident(by=staff("asha"), now=now, place=quiet, words="The quiet one", ago=timedelta(minutes=7)))
print(*(each.reference for each in made))
"""
Enter = Callable[..., Page]


@pytest.fixture(scope="module")
def made(own_site: StaffSite) -> list[str]:
    """The references of two incidents far from each other in time, of two of one crash, and of one that no test sends a unit to."""
    done = subprocess.run(
        [sys.executable, "-c", FILL], env=own_site.environment, check=True, capture_output=True, text=True
    )
    return done.stdout.split()[-5:]


@pytest.fixture
def enter(browser: Browser, own_site: StaffSite, made: list[str]) -> Iterator[Enter]:
    """Sign in as a role in a browser of its own."""
    contexts = []

    def as_role(role: str, *, script: bool = True) -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, java_script_enabled=script)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{own_site.address}/sign-in")
        page.click(f"button[value={role}]")
        page.wait_for_url("**/dispatch")
        return page

    yield as_role
    for each in contexts:
        each.close()


def test_two_dispatchers_press_at_once_one_sends_and_the_other_is_told_who_did_and_when(
    enter: Enter, own_site: StaffSite, made: list[str]
) -> None:
    pages = {"Dispatcher": enter("dispatcher"), "Dispatch supervisor": enter("dispatch_supervisor")}
    for page, incident in zip(pages.values(), made[:2], strict=True):
        page.goto(f"{own_site.address}/dispatch?view=lists&incident={incident}")
        expect(page.locator("button[value=RA52]")).to_be_enabled()
    for page in pages.values():
        # As a finger does: nobody waits for the other's answer.
        page.evaluate("setTimeout(() => document.querySelector('button[value=RA52]').click(), 50)")
    for page in pages.values():
        page.wait_for_url(lambda url: "view=lists" not in url)
        page.wait_for_load_state()
    won = [name for name, page in pages.items() if "Somebody changed this meanwhile" not in page.content()]
    assert len(won) == 1
    (winner,) = won
    (loser,) = set(pages) - set(won)
    expect(pages[winner].locator("#board-panel")).to_contain_text("RA52 sent, not confirmed by the crew")
    told = pages[loser].locator("main")
    expect(told).to_contain_text("RA52 went to")
    expect(told).to_contain_text(f"sent by {winner} at ")
    expect(told).to_contain_text("Nothing was changed.")
    pages[loser].goto(f"{own_site.address}/dispatch?view=lists&incident={made[list(pages).index(loser)]}")
    expect(pages[loser].locator("#board-panel")).not_to_contain_text("RA52 sent")


def test_two_incidents_are_made_one_by_keyboard_and_parted_without_script(
    enter: Enter, own_site: StaffSite, made: list[str]
) -> None:
    earlier, later = made[2:4]
    page = enter("dispatcher")
    page.goto(f"{own_site.address}/incidents/{later}")
    part = page.locator("#same")
    expect(part).to_contain_text("0.0 km away · told 5 min earlier · same words for the place")
    expect(part).to_contain_text("“A crash at the corner”")
    assert faults_of(page) == []
    part.get_by_role("link", name="Merge").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Are these two one incident?")
    expect(page.locator("main")).to_contain_text(f"{later} is closed as merged into {earlier}")
    assert faults_of(page) == []
    page.get_by_label("How you know that they are one").focus()
    page.keyboard.type("One crash, two callers")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/incidents/{earlier}")
    expect(page.locator("#belongs")).to_contain_text("One crash, two callers")
    assert faults_of(page) == []
    page.goto(f"{own_site.address}/incidents/{later}")
    expect(page.locator("#merged")).to_contain_text(earlier)
    assert faults_of(page) == []
    plain = enter("dispatcher", script=False)
    plain.goto(f"{own_site.address}/incidents/{later}")
    plain.locator("#merged").get_by_role("link", name="Part them again").click()
    plain.get_by_label("How you know that they are two").fill("Two crashes")
    plain.get_by_role("button", name="Part the two incidents").click()
    plain.wait_for_url(f"**/incidents/{later}")
    expect(plain.locator("#merged")).to_have_count(0)
    expect(plain.locator("#same")).to_contain_text(earlier)


def test_the_board_is_worked_by_keys_and_a_command_waits_for_one_press(
    enter: Enter, own_site: StaffSite, made: list[str]
) -> None:
    page = enter("dispatcher")
    page.goto(f"{own_site.address}/dispatch?view=lists&incident={made[0]}")
    page.locator("#board-rows").focus()
    page.keyboard.press("u")
    expect(page.locator("#board-units")).to_be_focused()
    page.keyboard.press("e")
    page.wait_for_url("**/describe")
    expect(page.locator("h1")).to_have_text("Opening code and qualifiers")
    page.go_back()
    page.locator("#board-rows").focus()
    page.keyboard.press("x")
    page.wait_for_url("**/close")
    page.keyboard.press("Control+k")
    page.keyboard.type("/s ra52 at scene")
    page.keyboard.press("Enter")
    page.wait_for_url("**/dispatch/units/RA52?status=6")
    expect(page.get_by_role("button", name="Note this status")).to_be_focused()
    assert faults_of(page) == []


def test_every_key_of_the_board_is_in_its_list_and_none_is_taken_from_a_field(
    enter: Enter, own_site: StaffSite, made: list[str]
) -> None:
    page = enter("dispatcher")
    page.goto(f"{own_site.address}/dispatch?view=lists&incident={made[4]}")
    page.locator("#board-rows").focus()
    page.keyboard.press("?")
    listed = page.locator("[data-keys-help] li")
    for key, what in (
        ("D", "Dispatch"),
        ("V", "Both"),
        ("E", "edit: opening code and qualifiers"),
        ("U", "Units"),
        ("X", "close the incident"),
        ("O", "Open the incident"),
        (".", "copy the reference"),
        ("1 … 9", "in the row of a unit: its next status, by number"),
    ):
        expect(listed.filter(has_text=re.compile(rf"^{re.escape(key)} {re.escape(what)}$"))).to_have_count(1)
    page.keyboard.press("Escape")
    assert faults_of(page) == []
    page.locator("#other-unit summary").click()
    page.get_by_label("Reason").click()
    page.keyboard.type("exd.6")
    expect(page.get_by_label("Reason")).to_have_value("exd.6")
    assert "/dispatch?view=lists" in page.url


def test_the_next_status_of_a_unit_is_one_key_in_its_row_and_what_cannot_follow_is_none(
    enter: Enter, own_site: StaffSite, made: list[str]
) -> None:
    page = enter("dispatcher")
    page.goto(f"{own_site.address}/dispatch?view=lists")
    row = page.locator("[data-row=RA52]")
    following = row.get_attribute("data-next").split()
    row.locator("a").first.focus()
    for impossible in sorted(set("0123456789") - set(following)):
        page.keyboard.press(impossible)
    expect(page).to_have_url(re.compile("view=lists"))
    page.keyboard.press(following[0])
    page.wait_for_url(f"**/dispatch/units/RA52?status={following[0]}")
    expect(page.get_by_role("button", name="Note this status")).to_be_focused()


def test_the_reference_of_an_incident_is_copied_by_one_key(enter: Enter, own_site: StaffSite, made: list[str]) -> None:
    page = enter("dispatcher")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{own_site.address}/dispatch?view=lists&incident={made[0]}")
    page.locator("#board-rows").focus()
    page.keyboard.press(".")
    expect(page.locator("[data-announcer]")).to_have_text("Reference copied")
    assert page.evaluate("navigator.clipboard.readText()") == made[0]
