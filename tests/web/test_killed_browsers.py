"""
DEL9 in real browsers: twenty calls are picked up, nothing is typed, and the browser is killed.

The other hundred and eighty go over HTTP in `test_desk.py`.
"""

import json
import os
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Error as BrowserGone

from tests.conftest import BROWSER_ARGUMENTS, browser_program
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
CALLS = 20
WITHIN_SECONDS = 60
# What a colleague is shown a minute later, by the program's own clock.
UNFINISHED = """
import json, django; django.setup()
from standfast.foundation.kernel import clock
from standfast.foundation.people import queries as people
from standfast.journey.contact import queries
by = people.find_member("contact.supervisor").as_actor()
print(json.dumps([each.reference for each in queries.list_unfinished(by=by, now=clock.now())]))
"""


def test_twenty_calls_picked_up_in_a_browser_that_is_killed_are_on_the_unfinished_list(
    browser: Browser, staff_site: StaffSite
) -> None:
    doomed = browser.browser_type.launch(executable_path=browser_program(), args=BROWSER_ARGUMENTS)
    first = doomed.new_context()
    page = first.new_page()
    page.goto(f"{staff_site.address}/sign-in")
    page.click("button[value=contact_officer]")
    page.wait_for_url("**/desk")
    session = first.storage_state()
    taken = [picked_up(doomed.new_context(storage_state=session), staff_site) for _ in range(CALLS)]
    assert len(set(taken)) == CALLS
    processes = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    os.kill(next(each["id"] for each in processes if each["type"] == "browser"), signal.SIGKILL)
    with pytest.raises(BrowserGone):
        page.goto(staff_site.address)
    later = {**staff_site.environment, "STANDFAST_CLOCK_OFFSET_SECONDS": str(WITHIN_SECONDS)}
    told = subprocess.run([sys.executable, "-c", UNFINISHED], env=later, check=True, capture_output=True, text=True)
    assert set(taken) <= set(json.loads(told.stdout))


def picked_up(context: BrowserContext, staff_site: StaffSite) -> str:
    """Pick a 999 call up and type nothing; from then on the page is cut off, so that it cannot even say that it is closed."""
    page = context.new_page()
    page.goto(f"{staff_site.address}/desk", wait_until="commit")
    page.click("#new-contact > summary")
    page.click("button[value='999']")
    page.wait_for_url("**/contact/*", wait_until="commit")
    context.set_offline(True)
    return page.url.rsplit("/", 1)[1]
