"""From a replayed call to an incident, and to a partner agency: once with scripts and once without, and nothing is broken after it."""

import json
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.conftest import PATIENCE_SECONDS, Running

pytestmark = [pytest.mark.browser, pytest.mark.database]
PICTURES = "STANDFAST_TEST_PICTURES"
LIMBS = ("threat", "harm", "risk", "vulnerability")
CONSONANTS = "bcdfghjklmnpqrstvwxz"
"""Of which marks are made: a number beside "the old man" would be read as somebody's age, and raise the grade."""
SAFE = ("danger_to_life", "happening_now", "offender_near", "weapon", "injured", "risk_continues", "visit_needed")


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    made = browser.new_context(
        java_script_enabled=request.param, viewport={"width": 1440, "height": 900}, locale="en-GB"
    )
    yield made
    made.close()


def replayed(running: Running, folder: Path, *, words: str, channel: str) -> str:
    """Replay a file with one call and return what marks it on the desk."""
    mark = "".join(secrets.choice(CONSONANTS) for _ in range(9))
    calls = folder / f"{mark}.csv"
    calls.write_text(
        "received_at,channel,kind,words,phone,place\n"
        f"{datetime.now(UTC).isoformat()},{channel},Reported {mark},{words} {mark},07700 900{secrets.randbelow(1000):03d},\n",
        encoding="utf-8",
    )
    done = running.command("replay", str(calls), "--speed", "max", "--to", running.address("intake", ""))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 stored" in done.stdout
    return mark


def signed_in(context: BrowserContext, running: Running, role: str) -> Page:
    page = context.new_page()
    page.goto(running.address("staff"))
    page.get_by_role("button", name=role, exact=True).click()
    expect(page.get_by_role("navigation").first).to_be_visible()
    return page


def opened(page: Page, running: Running, mark: str, *, channel: str) -> None:
    """Find the contact on the desk, claim it and open it. It is there when the worker has filed it, among a whole made-up day."""
    row = page.locator("tr", has_text=mark).first
    deadline = time.monotonic() + PATIENCE_SECONDS
    page.goto(running.address("staff", f"/desk?queue=nobody&channel={channel}"))
    while not row.count():
        assert time.monotonic() < deadline, f"{mark} is not on the desk: {page.locator('main').inner_text()[-2000:]}"
        page.wait_for_timeout(500)
        page.reload()
    row.get_by_role("link").first.click()
    page.get_by_role("button", name="Claim and open").first.click()
    expect(page.get_by_text("In hand").first).to_be_visible()


def answered(page: Page, question: str, answer: str) -> None:
    """Answer one of the questions in the list of all of them."""
    details = page.locator("#all-questions")
    if details.get_attribute("open") is None:
        details.locator("summary").click()
    chip = page.locator(f"#a-{question}-{answer}")
    chip.click()
    expect(page.locator(f"#a-{question}-{answer}")).to_have_attribute("aria-pressed", "true")


def written(page: Page, limb: str) -> None:
    """Write one limb of THRIVE."""
    page.locator(f"#text-limb-{limb}").fill(f"Asked about {limb}; the caller said there is none")
    page.locator(f"#level-limb-{limb}").select_option("standard")
    page.locator(f"#save-limb-{limb}").click()
    expect(page.locator(f"#part-limb-{limb} .lv")).to_contain_text("Standard")


def test_a_replayed_call_becomes_an_incident_with_its_clock(
    context: BrowserContext, running: Running, tmp_path: Path
) -> None:
    mark = replayed(running, tmp_path, words="A man with a knife is kicking my door in", channel="999")
    page = signed_in(context, running, "Contact officer")
    opened(page, running, mark, channel="999")
    answered(page, "happening_now", "yes")
    page.get_by_role("button", name="Confirm grade 1").click()
    page.get_by_role("button", name="Confirm: Send officers").click()
    expect(page.get_by_text("Incident", exact=False).first).to_be_visible()
    page.get_by_role("link", name="Open the incident").click()
    expect(page.locator("main")).to_contain_text("Attend")
    expect(page.locator("main .clock").first).to_be_visible()


def test_a_replayed_call_goes_to_a_partner_agency_which_deals_with_it(
    context: BrowserContext, running: Running, tmp_path: Path
) -> None:
    mark = replayed(running, tmp_path, words="The old man next door has not put his bins out", channel="101")
    page = signed_in(context, running, "Contact officer")
    opened(page, running, mark, channel="101")
    for question in SAFE:
        answered(page, question, "no")
    for limb in LIMBS:
        written(page, limb)
    expect(page.locator("#part-grade")).to_contain_text("Confirm grade 5")
    page.get_by_role("button", name="Confirm grade 5").click()
    contact = page.url.split("?")[0].split("#")[0]

    page.get_by_role("link", name="Right Care, Right Person test").click()
    expect(page.get_by_role("heading", name="Is this for the police?")).to_be_visible()
    for no in page.locator("main input[type=radio][value=no]").all():
        no.check()
    for fact in page.locator("main input[name$=_fact]").all():
        fact.fill("The caller said so")
    page.get_by_role("button", name="Keep this test").click()

    page.goto(f"{contact}?need=welfare_check")
    page.locator("#form-route").get_by_role("button", name="Confirm: ").click()
    page.get_by_role("link", name="Send the referral").click()
    sent(page, mark)

    agency = signed_in_anew(context, running, "Partner agency")
    agency.locator("main tbody tr", has_text=mark).get_by_role("link").click()
    agency.get_by_role("button", name="We take this on").click()
    agency.get_by_role("link", name="We have finished this").click()
    agency.locator("textarea").fill("We called in; he is well and his daughter is with him")
    agency.get_by_role("button", name="Send the result").click()
    expect(agency.locator("main")).to_contain_text("finished", ignore_case=True)


def sent(page: Page, mark: str) -> None:
    page.locator("#agency-adult_social_care").check()
    page.locator("textarea[name=summary]").fill(f"Please look in on the gentleman next door ({mark})")
    page.locator("input[name=fields_shared]").first.check()
    page.locator("input[name=consent][value=yes]").check()
    page.locator("select[name=lawful_basis]").select_option(index=1)
    page.locator("input[name=told_what]").fill("Adult social care will call in")
    page.locator("input[name=told_by_whom]").fill("Their duty team")
    page.locator("input[name=told_when]").fill("Today")
    page.get_by_role("button", name="Send the referral").click()
    expect(page.locator("main")).to_contain_text("Adult social care", ignore_case=True)


def signed_in_anew(context: BrowserContext, running: Running, role: str) -> Page:
    """Sign in as somebody else; pages still open would otherwise bring the old cookies back with their next refresh."""
    for page in context.pages:
        page.close()
    context.clear_cookies()
    return signed_in(context, running, role)


def test_nothing_is_broken_after_it(running: Running) -> None:
    done = running.command("verify")
    found = json.loads(done.stdout)
    broken = {name: check["breaches"] for name, check in found["checks"].items() if check["breaches"]}
    assert done.returncode == 0, broken
