"""The made-up colleagues work by the operations people use, and leave what stands first to whoever tries the demonstration."""

from datetime import datetime, timedelta

import pytest

from standfast.demo.colleagues import COLLEAGUES, IN_HAND, LEFT_FOR, LEFT_TO_VISITORS, SHORTEST, SPREAD, work_once
from standfast.foundation.people import operations as people
from standfast.foundation.people.access import operator
from standfast.foundation.people.roles import Role
from standfast.journey.contact.models import Contact
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.states import ContactState
from tests.builders import filed_contact

pytestmark = pytest.mark.django_db
MANY = 12


@pytest.fixture
def desk(now: datetime) -> list[str]:
    """A dozen waiting contacts, in the order of the desk."""
    for username, name in COLLEAGUES:
        new = people.NewStaffMember(username=username, name=name, roles=frozenset({Role.CONTACT_OFFICER}))
        people.add_staff_member(new=new, by=operator("test"), now=now)
    return [filed_contact(now=now, ago=timedelta(minutes=MANY - number)).reference for number in range(MANY)]


def in_state(state: ContactState) -> set[str]:
    return set(Contact.objects.filter(state=state).values_list("reference", flat=True))


def test_they_take_some_one_at_a_time_and_never_what_stands_first(desk: list[str], now: datetime) -> None:
    work_once(now=now)
    assert in_state(ContactState.IN_HAND) == {desk[LEFT_TO_VISITORS]}
    for second in range(20):
        work_once(now=now + timedelta(seconds=second))
    assert len(in_state(ContactState.IN_HAND)) == len(COLLEAGUES) * IN_HAND
    assert set(desk[:LEFT_TO_VISITORS]) <= in_state(ContactState.WAITING)


def test_what_nobody_took_for_long_they_take_first(desk: list[str], now: datetime) -> None:
    first = Contact.objects.get(reference=desk[0])
    work_once(now=first.first_contact_at + LEFT_FOR + timedelta(seconds=1))
    assert in_state(ContactState.IN_HAND) == {desk[0]}


def test_what_they_have_they_finish(desk: list[str], now: datetime) -> None:
    for second in range(3):
        work_once(now=now + timedelta(seconds=second))
    taken = in_state(ContactState.IN_HAND)
    work_once(now=now + SHORTEST + timedelta(seconds=SPREAD + 5))
    closed = in_state(ContactState.CLOSED)
    assert closed == taken
    assert all(Contact.objects.filter(reference__in=closed).values_list("ending_reason", flat=True))


def test_chats_are_not_theirs(desk: list[str], now: datetime) -> None:
    Contact.objects.filter(reference__in=desk).update(channel=Channel.CHAT)
    work_once(now=now)
    assert not in_state(ContactState.IN_HAND)
