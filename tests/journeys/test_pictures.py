"""The pictures of the README and the docs, made by `make screenshots` from a running demonstration."""

import csv
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from standfast.demo.day import DEFAULT_SEED
from standfast.demo.people import DemoPerson, made_up_people
from tests.journeys.conftest import Running
from tests.journeys.test_whole_way import signed_in

pytestmark = [pytest.mark.browser, pytest.mark.database, pytest.mark.picture]
SMALLEST_PICTURE_BYTES = 20_000
WORDS = "He is back at my door and shouting, he says he will finish it. My children are upstairs and crying"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = os.environ.get("STANDFAST_TEST_PICTURES")
    made = Path(given) if given else tmp_path
    made.mkdir(parents=True, exist_ok=True)
    return made


def caller() -> DemoPerson:
    """Somebody the made-up force knows, at home with her children."""
    return next(each for each in made_up_people(seed=DEFAULT_SEED) if "domestic" in each.traits and each.phones)


def rung(running: Running, folder: Path) -> None:
    """Let her ring 999, and be answered in four seconds."""
    who, now = caller(), datetime.now(UTC)
    row = {
        "received_at": now.isoformat(),
        "presented_at": (now - timedelta(seconds=4)).isoformat(),
        "answered_at": now.isoformat(),
        "channel": "999",
        "kind": "Domestic",
        "words": WORDS,
        "name": who.full_name,
        "phone": who.phones[0],
        "place": who.address.lines,
    }
    calls = folder / "call.csv"
    with calls.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, row)
        lines.writeheader()
        lines.writerow(row)
    done = running.command("replay", str(calls), "--speed", "max", "--to", running.address("intake", ""))
    assert done.returncode == 0, done.stdout + done.stderr


def pictured(page: Page, folder: Path, name: str) -> None:
    """Take the page in both themes."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        path = folder / f"{name}-{theme}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > SMALLEST_PICTURE_BYTES


def test_the_contact_desk_and_page(browser: Browser, running: Running, folder: Path, tmp_path: Path) -> None:
    with browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB") as context:
        page = signed_in(context, running, "Contact officer")
        rung(running, tmp_path)
        page.goto(running.address("staff", "/desk"))
        row = page.locator("tr", has_text="He is back at my door").first
        expect(row).to_contain_text("Immediate")
        row.get_by_role("link").first.click()
        expect(page.get_by_role("button", name="Claim and open")).to_be_visible()
        page.mouse.move(720, 890)
        pictured(page, folder, "contact-desk")
        page.get_by_role("button", name="Claim and open").click()
        expect(page.get_by_text("In hand").first).to_be_visible()
        expect(page.locator("#part-match, main").first).to_contain_text(caller().family_name)
        pictured(page, folder, "contact-page")
