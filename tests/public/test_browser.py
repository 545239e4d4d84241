"""Can everybody use the pages: without script, by keyboard alone, on a small screen, in the dark, with a screen reader?"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.looking import exit_faults_of, faults_of, leaving_faults_of
from tests.public.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    contexts = []

    def make(**look: Any) -> Page:
        context = browser.new_context(base_url=site.address, **look)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    yield make
    for each in contexts:
        each.close()


def go_on(page: Page, name: str = "Continue") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def write_report(page: Page, look: Callable[[str], None] = lambda _: None) -> str:
    """Fill in the whole form, with every advice page and one mistake on each kind of page; return the reference."""
    page.goto("/")
    look("front")
    page.get_by_role("link", name="Start").click()
    go_on(page)
    look("device with an error")
    page.get_by_label("No, or I am not sure").check()
    go_on(page)
    look("advice on the device")
    go_on(page, "Go on with the form")
    look("now")
    page.get_by_label("Yes", exact=True).check()
    go_on(page)
    look("advice to ring")
    go_on(page, "Go on with the form")
    look("topic")
    page.get_by_label("Money, a scam").check()
    go_on(page)
    look("advice on money")
    go_on(page, "Go on with the form")
    go_on(page)
    look("words with an error")
    page.get_by_label("What happened?").fill("Two lines\nof <b>words</b>")
    go_on(page)
    look("place")
    go_on(page)
    look("time")
    go_on(page)
    look("you")
    go_on(page)
    page.get_by_label("Only in the way I say here").check()
    go_on(page)
    look("reach with an error")
    page.get_by_label("How and when is it safe?").fill("text only")
    go_on(page)
    look("check")
    go_on(page, "Send")
    page.wait_for_url("**/form/done")
    look("sent")
    return page.locator(".reference").inner_text()


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_a_whole_report(site: Site, open_page: Callable[..., Page], script: bool) -> None:  # noqa: FBT001
    reference = write_report(open_page(java_script_enabled=script))
    ((words,),) = site.ask("SELECT body::jsonb ->> 'words' FROM intake_submission WHERE reference = %s", reference)
    assert words.startswith("Two lines\nof <b>words</b>\n")


def test_no_page_keeps_anybody_out(open_page: Callable[..., Page]) -> None:
    page = open_page()
    found: list[str] = []

    def examine(name: str) -> None:
        found.extend(f"{name}: {fault}" for fault in faults_of(page) + exit_faults_of(page) + leaving_faults_of(page))

    write_report(page, examine)
    page.goto("/leave")
    for path in ("/about", "/embed", "/form/check", "/nothing"):
        page.goto(path)
        examine(path)
    assert found == []


def test_a_page_whose_script_did_not_come_is_seen_not_to_leave_by_shift(open_page: Callable[..., Page]) -> None:
    """The control of the one above."""
    page = open_page()
    page.route(re.compile(r"leave[^/]*\.js"), lambda route: route.abort())
    page.goto("/about")
    assert len(leaving_faults_of(page)) == 2


def test_the_whole_form_by_keyboard_alone(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/")

    def tab_to(text: str) -> None:
        for _ in range(20):
            page.keyboard.press("Tab")
            if (
                page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).textContent.trim()")
                == text
            ):
                return
        pytest.fail(f"“{text}” cannot be reached by Tab")

    tab_to("Start")
    page.keyboard.press("Enter")
    for step, choice in (
        ("device", "Yes, but only for a short time"),
        ("now", "No"),
        ("topic", "Someone was hurt, threatened or made afraid"),
    ):
        page.wait_for_url(f"**/form/{step}")
        tab_to("Yes" if step != "topic" else choice)
        while page.evaluate("document.activeElement.labels[0].textContent.trim()") != choice:
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        page.keyboard.press("Enter")
    page.wait_for_url("**/form/words")
    tab_to("What happened?")
    page.keyboard.type("he is here")
    tab_to("Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/check")
    tab_to("Send")
    page.keyboard.press("Enter")
    page.wait_for_url("**/form/done")


def test_a_mistake_takes_the_focus_to_the_summary_and_its_link_to_the_field(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/form/device")
    go_on(page)
    assert "There is a problem" in page.evaluate("document.activeElement.textContent")
    page.get_by_role("link", name="Choose whether it is safe").click()
    assert page.evaluate("document.activeElement.id") == "device"


def test_story_fields_are_not_filled_in_by_the_browser(open_page: Callable[..., Page]) -> None:
    page = open_page()
    fields: list[str] = []
    kept = "[...document.querySelectorAll('form, input[type=text], textarea')].map(e => e.autocomplete)"
    write_report(page, lambda _: fields.extend(page.evaluate(kept)))
    assert fields
    assert set(fields) == {"off"}


def test_what_is_pressed_on_a_phone_is_at_least_44_pixels_high(open_page: Callable[..., Page]) -> None:
    page = open_page(viewport={"width": 320, "height": 640})
    small: list[str] = []
    measure = (
        "[...document.querySelectorAll('.exit, .button, .radio, .back, input[type=text], textarea, .answers dd a, .summary a')]"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.className + e.textContent)"
    )
    write_report(page, lambda _: small.extend(page.evaluate(measure)))
    assert small == []
