"""SUR1: does leaving end everything, on the server and in the browser, at once and without script?"""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route

from tests.public.conftest import Site
from tests.public.visitor import ANSWERS, Visitor

WORDS = ANSWERS["words"]["words"]
PATHS = ("/form/words", "/form/check", "/form/done", "/form/now/note")


def test_leaving_is_a_plain_link_that_ends_the_visit(site: Site, visitor: Visitor, neutral_page: str) -> None:
    visitor.walk()
    cookies = dict(visitor.cookies)
    left = visitor.get("/leave")
    assert (left.status, left.headers["location"]) == (303, neutral_page)
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert left.headers["cache-control"] == "no-store"
    assert visitor.cookies == {}
    assert site.ask("SELECT count(*) FROM public_draft WHERE ended_at IS NULL AND body <> ''") == [
        (site.ask("SELECT count(*) FROM public_draft WHERE ended_at IS NULL")[0][0],)
    ]
    # Even somebody who copied the cookies, or has the page still open, finds nothing.
    thief = site.visitor()
    thief.cookies, thief.page = cookies, None
    for path in PATHS:
        answer = thief.get(path)
        assert answer.status == 410
        assert WORDS not in answer.text
        assert "Knotshire" not in answer.text


def test_a_page_still_open_elsewhere_cannot_bring_the_words_back(site: Site, visitor: Visitor) -> None:
    visitor.walk()
    check, cookies = visitor.page, dict(visitor.cookies)
    visitor.get("/leave")
    other = site.visitor()
    other.cookies, other.page = dict(cookies), check
    before = site.ask("SELECT count(*) FROM intake_submission")
    answer = other.send()
    assert answer.status == 410
    assert WORDS not in answer.text
    assert site.ask("SELECT count(*) FROM intake_submission") == before


def test_leaving_without_a_visit_works_too(visitor: Visitor, neutral_page: str) -> None:
    assert visitor.get("/leave").headers["location"] == neutral_page


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(base_url=site.address)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    made = context.new_page()
    made.goto("/")
    made.get_by_role("link", name="Start").click()
    made.get_by_label("Yes", exact=True).check()
    made.get_by_role("button", name="Continue").click()
    made.get_by_label("No", exact=True).check()
    made.get_by_role("button", name="Continue").click()
    made.get_by_label("Something else").check()
    made.get_by_role("button", name="Continue").click()
    made.get_by_label("What happened?").fill(WORDS)
    made.get_by_role("button", name="Continue").click()
    made.wait_for_url("**/form/place")
    return made


@pytest.mark.browser
def test_shift_three_times_leaves_and_back_shows_nothing_of_ours(page: Page, neutral_page: str) -> None:
    page.get_by_label("Where was it?").fill("here")
    before = page.evaluate("history.length")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(neutral_page)
    # The neutral page has taken this page's place: Back does not lead to it.
    assert page.evaluate("history.length") == before
    page.go_back()
    page.wait_for_load_state()
    assert WORDS not in page.content()
    assert "Knotshire" not in page.content()


@pytest.mark.browser
def test_capital_letters_and_two_presses_do_not_leave(page: Page) -> None:
    page.get_by_label("Where was it?").press_sequentially("HELLO THERE")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    assert "once more" in page.locator("[data-leave-heard]").inner_text()
    assert page.url.endswith("/form/place")


@pytest.mark.browser
def test_the_control_is_the_first_stop_and_empties_the_page_before_anything_is_answered(
    page: Page, neutral_page: str
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:  # a network on which no answer comes
        held.append(route)

    page.route("**/leave", hold)
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Exit this page"
    page.keyboard.press("Enter")
    # Asked while nobody has answered yet: nothing is left to read, not even a title.
    assert page.evaluate("[document.body.children.length, document.title]") == [0, "Loading"]
    page.wait_for_url(neutral_page)
    with contextlib.suppress(Error):
        held[0].abort()


@pytest.mark.browser
def test_nothing_is_in_the_browser_while_writing_or_after_leaving(page: Page, neutral_page: str) -> None:
    stored = (
        "Promise.all([indexedDB.databases(), caches.keys()]).then(([d, c]) =>"
        " [localStorage.length, sessionStorage.length, d.length, c.length, document.cookie])"
    )
    assert page.evaluate(stored) == [0, 0, 0, 0, ""]
    cookies = {each["name"]: each for each in page.context.cookies()}
    assert set(cookies) == {"__Host-page", "__Host-form"}
    assert all(each["expires"] == -1 and each["httpOnly"] and each["secure"] for each in cookies.values())
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url(neutral_page)
    assert page.context.cookies() == []


@pytest.mark.browser
def test_without_script_the_link_leaves_and_back_finds_a_closed_page(
    browser: Browser, site: Site, neutral_page: str
) -> None:
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/form/device")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Exit this page").click()
    page.wait_for_url(neutral_page)
    page.go_back()
    assert page.get_by_role("heading").all_inner_texts() == ["This page has closed"]
    assert "Knotshire" not in page.content()
    context.close()
