"""Can a frightened person use the chat in a real browser, and does leaving take everything with it?"""

import gzip
import itertools
import os
import secrets
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import BROWSER_ARGUMENTS, BROWSER_NAMES, BROWSER_VARIABLE
from tests.looking import exit_faults_of, faults_of, leaving_faults_of
from tests.public.chat_site import ChatSite, free_port, new_chat_site
from tests.public.conftest import Site

pytestmark = pytest.mark.browser
PAYLOADS = [
    f"{start}{code}{end}"
    for (start, end), code in itertools.product(
        [
            ("<script>", "</script>"),
            ("<img src=x onerror=", ">"),
            ("<svg/onload=", ">"),
            ("<iframe srcdoc='<script>", "</script>'>"),
            ('"><body onload=', ">"),
            ("<a href='javascript:", "'>x</a>"),
            ("<math><mtext></form><form><mglyph><style></math><img src onerror=", ">"),
            ("</textarea><script>", "</script>"),
            ("<details open ontoggle=", ">"),
            ("{{constructor.constructor('", "')()}}"),
        ],
        [
            "window.hit=1",
            "top.hit=1",
            "parent.hit=1",
            "self.hit=1",
            "globalThis.hit=1",
            "(window['hit']=1)",
            "eval('hit=1')",
            "setTimeout('hit=1')",
            "Function('hit=1')()",
            "import('data:text/javascript,hit=1')",
        ],
    )
]


@pytest.fixture(scope="module")
def desk(make_site: Callable[..., Site]) -> Iterator[ChatSite]:
    port = free_port()
    made = new_chat_site(make_site(STANDFAST_LIVE_URL=f"http://{{host}}:{port}"), port)
    with made.staffed():
        yield made
    made.stop()


@pytest.fixture
def open_page(browser: Browser, desk: ChatSite) -> Iterator[Callable[..., Page]]:
    contexts = []

    def make(**look: Any) -> Page:
        context = browser.new_context(base_url=desk.site.address, **look)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        return page

    yield make
    for each in contexts:
        each.close()


def begin(page: Page, words: str = "Hello, can somebody help me") -> Page:
    page.goto("/write")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("What is it about?").fill(words)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/write/page")
    return page


def write(page: Page, words: str) -> None:
    page.get_by_label("Write here").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def reply(desk: ChatSite, words: str, *, to: str = "") -> None:
    desk.site.ask(
        "SELECT intake_chat_add(id, 'staff', %s, %s, '', 'staff:asha1', now()) FROM intake_chat_thread WHERE reference = %s",
        secrets.token_hex(8),
        words,
        to or desk.newest(),
    )


def test_lines_come_and_go_by_themselves_and_say_truly_what_became_of_them(
    desk: ChatSite, open_page: Callable[..., Page]
) -> None:
    page = begin(open_page())
    write(page, "He shouts at night")
    expect(page.locator(".line.mine .state").last).to_have_text("Stored")
    reply(desk, "Are you safe now?")
    expect(page.locator(".line.ours .said")).to_have_text("Are you safe now?")
    desk.site.ask("UPDATE intake_chat_thread SET seen_seq = seq WHERE reference = %s", desk.newest())
    desk.site.ask(
        "SELECT pg_notify('standfast_chat', id::text) FROM intake_chat_thread WHERE reference = %s", desk.newest()
    )
    expect(page.locator(".line.mine .state").last).to_have_text("Seen")
    page.locator("main").press("y")
    expect(page.locator(".line.mine .said").last).to_have_text("Yes")
    write(page, "he has a knife and he is here")
    expect(page.locator("[data-ring]")).to_be_visible()
    assert page.locator("[data-seq] .said").all_inner_texts() == [
        "Hello, can somebody help me",
        "He shouts at night",
        "Are you safe now?",
        "Yes",
        "he has a knife and he is here",
    ]


def test_the_stream_is_killed_and_comes_back_and_nothing_is_missing(
    desk: ChatSite, open_page: Callable[..., Page]
) -> None:
    page = begin(open_page())
    reply(desk, "before")
    expect(page.locator(".line.ours")).to_have_count(1)
    page.route("**/write/news*", lambda route: route.abort())
    desk.kill("stream")
    expect(page.locator("[data-gap]")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    page.get_by_label("Write here").fill("kept while away")
    for number in range(20):
        reply(desk, f"meanwhile {number}")
    desk.start_stream()
    page.unroute("**/write/news*")
    expect(page.locator("[data-gap]")).to_be_hidden()
    expect(page.locator(".line.ours")).to_have_count(21)
    assert page.locator(".line.ours .said").all_inner_texts() == ["before", *(f"meanwhile {n}" for n in range(20))]
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator(".line.mine .said").last).to_have_text("kept while away")
    expect(page.locator(".line.mine .state").last).to_have_text("Stored")


def test_a_line_that_cannot_be_stored_says_so_and_is_one_line_when_it_is(
    desk: ChatSite, open_page: Callable[..., Page]
) -> None:
    page = begin(open_page())
    answers = itertools.count()

    def lose_answers(route: Any) -> None:
        # The first answer is lost after it was stored, the second never reaches us.
        number = next(answers)
        if number == 0:
            route.fetch()
        if number < 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/write/page", lose_answers)
    write(page, "only once")
    expect(page.locator(".line.mine .state").last).to_have_text("Stored")
    assert desk.site.ask("SELECT count(*) FROM intake_chat_line WHERE text = 'only once'") == [(1,)]
    expect(page.locator(".line.mine")).to_have_count(2)


def test_lines_behind_one_whose_way_hangs_stay_in_their_order(desk: ChatSite, open_page: Callable[..., Page]) -> None:
    page = begin(open_page())
    tries = itertools.count()

    def hang_first(route: Any) -> None:
        # The first is never answered and never reaches us: the page gives up on it and tries again.
        if next(tries) > 0:
            route.continue_()

    page.route("**/write/page", hang_first)
    write(page, "he is at the door")
    write(page, "now he has gone in")
    expect(page.locator(".line.mine .state")).to_have_text(["Stored", "Stored", "Stored"], timeout=40_000)
    assert page.locator(".line.mine .said").all_inner_texts()[1:] == ["he is at the door", "now he has gone in"]
    thread = "(SELECT max(id) FROM intake_chat_thread)"
    kept = desk.site.ask(
        f"SELECT text FROM intake_chat_line WHERE thread_id = {thread} AND side = 'visitor' ORDER BY seq"
    )
    assert [text for (text,) in kept[1:]] == ["he is at the door", "now he has gone in"]


@pytest.mark.parametrize("way", ["control", "shift"])
def test_leaving_empties_the_page_kills_the_session_and_back_shows_nothing(
    desk: ChatSite, open_page: Callable[..., Page], neutral_page: str, way: str
) -> None:
    page = begin(open_page(), "words of a secret")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Exit this page"
    before = page.evaluate("history.length")
    if way == "shift":
        for _ in range(3):
            page.keyboard.press("Shift")
    else:
        page.keyboard.press("Enter")
    page.wait_for_url(neutral_page)
    assert page.evaluate("history.length") == before
    assert page.context.cookies() == []
    assert desk.site.ask("SELECT token_hash FROM intake_chat_thread WHERE reference = %s", desk.newest()) == [(None,)]
    page.go_back()
    page.wait_for_load_state()
    assert "words of a secret" not in page.content()


def test_another_open_page_of_the_same_session_goes_away_too(open_page: Callable[..., Page], neutral_page: str) -> None:
    page = begin(open_page(), "words of a secret")
    other = page.context.new_page()
    other.goto("/write/page")
    page.get_by_role("link", name="Exit this page").click()
    other.wait_for_url(neutral_page)


def test_the_whole_profile_of_the_browser_holds_none_of_twenty_phrases_after_leaving(
    browser: Browser, desk: ChatSite, neutral_page: str
) -> None:
    canaries = [f"canary {secrets.token_hex(6)}" for _ in range(20)]
    with tempfile.TemporaryDirectory() as profile:
        chromium = browser.browser_type
        program = browser.browser_type.executable_path
        context = chromium.launch_persistent_context(
            profile, executable_path=_program(program), args=BROWSER_ARGUMENTS, base_url=desk.site.address
        )
        page = begin(context.pages[0], canaries[0])
        for number, words in enumerate(canaries[1:19]):
            if number % 2:
                write(page, words)
                expect(page.locator(".line.mine .said").last).to_have_text(words)
            else:
                reply(desk, words)
                expect(page.locator(".line.ours .said").last).to_have_text(words)
        page.get_by_label("Write here").fill(canaries[19])
        page.get_by_role("link", name="Exit this page").click()
        page.wait_for_url(neutral_page)
        # The search can find: what is on a page that stays open lies in the same profile once it is stored by that page.
        planted = context.new_page()
        planted.goto("/about")
        planted.evaluate("localStorage.setItem('x', 'planted canary')")
        context.close()
        found = {
            words for words in [*canaries, "planted canary"] if any(_holds(each, words) for each in _files(profile))
        }
    assert found == {"planted canary"}


def test_a_hundred_scripts_in_lines_of_both_sides_run_nowhere(desk: ChatSite, open_page: Callable[..., Page]) -> None:
    """WEB1."""
    page = begin(open_page())
    reports: list[str] = []
    page.on("console", lambda message: reports.append(message.text) if "Content Security" in message.text else None)
    reference = desk.newest()
    desk.site.ask("UPDATE intake_chat_thread SET allowance = 1e6 WHERE reference = %s", reference)
    for number, payload in enumerate(PAYLOADS):
        side = "visitor" if number % 2 else "staff"
        desk.site.ask(
            "SELECT intake_chat_add(id, %s, %s, %s, '', 'source:website', now()) FROM intake_chat_thread WHERE reference = %s",
            *(side, f"payload-{number}", payload, reference),
        )
    expect(page.locator(".line")).to_have_count(len(PAYLOADS) + 1)
    for _ in range(2):
        shown = page.locator("[data-seq] .said").all_text_contents()
        assert [each for each in shown if each in PAYLOADS] == PAYLOADS
        assert page.evaluate("window.hit") is None
        assert page.locator("[data-seq] :is(script, img, svg, iframe, a, math, details, body)").count() == 0
        page.reload()
    assert reports == []


def visit_pages(page: Page, look: Callable[[str], None]) -> None:
    def send(name: str) -> None:
        # A click returns before the next page has its style.
        with page.expect_navigation(wait_until="load"):
            page.get_by_role("button", name=name).click()

    page.goto("/write")
    look("start")
    send("Start")
    look("start with errors")
    page.goto("/write/return")
    look("return")
    page.get_by_label("Your code").fill("nothing")
    send("Go on")
    look("return with an error")
    begin(page, "he has a knife and he is here")
    look("chat")
    page.get_by_text("If you may have to leave and come back").click()
    look("chat with the code's details")
    send("Make a code")
    look("code")


def test_no_page_keeps_anybody_out(desk: ChatSite, open_page: Callable[..., Page]) -> None:
    page = open_page()
    found: list[str] = []

    def examine(name: str) -> None:
        if name == "chat":
            reply(desk, "Where are you now? " + "long" * 60)
            expect(page.locator(".line.ours")).to_have_count(1)
        found.extend(f"{name}: {fault}" for fault in faults_of(page) + exit_faults_of(page) + leaving_faults_of(page))

    visit_pages(page, examine)
    desk.site.ask(
        "UPDATE intake_chat_thread SET closed_at = now(), told = 'closed' WHERE reference = %s", desk.newest()
    )
    page.goto("/write/page")
    examine("a chat that has ended")
    assert found == []


def _program(given: str) -> str:
    return os.environ.get(BROWSER_VARIABLE) or next(filter(None, map(shutil.which, BROWSER_NAMES)), given)


def _files(folder: str) -> list[bytes]:
    return [each.read_bytes() for each in Path(folder).rglob("*") if each.is_file()]


def _holds(data: bytes, words: str) -> bool:
    """Say whether a file holds a text: as it is, in UTF-16, or in a part of it that is compressed."""
    if words.encode() in data or words.encode("utf-16-le") in data:
        return True
    start = data.find(b"\x1f\x8b\x08")
    while start >= 0:
        try:
            if words.encode() in gzip.decompress(data[start:]):
                return True
        except (OSError, EOFError, zlib.error):
            pass
        start = data.find(b"\x1f\x8b\x08", start + 1)
    return False
