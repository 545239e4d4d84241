"""Two browsers, a visitor and an operator: from the first word to an incident, the servers killed in the middle, and nothing lost."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import PATIENCE_SECONDS, Running
from tests.journeys.test_whole_way import answered, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.database]
FIRST = "hi i cant ring, hes outside in the grey Astra at Sowbrook Lane"
WHILE_AWAY = "are you still there, he is at the back gate now"
DANGER = "he has a knife and he is breaking the door down"
KILLED = ("staff", "live", "public", "stream", "worker")
BACK_WITHIN_MS = 120_000
# What the desk has on its screen already is said to be seen, and it may be that quick.
STORED = re.compile(r"^\s*(Stored|Seen)\s*$")
PATIENCE_MS = 30_000


@pytest.fixture
def contexts(browser: Browser) -> Iterator[tuple[BrowserContext, BrowserContext]]:
    desk = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB")
    for each in (desk, phone):
        each.set_default_timeout(PATIENCE_MS)
    yield desk, phone
    for each in (desk, phone):
        each.close()


def write(page: Page, words: str) -> None:
    page.get_by_label("Write here").fill(words)
    page.get_by_role("button", name="Send", exact=True).click()


def begun(phone: BrowserContext, running: Running) -> Page:
    """Begin a chat as a visitor, once the desk is said to be open."""
    page = phone.new_page()
    title = page.get_by_role("heading", name="Write with somebody now")
    for _ in range(30):
        page.goto(running.address("public", "/write"))
        if title.count():
            break
        page.wait_for_timeout(1_000)
    expect(title).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("What is it about?").fill(FIRST)
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/write/page")
    return page


def kill(running: Running) -> None:
    """Kill every server as a power cut would; the supervisor starts them again."""
    status = Path(running.environment["STANDFAST_HOME"]) / "run" / "status.json"
    found = json.loads(status.read_text(encoding="utf-8"))
    for name in KILLED:
        os.killpg(os.getpgid(found[name]["pid"]), signal.SIGKILL)


def take_place(desk: Page) -> None:
    """Select the place in the visitor's words and take it by its key; whoever's selection went with a fresh line selects again."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not desk.locator("#form-fact").is_visible():
        assert time.monotonic() < deadline, "the bar of facts does not show"
        _select_place(desk)
        desk.wait_for_timeout(200)
    desk.keyboard.press("4")
    expect(desk.locator(".facts")).to_contain_text("Sowbrook Lane")


def _select_place(desk: Page) -> None:
    desk.evaluate(
        """() => { const words = document.querySelector(".msg.them [data-words]");
            const walk = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const at = node.data.indexOf("Sowbrook Lane");
                if (at >= 0) getSelection().setBaseAndExtent(node, at, node, at + 13); } }"""
    )
    desk.focus("#talk-scroll")


def times_said(page: Page, where: str, words: str) -> int:
    return sum(words in each for each in page.locator(where).all_inner_texts())


def test_from_the_first_word_to_an_incident(
    contexts: tuple[BrowserContext, BrowserContext], running_now: Running
) -> None:
    desk = signed_in(contexts[0], running_now, "Contact officer")
    desk.goto(running_now.address("staff", "/chats?list=1"))
    desk.click("#form-take button")
    visitor = begun(contexts[1], running_now)

    card = desk.locator(".chatcard", has_text="grey Astra")
    expect(card).to_be_visible()
    card.get_by_role("button", name="Take").click()
    # What sends on Ctrl+Enter is a script; when it has run it shows this.
    expect(desk.get_by_role("button", name="Private note")).to_be_visible()
    desk.fill("#reply-text", "I am here. Is the door locked?")
    desk.keyboard.press("Control+Enter")
    expect(visitor.locator(".line.ours .said").last).to_have_text("I am here. Is the door locked?")
    take_place(desk)

    kill(running_now)
    write(visitor, WHILE_AWAY)
    expect(visitor.locator(".line.mine").last).to_contain_text("are you still there")
    expect(desk.locator("[data-stale]")).to_be_visible()
    desk.fill("#reply-text", "Yes, I am still here")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#reply-text")).to_have_value("Yes, I am still here")
    expect(visitor.locator(".line.mine .state").last).to_have_text(STORED, timeout=BACK_WITHIN_MS)
    expect(desk.locator("[data-stale]")).to_be_hidden(timeout=BACK_WITHIN_MS)
    expect(desk.locator(".msg.them").last).to_contain_text(WHILE_AWAY, timeout=BACK_WITHIN_MS)
    desk.click("[data-sends]")
    expect(desk.locator(".msg.us").last).to_contain_text("Yes, I am still here")
    expect(visitor.locator(".line.ours .said").last).to_have_text("Yes, I am still here")

    write(visitor, DANGER)
    expect(desk.locator(".danger-line").or_(desk.locator("#chat-head .risk.immediate")).first).to_be_visible()
    expect(desk.locator("#chat-head .risk")).to_have_text("Immediate")
    expect(desk.locator(".msg.them").last).to_contain_text(DANGER)
    expect(visitor.locator("[data-ring]")).to_be_visible()
    for words in (FIRST, WHILE_AWAY, DANGER):
        assert times_said(desk, ".msg.them", words) == 1
        assert times_said(visitor, ".line.mine", words) == 1
    assert times_said(visitor, ".line.ours", "Yes, I am still here") == 1

    answered(desk, "happening_now", "yes")
    desk.get_by_role("button", name="Confirm grade 1").click()
    desk.get_by_role("button", name="Confirm: Send officers").click()
    desk.get_by_role("link", name="Open the incident").click()
    expect(desk.locator("main")).to_contain_text("Attend")
    expect(desk.locator("main")).to_contain_text("Sowbrook Lane")

    write(visitor, "please hurry")
    expect(visitor.locator(".line.mine .state").last).to_have_text(STORED)
    done = running_now.command("verify")
    found = json.loads(done.stdout)
    broken = {name: check["breaches"] for name, check in found["checks"].items() if check["breaches"]}
    assert done.returncode == 0, broken
