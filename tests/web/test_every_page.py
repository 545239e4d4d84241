"""Can every person use every page of theirs: with a screen reader, in either theme, at 320 pixels, by keyboard alone?"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from standfast.config.entry_points import STAFF, Access
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from tests.entering import PEOPLE
from tests.looking import faults_of
from tests.web.conftest import StaffSite

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
# What a page shows only when it is asked for it, or of another record than the sample: address name → addresses.
VARIANTS = {
    "referrals:refer": ["/contacts/{routed}/refer", "/contacts/{contact}/refer?need=noise"],
    "referrals:threshold": ["/contacts/{contact}/threshold", "/contacts/{routed}/threshold"],
    "referrals:signpost": ["/contacts/{routed}/signpost"],
    "referrals:referral": ["/referrals/{referral}"],
    "incidents:incident": ["/incidents/{incident}", "/incidents/{kept}", "/incidents/{merged}"],
    "incidents:merge": ["/incidents/{incident}/merge?other={kept}", "/incidents/{incident}/merge?other={merged}"],
    "incidents:link": ["/incidents/{incident}/link?other={kept}"],
    "incidents:unlink": ["/incidents/{incident}/unlink?other={kept}"],
    "incidents:part": ["/incidents/{merged}/part"],
    "contact:contact": ["/contact/{contact}", "/contact/{routed}"],
    "desk:desk": ["/desk?queue=nobody", "/desk?queue=mine", "/desk?chosen={contact}"],
    "rules:table": ["/rules/partner", "/rules/contact_risk"],
    "rules:try": ["/rules/police_threshold/try", "/rules/police_threshold/try?on=2026-11-23&crime=yes"],
    "events:events": ["/events?reference={contact}", "/events?area=contact"],
    "find": ["/find?words=x", "/find?words=/s"],
}


class Shape(HTMLParser):
    """What a page is made of: every kind of element with what it lies in, apart from its words; the frame and the rest each by itself."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.around: list[str] = []
        self.frame: set[str] = set()
        self.main: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        kind = " ".join([tag, *(given.get(name) or "" for name in ("class", "type", "role", "data-risk"))])
        where = self.main if tag == "main" or any(each.startswith("main ") for each in self.around) else self.frame
        where.add(" > ".join([*self.around[-2:], kind]))
        if tag not in {"input", "br", "hr", "img", "meta", "link", "path", "use"}:
            self.around.append(kind)

    def handle_endtag(self, tag: str) -> None:
        if self.around and self.around[-1].split()[0] == tag:
            self.around.pop()


@pytest.fixture(scope="module")
def addresses(own_site: StaffSite) -> list[tuple[str, str]]:
    """(Name, address) of every page of the staff program, with a record behind each, and the variants."""

    def told(program: str) -> Any:
        environment = {
            **own_site.environment,
            "DATABASE_URL": own_site.urls["migrator"],
            "STANDFAST_PROCESS": "migrator",
            "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}",
        }
        ran = subprocess.run(
            [sys.executable, "-m", program], env=environment, cwd=ROOT, check=False, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout.strip().splitlines()[-1])

    made = told("tests.web.made_pages")
    variants = [(name, each.format(**made)) for name, paths in VARIANTS.items() for each in paths]
    found = [(name, path) for name, path in told("tests.web.every_address") if "GET" in STAFF[name].methods]
    return [*found, *variants]


@contextmanager
def signed_in(browser: Browser, site: StaffSite, role: Role | None) -> Iterator[Page]:
    """A page of somebody who holds this role (None: nobody); whatever the browser complains of fails the test."""
    complaints: list[str] = []
    with browser.new_context(locale="en-GB", reduced_motion="reduce") as context:
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"{site.address}/sign-in")
        if role:
            page.click(f"button[value={role}]")
        yield page
    assert not complaints


def may_see(role: Role | None, name: str) -> bool:
    """Say whether the policy page lets this role (None: nobody) see a page; signing out is tried last, elsewhere."""
    needs = STAFF[name].needs
    if needs is Access.PUBLIC:
        return role is None
    return role is not None and (not isinstance(needs, Permission) or needs in PERMISSIONS_OF[role])


def pages_of(page: Page, site: StaffSite, role: Role | None, addresses: list[tuple[str, str]]) -> dict[str, Shape]:
    """What each address that answers this person with a page is made of."""
    found = {}
    for name, path in addresses:
        if may_see(role, name):
            answer = page.request.get(site.address + path, max_redirects=0)
            if answer.status == 200 and "text/html" in answer.headers["content-type"] and "<html" in answer.text():
                found[path] = Shape(answer.text())
    return found


Walk = Callable[[Callable[[Shape], bool]], list[str]]


@pytest.fixture
def walk(browser: Browser, own_site: StaffSite, addresses: list[tuple[str, str]]) -> Walk:
    """Look at the pages of every role that are wanted; return the faults, each with its role and address."""

    def through(wanted: Callable[[Shape], bool]) -> list[str]:
        faults, seen = [], 0
        for role in [*PEOPLE, None]:
            with signed_in(browser, own_site, role) as page:
                for path, shape in pages_of(page, own_site, role, addresses).items():
                    if wanted(shape):
                        page.goto(own_site.address + path)
                        faults += [f"{role or 'nobody'} at {path}: {fault}" for fault in faults_of(page)]
                        seen += 1
        assert seen
        return faults

    return through


def test_no_page_of_any_role_keeps_anybody_out(walk: Walk) -> None:
    # What is made of the same parts as a page that was looked at is not looked at again; every night all of it is.
    known: set[str] = set()

    def has_something_new(shape: Shape) -> bool:
        new = (shape.main | shape.frame) - known
        known.update(new)
        return bool(new)

    assert walk(has_something_new) == []


@pytest.mark.nightly
def test_no_page_of_any_role_keeps_anybody_out_whatever_it_is_made_of(walk: Walk) -> None:
    assert walk(lambda _: True) == []


def test_a_refusal_keeps_nobody_out_either(browser: Browser, own_site: StaffSite) -> None:
    with signed_in(browser, own_site, Role.TRAINER) as page:
        for path, status in (("/people", 403), ("/nothing", 404)):
            assert page.goto(own_site.address + path).status == status
            assert faults_of(page) == []


PLANTED = {
    "light: image-alt": "<img src='data:,'>",
    "light: color-contrast": "<p style='color:#999;background:#fff'>Pale</p>",
    "dark: color-contrast": "<style>@media (prefers-color-scheme: dark) {p {background: #222; color: #333}}</style><p>Dark</p>",
    "320 px: it scrolls": "<div style='width: 400px'>Wide</div>",
    "320 px: target-size": "<style>@media (max-width: 400px) {button {display: block; width: 9px; height: 9px; padding: 0}}</style>"
    "<button aria-label=One></button><button aria-label=Two></button>",
    "keyboard: link “Off” is not reached": "<a href='#1' tabindex='-1'>Off</a>",
    "keyboard: button “Plain” does not show": "<style>:focus {outline: none}</style><button>Plain</button>",
    "keyboard: button “Under” is covered": "<button>Under</button>"
    "<div style='position: fixed; inset: 0; background: #fff; color: #000'>Over</div>",
    "keyboard: button “After” is not reached": "<input aria-label='Trap' onkeydown='event.preventDefault()'><button>After</button>",
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_seen(browser: Browser, fault: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        body = f"<main><h1>Made up</h1>{PLANTED[fault]}</main>"
        page.set_content(f"<!doctype html><html lang=en><title>Made up</title><body>{body}</body></html>")
        assert [each for each in faults_of(page) if each.startswith(fault.replace("link", "a"))], faults_of(page)


def test_a_page_without_fault_has_none(browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(
            "<!doctype html><html lang=en><title>Made up</title><main><h1>Made up</h1><p>Fine</p><button>Go on</button></main>"
        )
        assert faults_of(page) == []
