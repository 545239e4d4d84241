"""The page of a structured assessment in a real Chromium: the keyboard alone, and a refusal."""

import pytest
from playwright.sync_api import expect

from tests.looking import faults_of
from tests.web.test_contact_in_browser import Open, call_taken, opened

pytestmark = pytest.mark.browser
__all__ = ["opened"]  # the fixture of the contact page serves here too


def test_it_is_answered_with_the_keyboard_alone(opened: Open) -> None:
    page = opened()
    reference = call_taken(page)
    page.goto(page.url.split("/contact")[0] + f"/contact/{reference}/instrument/dash_style")
    page.locator("input[name=q-hurt_now]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.locator("#judgement").focus()
    page.keyboard.type("She was alone and sure of it")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Count 2")
    expect(page.locator("main")).to_contain_text("Judged: Standard")
    assert faults_of(page) == []


def test_a_refusal_is_found(opened: Open) -> None:
    page = opened()
    reference = call_taken(page)
    page.goto(page.url.split("/contact")[0] + f"/contact/{reference}/instrument/dash_style")
    page.locator("#refuse").click()
    expect(page.locator(".error-summary")).to_contain_text("Choose why")
    assert faults_of(page) == []
