"""The desk: one ranked queue over all channels, at a constant cost, and nobody unfinished is forgotten."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from standfast.faces.web.desk.bands import shares_of
from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.contact import operations, queries
from standfast.journey.contact.queries import AnswerShares
from standfast.journey.contact.rules.answer_band import AnswerBand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.states import ContactState
from tests.builders import claimed_contact, filed_contact, staff
from tests.entering import account, actor_of, signed_in

pytestmark = pytest.mark.django_db
GRAVE = "he put his hands round my neck last night, hes outside again, my kids are upstairs"
HX = {"HX-Request": "true"}


@pytest.fixture
def asha() -> Client:
    return signed_in(account(Role.CONTACT_OFFICER))


def rows(page: Any) -> list[str]:
    return re.findall(r'data-row="([^"]+)"', page.content.decode())


def test_the_most_dangerous_stands_first_and_says_why(asha: Client) -> None:
    now = clock.now()
    dull = filed_contact(now=now, ago=timedelta(minutes=50))
    grave = filed_contact(now=now, words=GRAVE, channel=Channel.CALL_101)
    page = asha.get("/desk")
    assert rows(page) == [grave.reference, dull.reference]
    text = page.content.decode()
    assert "He is here" in text
    assert "Why it stands here" in text
    assert "<mark>hes outside" in text
    assert "Machine help may raise a contact, never lower it" in text


def test_the_fragment_of_a_refresh_is_the_list_of_the_page(asha: Client) -> None:
    for number in range(3):
        filed_contact(now=clock.now(), ago=timedelta(minutes=number))
    whole, part = asha.get("/desk"), asha.get("/desk", headers=HX)
    assert rows(whole) == rows(part)
    assert b"<html" not in part.content
    assert b'id="rail" aria-label="Queues" hx-swap-oob="true"' in part.content


def test_queues_channels_and_risks_have_addresses(asha: Client) -> None:
    now, by = clock.now(), actor_of(Role.CONTACT_OFFICER)
    mine = claimed_contact(by=by, now=now)
    grave = filed_contact(now=now, words=GRAVE, channel=Channel.CALL_999)
    late = filed_contact(now=now, ago=timedelta(hours=9))
    assert rows(asha.get("/desk?queue=mine")) == [mine.reference]
    assert rows(asha.get("/desk?channel=999")) == [grave.reference]
    assert rows(asha.get(f"/desk?risk={grave.risk}")) == [grave.reference]
    assert set(rows(asha.get("/desk?queue=nobody"))) == {grave.reference, late.reference}
    assert rows(asha.get("/desk?queue=breaching")) == [late.reference]
    assert b"1 over" in asha.get("/desk").content


def test_an_address_nobody_made_shows_the_whole_desk(asha: Client) -> None:
    seen = filed_contact(now=clock.now())
    assert rows(asha.get("/desk?queue=zzz&channel=%00&risk=--&chosen=nobody")) == [seen.reference]


def test_an_empty_desk_says_what_is_true_and_how_to_go_on(asha: Client) -> None:
    assert "Nobody is waiting" in asha.get("/desk").content.decode()
    filed_contact(now=clock.now())
    empty = asha.get("/desk?risk=immediate").content.decode()
    assert "Show all of this queue" in empty


def test_the_chosen_contact_stays_chosen_and_its_opening_is_recorded_once(asha: Client) -> None:
    now = clock.now()
    first, second = filed_contact(now=now, ago=timedelta(minutes=9)), filed_contact(now=now)
    for _ in range(3):
        page = asha.get(f"/desk?chosen={second.reference}").content.decode()
        assert re.search(rf'data-row="{second.reference}"[^>]*data-selected', page)
    assert openings(second.reference) == 1
    assert openings(first.reference) == 0


def openings(reference: str) -> int:
    from standfast.foundation.eventlog.queries import timeline

    return sum(line.kind == "contact.contact.opened" for line in timeline(about=reference))


def count_queries(client: Client, address: str, **headers: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address, headers=headers).status_code == 200
    return len(seen)


@pytest.mark.parametrize("headers", [{}, HX], ids=["page", "refresh"])
def test_a_longer_desk_asks_no_more_questions(asha: Client, headers: dict[str, str]) -> None:
    now = clock.now()
    for number in range(3):
        filed_contact(now=now, words=GRAVE, ago=timedelta(minutes=number))
    few = count_queries(asha, "/desk", **headers)
    for number in range(12):
        filed_contact(now=now, words=GRAVE if number % 2 else "noise", ago=timedelta(minutes=number))
    assert count_queries(asha, "/desk", **headers) == few


def test_pulling_next_takes_the_first_and_two_pulls_take_two(asha: Client) -> None:
    now = clock.now()
    dull, grave = filed_contact(now=now, ago=timedelta(hours=1)), filed_contact(now=now, words=GRAVE)
    amir = signed_in(account(Role.CONTACT_OFFICER, username="amir"))
    assert asha.post("/desk/next")["Location"] == f"/contact/{grave.reference}"
    assert amir.post("/desk/next")["Location"] == f"/contact/{dull.reference}"
    nothing = asha.post("/desk/next")
    assert nothing.status_code == 422
    assert "Nobody is waiting" in nothing.content.decode()


def test_who_may_only_look_is_offered_nothing_to_press() -> None:
    seen = filed_contact(now=clock.now())
    page = signed_in(account(Role.INSPECTOR)).get("/desk").content.decode()
    assert seen.reference in page
    for offer in ("New contact", "Pull next", "Claim and open"):
        assert offer not in page
    assert signed_in(account(Role.INSPECTOR)).post("/desk/next").status_code == 403
    assert signed_in(account(Role.TRAINER)).get("/desk").status_code == 403


def test_two_hundred_calls_picked_up_with_nothing_typed_are_all_on_the_unfinished_list(
    asha: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = clock.now()
    taken = [asha.post("/contact", {"channel": "999"})["Location"].rsplit("/", 1)[1] for _ in range(200)]
    assert len(set(taken)) == 200
    within = began + timedelta(seconds=60) + (clock.now() - began)
    by = actor_of(Role.CONTACT_OFFICER)
    assert {each.reference for each in queries.list_unfinished(by=by, now=within)} == set(taken)
    at(monkeypatch, within)
    page = asha.get("/desk?queue=unfinished").content.decode()
    assert "200, most danger first" in page
    assert "<b>100 more</b>" in page
    for reference in taken[:5]:
        refused = asha.post(f"/contact/{reference}/hand-back", {"summary": " "})
        assert refused.status_code == 422
        assert "Say in a line or two where this contact stands" in refused.content.decode()
    states = {queries.get_contact(reference=each, by=by).state for each in taken[:5]}
    assert states == {ContactState.IN_HAND}, "nobody's contact is left to nobody"


def at(monkeypatch: pytest.MonkeyPatch, instant: datetime) -> None:
    offset = (instant - clock.now()).total_seconds()
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(offset))


# --- answer bands ----------------------------------------------------------------------------------------------------


def shares(**counts: int) -> AnswerShares:
    from collections import Counter

    bands = Counter({AnswerBand(name): count for name, count in counts.items()})
    return AnswerShares(
        channel="999", offered=sum(counts.values()), bands=bands, waits=[], waiting=0, longest_waiting=timedelta(0)
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({}, (0, 0, 0, 0)),
        ({"in_ten": 1}, (100, 0, 0, 0)),
        ({"in_ten": 1, "ten_to_sixty": 1, "over_sixty": 1}, (34, 33, 33, 0)),
        ({"in_ten": 92, "ten_to_sixty": 5, "over_sixty": 2, "abandoned": 1}, (92, 5, 2, 1)),
        ({"in_ten": 1, "abandoned_early": 9}, (100, 0, 0, 0)),
        ({"waiting": 1, "abandoned": 1}, (0, 0, 0, 100)),
    ],
)
def test_shares_are_whole_per_cent_that_add_up(counts: dict[str, int], expected: tuple[int, ...]) -> None:
    assert shares_of(shares(**counts)) == expected


def test_the_bands_tell_how_calls_were_answered_and_that_nobody_takes_chats(asha: Client) -> None:
    from standfast.foundation.people.access import WORKER
    from standfast.journey.contact.operations import CallStamp

    now = clock.now()
    for number, seconds in enumerate((3, 10, 25)):
        rang = now - timedelta(minutes=5)
        for event, instant in (("presented", rang), ("answered", rang + timedelta(seconds=seconds))):
            stamp = CallStamp(source="telephony", source_ref=f"c{number}", event=event, at=instant, channel="999")
            operations.file_call_event(stamp=stamp, by=WORKER, now=now)
    page = asha.get("/desk").content.decode()
    assert "66.7%" in page
    assert "Below 90% in 10 s" in page
    assert "Nobody takes chats" in page
    assert staff("asha").ref not in page
