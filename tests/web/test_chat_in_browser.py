"""The chat desk in a real Chromium: axe, 320 px, both themes, keyboard, drafts, facts, and a hundred payloads that never run."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.public.test_chat_in_browser import PAYLOADS
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., Page]
STATES = ("grave", "waiting", "left")


@pytest.fixture(scope="module")
def made(staff_site: StaffSite) -> dict[str, str]:
    """Chats in every state, and one whose every text is a payload."""
    environment = {
        **staff_site.environment,
        "DATABASE_URL": staff_site.urls["migrator"],
        "STANDFAST_PROCESS": "migrator",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.web.made_chats"],
        env=environment,
        cwd=ROOT,
        input=json.dumps(PAYLOADS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    found: dict[str, str] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture
def opened(browser: Browser, staff_site: StaffSite, made: dict[str, str]) -> Iterator[Open]:
    """Open a page as the person of a role; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(path: str = "/chats?list=1", role: str = "contact_officer", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.goto(f"{staff_site.address}/sign-in")
        page.click(f"button[value={role}]")
        page.wait_for_url("**/desk")
        page.goto(staff_site.address + path.format(**made))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['target']}" for each in found for node in each["nodes"]]


def news(page: Page) -> None:
    """Fetch what is new, as the stream would ask the page to."""
    page.evaluate("htmx.trigger('#chat-live', 'standfast:refresh')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_any_page_of_the_desk(opened: Open, scheme: str, width: int) -> None:
    page = opened(color_scheme=scheme, viewport={"width": width, "height": 900})
    faults = {"list": violations(page)}
    site = page.url.split("/chats")[0]
    made_at = page.evaluate("[...document.querySelectorAll('.chatcard .what')].map(each => each.href)")
    assert len(made_at) >= len(STATES)
    for address in made_at:
        page.goto(address)
        faults[address.removeprefix(site)] = violations(page)
    page.locator("#chat-list a", has_text="Sowbrook").first.click()
    for opener in ("#act-close-chat > summary", "#ready > summary", "[id^=act-reveal-] > summary", "[data-mode=note]"):
        page.locator(opener).first.click()
        faults[opener] = violations(page)
    assert not {where: found for where, found in faults.items() if found}


@pytest.mark.parametrize("which", [*STATES, "hostile"])
def test_nothing_scrolls_sideways_at_320_pixels(opened: Open, which: str) -> None:
    page = opened("/chats/{" + which + "}", viewport={"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_hundred_payloads_are_text_wherever_they_are_shown(opened: Open, staff_site: StaffSite) -> None:
    page = opened("/chats/{hostile}")
    assert len(PAYLOADS) == 100
    for payload in (PAYLOADS[0], PAYLOADS[33], PAYLOADS[-1]):
        assert payload in page.locator("#lines").inner_text()
    reference = page.url.rsplit("/", 1)[1]
    page.evaluate("document.getElementById('after').value = '0.0'; document.getElementById('lines').replaceChildren()")
    news(page)
    expect(page.locator("#lines .msg.them").nth(99)).to_be_attached()
    page.locator("#act-close-chat > summary").click()
    places = ["/chats?list=1", f"/contact/{reference}", "/desk", f"/desk?chosen={reference}"]
    found = [_what_ran(page)]
    for place in places:
        page.goto(staff_site.address + place)
        found.append(_what_ran(page))
    supervisor = opened(f"/chats/{reference}", role="contact_supervisor")
    found.append(_what_ran(supervisor))
    assert found == [{"hit": None, "made": 0, "title": True}] * len(found)


def _what_ran(page: Page) -> Any:
    page.mouse.move(400, 400)
    return page.evaluate(
        """() => ({hit: globalThis.hit ?? null, title: document.title.endsWith("Standfast"),
            made: document.querySelectorAll("main :is(script, img, iframe, math, object, embed), main [onload], main [onerror], "
                + "main [ontoggle], main a[href^='javascript']").length})"""
    )


def test_what_is_typed_outlives_news_another_chat_and_a_colleagues_reply(opened: Open) -> None:
    page = opened("/chats/{grave}")
    here = page.url.rsplit("/", 1)[1]
    page.fill("#reply-text", "half a sentence")
    news(page)
    page.click("[data-mode=note]")
    page.fill("#note-text", "half a note")
    page.locator("#chat-list .chatcard:not([data-selected]) a").first.click()
    page.wait_for_url(lambda address: not address.endswith(here))
    page.locator("#chat-list .chatcard", has_text="Sowbrook").get_by_role("link").first.click()
    page.wait_for_url(f"**/{here}")
    expect(page.locator("#reply-text")).to_have_value("half a sentence")
    page.click("[data-mode=note]")
    expect(page.locator("#note-text")).to_have_value("half a note")
    page.fill("#note-text", "")
    other = opened(f"/chats/{here}")
    other.fill("#reply-text", "From my other screen")
    other.click("[data-sends]")
    expect(other.locator(".msg.us").last).to_contain_text("From my other screen")
    page.click("[data-mode=reply]")
    page.click("[data-sends]")
    expect(page.locator("#meanwhile")).to_contain_text("A colleague replied while you were typing")
    expect(page.locator("#meanwhile")).to_contain_text("From my other screen")
    expect(page.locator("#reply-text")).to_have_value("half a sentence")
    page.click("[data-sends]")
    expect(page.locator(".msg.us").last).to_contain_text("half a sentence")
    expect(page.locator("#reply-text")).to_have_value("")
    expect(page.locator("#meanwhile")).to_be_empty()


def test_a_reply_is_written_from_a_ready_made_text_and_sent_by_keyboard_alone(opened: Open) -> None:
    page = opened("/chats/{grave}")
    page.focus("#reply-text")
    page.keyboard.type("Listen. ::lo")
    expect(page.locator(".palette li.on")).to_contain_text("::lock")
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value(
        "Listen. If they may come back: lock the doors, go to a safe room or a neighbour."
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.us").last).to_contain_text("lock the doors")
    expect(page.locator("#reply-text")).to_have_value("")
    page.focus("#talk-scroll")
    page.keyboard.press("i")
    expect(page.locator("#note-text")).to_be_focused()
    expect(page.locator("#composer")).to_have_class("composer is-note")
    page.keyboard.type("Told her about the neighbour")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".msg.note").last).to_contain_text("Told her about the neighbour")


def test_a_note_and_a_reply_differ_in_colour_edge_and_words(opened: Open) -> None:
    page = opened("/chats/{grave}")

    def looks() -> tuple[str, str, str]:
        return page.evaluate(
            """() => { const style = getComputedStyle(document.getElementById("composer"));
                return [style.backgroundColor, style.borderTopStyle,
                    document.querySelector("#composer [aria-pressed=true]").innerText]; }"""
        )

    reply = looks()
    page.click("[data-mode=note]")
    note = looks()
    assert all(one != other for one, other in zip(reply, note, strict=True))


def test_selected_words_become_a_fact_by_one_key_and_fill_the_limb(opened: Open) -> None:
    page = opened("/chats/{grave}")
    page.evaluate(
        """() => { const words = [...document.querySelectorAll(".msg.them [data-words]")].at(-1);
            const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const at = node.data.indexOf("husband");
                if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 7); } }"""
    )
    page.focus("#talk-scroll")
    expect(page.locator("#form-fact")).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator(".facts")).to_contain_text("husband")
    expect(page.locator("#form-fact")).to_be_hidden()
    news(page)
    page.evaluate("htmx.trigger('#contact-live', 'standfast:refresh')")
    expect(page.locator("#text-limb-risk")).to_have_value("Suspect: “husband” (their words in the chat)")


def test_while_the_page_is_behind_nothing_is_sent(opened: Open) -> None:
    page = opened("/chats/{grave}")
    sent = page.locator(".msg.us").count()
    live = page.evaluate("document.querySelector('script[src*=\"main.js\"]').src.replace(/main.js.*/, 'live.js')")
    page.evaluate("(address) => import(address).then((live) => live.setStale(true))", live)
    expect(page.locator("[data-stale]")).to_be_visible()
    page.fill("#reply-text", "Not yet")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#reply-text")).to_have_value("Not yet")
    assert page.locator(".msg.us").count() == sent


def test_the_desk_works_with_script_switched_off(opened: Open) -> None:
    page = opened("/chats/{waiting}", role="contact_supervisor", java_script_enabled=False)
    page.click("#form-claim-chat button")
    page.fill("#reply-text", "Hello, I am here")
    page.click("[data-sends]")
    assert "Hello, I am here" in page.locator(".msg.us").last.inner_text()
    page.fill("#note-text", "A quiet one")
    page.click("#form-private button.note-btn")
    assert "staff only, never sent" in page.locator(".msg.note").last.inner_text()
    page.locator(".take > summary").first.click()
    page.locator(".take input[name=words]").first.fill("bike")
    page.locator(".take select").first.select_option("vehicle")
    page.locator(".take button").first.click()
    assert "bike" in page.locator(".facts").inner_text()
    page.click("#act-close-chat > summary")
    page.fill("#close-chat-reason", "Reported online")
    page.click("#form-close-chat button")
    assert "Closed" in page.locator("#chat-head").inner_text()
