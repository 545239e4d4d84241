"""The desk and the contact page in a real Chromium: keyboard only, and typing that outlives refreshes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Locator, Page, Route, expect

from tests.looking import faults_of
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# A safety deadline: words are stored two seconds after the last key at the latest; the rest is for a busy machine.
SAVED_WITHIN_MS = 4000
GRAVE = "he has a knife and hes outside again, my kids are upstairs"


@pytest.fixture
def opened(browser: Browser, staff_site: StaffSite) -> Iterator[Open]:
    """Open a page as a contact officer; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/desk", role: str = "contact_officer", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{staff_site.address}/sign-in")
        page.click(f"button[value={role}]")
        page.wait_for_url("**/desk")
        page.goto(staff_site.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def call_taken(page: Page) -> str:
    """Take a 999 call by the page and return its reference."""
    page.click("#new-contact > summary")
    page.click("button[value='999']")
    page.wait_for_url("**/contact/*")
    return page.url.rsplit("/", 1)[1]


def test_nothing_that_opens_on_the_contact_page_keeps_anybody_out(opened: Open) -> None:
    page = opened()
    call_taken(page)
    page.fill("#words", GRAVE)
    expect(page.locator("#saved-words")).to_contain_text("Saved")
    for opener in ("#all-questions > summary", "#act-close > summary", "#part-flags .flag details > summary"):
        page.locator(opener).first.click()
    assert faults_of(page) == []
    page.goto(page.url.split("/contact")[0] + "/desk")
    assert faults_of(page) == []


def test_a_call_is_taken_answered_and_graded_by_keyboard_alone(opened: Open) -> None:
    page = opened()
    page.focus("#desk-rows")
    page.keyboard.press("n")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    _tab_to(page, "button[value='999']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/contact/*")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("a man with a knife is in the road")
    expect(page.locator("#saved-words")).to_contain_text("Saved")
    _tab_to(page, "#ask-list")
    page.keyboard.press("1")
    expect(page.locator("#part-ask")).to_contain_text("8 open")
    expect(page.locator("#ask-list")).to_be_focused()
    page.keyboard.press("1")
    expect(page.locator("#part-ask")).to_contain_text("7 open")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#part-grade")).to_contain_text("Confirmed")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-help]")).to_contain_text("copy the reference")
    # Over the page, and not below its end.
    assert page.locator("[data-keys-help]").evaluate("(list) => [getComputedStyle(list).position, scrollY]") == [
        "fixed",
        0,
    ]


def _tab_to(page: Page, target: str) -> None:
    for _ in range(60):
        if page.evaluate("(wanted) => document.activeElement?.matches(wanted)", target):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by the keyboard")


def test_a_waiting_contact_is_claimed_from_the_list_by_its_key(opened: Open) -> None:
    first = opened()
    reference = call_taken(first)
    first.click("#act-hand-back > summary")
    first.fill("#hand-back-summary", "Rang off, will ring again")
    first.click("#form-hand-back button")
    expect(first.locator("#head")).to_contain_text("Waiting")
    page = opened(f"/desk?chosen={reference}")
    expect(page.locator("[data-row] a:focus")).to_have_count(1)
    page.keyboard.press("a")
    page.wait_for_url(f"**/contact/{reference}")
    expect(page.locator("#head")).to_contain_text("yours")


def test_what_is_being_typed_outlives_a_refresh_of_the_page(opened: Open) -> None:
    page = opened()
    call_taken(page)
    page.fill("#text-limb-harm", "half a sen")
    page.focus("#words")
    page.keyboard.type("one")
    expect(page.locator("#saved-words")).to_contain_text("Saved")
    page.evaluate("htmx.trigger('#contact-live', 'standfast:refresh')")
    page.keyboard.type(" two")
    expect(page.locator("#part-log")).to_contain_text("Filled in")
    page.wait_for_function("document.querySelector('#words').value === 'one two'")
    assert page.input_value("#text-limb-harm") == "half a sen"
    expect(page.locator("#words")).to_be_focused()
    page.wait_for_timeout(SAVED_WITHIN_MS)
    page.reload()
    assert page.input_value("#words") == "one two"


def test_what_was_fetched_before_an_answer_does_not_take_it_back(opened: Open) -> None:
    page = opened()
    call_taken(page)
    held: list[Route] = []
    old: list[APIResponse] = []

    def hold(route: Route) -> None:
        if held or route.request.method != "GET" or "hx-request" not in route.request.headers:
            route.continue_()
            return
        held.append(route)
        old.append(route.fetch())

    page.route("**/contact/*", hold)
    page.evaluate("htmx.trigger('#contact-live', 'standfast:refresh')")
    for _ in range(100):
        if old:
            break
        page.wait_for_timeout(100)
    assert old, "the refresh was to be answered before the question is"
    page.locator("#all-questions summary").click()
    answer = page.locator("#a-happening_now-yes")
    answer.click()
    expect(answer).to_have_attribute("aria-pressed", "true")
    with page.expect_response(lambda response: response.request.method == "GET" and "/contact/" in response.url):
        held[0].fulfill(response=old[0])
    page.wait_for_timeout(500)
    expect(answer).to_have_attribute("aria-pressed", "true")


def test_two_who_type_at_once_both_keep_their_words(opened: Open) -> None:
    asha, sana = opened(), opened(role="contact_supervisor")
    reference = call_taken(asha)
    sana.goto(asha.url)
    sana.fill("#words", "theirs")
    expect(sana.locator("#saved-words")).to_contain_text("Saved")
    asha.fill("#words", "mine")
    expect(asha.locator("#theirs-words")).to_contain_text("theirs")
    assert asha.input_value("#words") == "mine"
    asha.click("text=Save both, theirs first")
    expect(asha.locator("#saved-words")).to_contain_text("Saved")
    asha.goto(asha.url)
    assert asha.input_value("#words") == "theirs\nmine", reference


def test_a_refusal_is_said_where_it_belongs_and_touches_nothing_typed(opened: Open) -> None:
    page = opened()
    call_taken(page)
    page.fill("#text-limb-harm", "no level chosen")
    page.click("#save-limb-harm")
    expect(page.locator("#error-limb-harm")).to_contain_text("Choose a level")
    expect(page.locator("#problem")).to_contain_text("Your words are kept")
    assert page.input_value("#text-limb-harm") == "no level chosen"
    page.select_option("#level-limb-harm", "high")
    page.click("#save-limb-harm")
    expect(page.locator("#part-limb-harm .lv")).to_contain_text("High")
    expect(page.locator("#problem")).to_be_empty()


def test_the_whole_way_works_with_script_switched_off(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    call_taken(page)
    page.fill("#words", "a man with a knife is in the road")
    page.click("#form-fill-words button:has-text('Save')")
    page.locator("#all-questions > summary").click()
    page.click("#a-happening_now-yes")
    page.click("#form-confirm button")
    assert "Confirmed" in page.inner_text("#part-grade")
    page.click("#form-route button")
    assert "Send officers" in page.inner_text("#part-route")


def corner_of(row: Locator) -> tuple[float, float]:
    """Where does a row begin, in pixels?"""
    box = row.bounding_box()
    assert box is not None
    return box["x"], box["y"]


def test_no_row_moves_under_the_hand(opened: Open) -> None:
    page, other = opened("/desk?queue=mine"), opened()
    for _ in range(3):
        call_taken(other)
        other.goto(other.url.split("/contact")[0] + "/desk?queue=mine")
    page.reload()
    rows = page.locator("#desk-rows [data-row]")
    first, second = (rows.nth(place).get_attribute("data-row") for place in (0, 1))
    held = page.locator(f"[data-row='{second}']")
    held.locator("a").focus()
    before = corner_of(held)
    other.goto(f"{other.url.split('/desk')[0]}/contact/{first}")
    other.click("#act-hand-back > summary")
    other.fill("#hand-back-summary", "Rang off")
    other.click("#form-hand-back button")
    expect(other.locator("#head")).to_contain_text("Waiting")
    page.evaluate("htmx.trigger('#desk-rows', 'standfast:refresh')")
    expect(page.locator("[data-gone]")).to_contain_text("No longer in this list")
    # A browser lays out in fractions of a pixel.
    assert corner_of(held) == pytest.approx(before, abs=1.0)
    expect(held.locator("a")).to_be_focused()
    page.click("text=1 gone, show")
    expect(page.locator("[data-gone]")).to_have_count(0)
    assert page.locator("#desk-rows [data-row]").first.get_attribute("data-row") == second
