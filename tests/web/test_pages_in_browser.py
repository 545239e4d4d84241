"""The pages for supervisors, agencies, inspectors and administrators in a real Chromium: a whole wall, the keyboard, without script."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def made(staff_site: StaffSite) -> dict[str, str]:
    """One of everything these pages show."""
    environment = {
        **staff_site.environment,
        "DATABASE_URL": staff_site.urls["migrator"],
        "STANDFAST_PROCESS": "migrator",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
    }
    command = [sys.executable, "-m", "tests.web.made_pages"]
    ran = subprocess.run(command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True)
    found: dict[str, str] = json.loads(ran.stdout.strip().splitlines()[-1])
    return found


@pytest.fixture
def opened(browser: Browser, staff_site: StaffSite) -> Iterator[Open]:
    """Sign in as the person of a role; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def sign_in(role: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{staff_site.address}/sign-in")
        page.click(f"button[value={role}]")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert complaints == []


def test_the_wall_fits_its_screen(opened: Open, staff_site: StaffSite, made: dict[str, str]) -> None:
    page = opened("contact_supervisor", viewport={"width": 1920, "height": 1080})
    page.goto(f"{staff_site.address}/wall")
    cut = page.evaluate(
        "[...document.querySelectorAll('.tile, .wpanel, .wall')].filter(e => e.scrollHeight > e.clientHeight + 1).length"
    )
    assert cut == 0
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('.tile p, .wpanel span')].map(e => parseFloat(getComputedStyle(e).fontSize)))"
    )
    assert smallest >= min(1920 * 30 / 1440, 1080 * 30 / 930) - 0.5


def test_an_agency_answers_without_script(opened: Open, staff_site: StaffSite, made: dict[str, str]) -> None:
    page = opened("partner", java_script_enabled=False)
    page.goto(f"{staff_site.address}/agency/{made['referral']}/decline")
    page.click("button.primary")
    assert "Your words are kept" in page.locator(".error-summary").inner_text()
    page.goto(f"{staff_site.address}/agency/{made['referral']}")
    page.click("text=We take this on")
    assert "You have taken this on" in page.locator("main").inner_text()


def test_a_referral_is_previewed_by_keyboard_and_kept(
    opened: Open, staff_site: StaffSite, made: dict[str, str]
) -> None:
    page = opened("contact_supervisor")
    page.goto(f"{staff_site.address}/contacts/{made['routed']}/refer")
    if page.locator("input[name=partner]").count() == 0:
        assert "No agency for this matter can take it now" in page.locator("main").inner_text()
        return
    page.locator("input[name=partner]").first.check()
    page.fill("textarea[name=summary]", "Please look in on her")
    page.check("input[name=fields_shared][value=place_text]")
    page.check("input[name=consent][value=yes]")
    page.select_option("select[name=lawful_basis]", "public_task")
    for name in ("told_what", "told_by_whom", "told_when"):
        page.fill(f"input[name={name}]", "As agreed")
    page.locator("button[name=preview]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("What the agency will see")
    assert page.input_value("textarea[name=summary]") == "Please look in on her"
