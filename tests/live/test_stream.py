"""A page hears of every change it shows, from its cursor on, as long as the person may see it; nobody else hears anything."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from standfast.foundation.people.roles import Role
from tests.live.conftest import LiveSite, post
from tests.threads import threads_of

pytestmark = pytest.mark.database
GENEROUS = 20.0
CUT_WITHIN = 5.0
PAGES = 20


class Reader:
    """One open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.lines = response.iter_lines()

    def messages(self) -> Iterator[dict[str, Any]]:
        for line in self.lines:
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))

    def until(self, topic: str) -> dict[str, Any]:
        deadline = time.monotonic() + GENEROUS
        for message in self.messages():
            if topic in message.get("topics", ()):
                return message
            assert time.monotonic() < deadline, f"nothing was heard of {topic}"
        raise AssertionError("the stream ended")


@contextlib.contextmanager
def reading(site: LiveSite, client: httpx.Client, cursor: str = "", **headers: str) -> Iterator[Reader]:
    with stream(site, client, cursor=cursor, **headers) as response:
        assert response.status_code == 200
        yield Reader(response)


@contextlib.contextmanager
def stream(site: LiveSite, client: httpx.Client, cursor: str = "", **headers: str) -> Iterator[httpx.Response]:
    sent = {"Origin": site.staff, **headers}
    cookies = dict(client.cookies)
    with httpx.stream(
        "GET", f"{site.live}/live/desk", params={"cursor": cursor}, headers=sent, cookies=cookies, timeout=GENEROUS
    ) as response:
        yield response


def taken(client: httpx.Client) -> str:
    """Take a call and return its reference."""
    return post(client, "/contact", channel="999").headers["Location"].rsplit("/", 1)[1]


def test_a_change_is_heard_and_what_was_missed_is_told_from_the_cursor(live_site: LiveSite) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with reading(live_site, asha) as first:
        hello = next(first.messages())
        assert hello["resync"] is True, "a page that knows no cursor fetches everything once"
        seen = taken(asha)
        news = first.until(f"contact:{seen}")
        assert "desk" in news["topics"]
    missed = taken(asha)
    with reading(live_site, asha, cursor=news["cursor"]) as again:
        message = next(again.messages())
        assert {"desk", f"contact:{missed}"} <= set(message["topics"])
        assert int(message["cursor"]) > int(news["cursor"])
    with reading(live_site, asha, **{"Last-Event-ID": message["cursor"]}) as third:
        later = taken(asha)
        assert int(third.until(f"contact:{later}")["cursor"]) > int(message["cursor"])


@pytest.mark.parametrize("cursor", ["nonsense", "-5", "1", "99999999999999"])
def test_a_cursor_that_cannot_be_resumed_from_asks_the_page_to_fetch_everything(
    live_site: LiveSite, cursor: str
) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with reading(live_site, asha, cursor=cursor) as opened:
        message = next(opened.messages())
        # A cursor a little way back is no reason to start over; in a young database 1 is a little way back.
        assert message.get("resync") is True or cursor == "1"
        assert message["cursor"].isdigit()


def test_a_stream_is_cut_when_the_permission_goes(live_site: LiveSite) -> None:
    sana, adam = live_site.signed_in(Role.CONTACT_SUPERVISOR), live_site.signed_in(Role.ADMINISTRATOR)
    with reading(live_site, sana) as opened:
        messages = opened.messages()
        next(messages)
        changed = post(adam, "/people/contact.supervisor/roles", roles="trainer", reason="moved on")
        assert changed.status_code == 302
        began = time.monotonic()
        for _ in messages:
            assert time.monotonic() - began < CUT_WITHIN, "the stream goes on"
        assert time.monotonic() - began < CUT_WITHIN
    with stream(live_site, sana) as response:
        assert response.status_code == 401, "the session ended with the roles it had"


def test_who_may_not_see_contacts_hears_nothing(live_site: LiveSite) -> None:
    with stream(live_site, live_site.signed_in(Role.TRAINER)) as response:
        assert response.status_code == 403
    with stream(live_site, httpx.Client()) as response:
        assert response.status_code == 401


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://localhost:1", "null", ""])
def test_another_origin_is_refused(live_site: LiveSite, origin: str) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with stream(live_site, asha, Origin=origin) as response:
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


def test_the_staff_origin_is_allowed_with_its_cookies_and_nothing_is_buffered(live_site: LiveSite) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with stream(live_site, asha) as response:
        assert response.headers["access-control-allow-origin"] == live_site.staff
        assert response.headers["access-control-allow-credentials"] == "true"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["cache-control"] == "no-store"


def test_more_streams_than_database_connections_are_served(live_site: LiveSite) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(reading(live_site, asha)) for _ in range(12)]
        seen = taken(asha)
        for reader in readers:
            reader.until(f"contact:{seen}")


def test_however_many_pages_are_open_the_process_keeps_no_thread_for_any(live_site: LiveSite) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with live_site.another() as (site, process), contextlib.ExitStack() as pages:
        # Each is kept: a reader that nobody holds any more closes its stream.
        readers = [pages.enter_context(reading(site, asha))]
        next(readers[0].messages())
        before = threads_of(process.pid)
        readers += [pages.enter_context(reading(site, asha)) for _ in range(PAGES)]
        for reader in readers[1:]:
            next(reader.messages())
        assert threads_of(process.pid) < before + PAGES / 2


def test_streams_end_when_the_process_is_told_to(live_site: LiveSite) -> None:
    asha = live_site.signed_in(Role.CONTACT_OFFICER)
    with live_site.another() as (site, process):
        with reading(site, asha) as opened:
            messages = opened.messages()
            next(messages)
            process.terminate()
            for _ in messages:
                pass
        assert process.wait(GENEROUS) is not None
