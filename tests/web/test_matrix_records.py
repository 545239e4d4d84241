"""
AUZ1 by record: the same entry points at one's own records, another's, another agency's, and at records that are not there.

What is out of reach answers exactly like what does not exist; the right to a page gives no right to a record.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from standfast.config.entry_points import STAFF, Entry
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from tests.builders import claimed_contact
from tests.entering import A_MONDAY_NOON, PEOPLE, account, actor_of, named_patterns, signed_in
from tests.incidents.steps import opened_incident
from tests.triage.steps import sent_referral
from tests.web.processes import CHANGING

pytestmark = pytest.mark.django_db
STAFF_URLS = "standfast.config.urls.staff"
ANOTHER_AGENCY = "adult_social_care_out_of_hours"
ABSENT = {"conflict": 987_654, "filing": 987_654, "report": 987_654, "zoom": 0, "column": 0, "row": 0}
NOBODY = "QQQQ-QQQQ-QQQQ-QQ"
# Places are offered from the gazetteer for what is typed: nothing of the contact is read. A piece of the map is of no record either.
READS_NO_RECORD = frozenset({"contact:places", "dispatch:tile"})
WHO = [*PEOPLE, None]


def own(role: Role | None) -> dict[str, object]:
    """Records of the one who asks, where a role has some: their contact in hand, their account, their agency's referral."""
    found: dict[str, object] = {"username": account(role).username}
    if role in {Role.CONTACT_OFFICER, Role.CONTACT_SUPERVISOR}:
        by = account(role).as_actor()
        mine = claimed_contact(by=by, now=A_MONDAY_NOON)
        found |= {"contact": mine.reference, "ref": mine.reference}
    return found


def another_persons() -> dict[str, object]:
    """Records of a colleague."""
    colleague = account(Role.CONTACT_OFFICER, username="colleague").as_actor()
    theirs = claimed_contact(by=colleague, now=A_MONDAY_NOON)
    incident = opened_incident(by=colleague, now=A_MONDAY_NOON)
    return {
        "username": "colleague",
        "contact": theirs.reference,
        "ref": theirs.reference,
        "incident": incident.reference,
    }


def another_agencys() -> dict[str, object]:
    """A referral to an agency the one who asks is not of."""
    at_night = A_MONDAY_NOON.replace(hour=22)
    theirs = sent_referral(by=actor_of(Role.CONTACT_OFFICER), now=at_night, partner=ANOTHER_AGENCY)
    return {"referral": theirs.reference, "own_referral": theirs.reference}


def with_records(given: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return every address that names a record among these."""
    known = {**given, "code": "dash_style", "table": "response_grade"}
    return [
        (name, reverse(name, urlconf=STAFF_URLS, kwargs={each: known[each] for each in arguments}))
        for name, arguments in named_patterns(get_resolver(STAFF_URLS))
        if arguments & given.keys() and arguments <= known.keys()
    ]


def answers(client: Client, method: str, address: str) -> Any:
    """What the stack answers, with nothing kept of it."""
    with transaction.atomic():
        response: Any = client.generic(method, address)
        transaction.set_rollback(True)
    return response


def cells(client: Client, found: list[tuple[str, str]]) -> Iterator[tuple[str, str, Entry, Any]]:
    for name, address in found:
        for method in STAFF[name].methods:
            yield method, name, STAFF[name], answers(client, method, address)


def is_open_to(entry: Entry, role: Role | None) -> bool:
    return not isinstance(entry.needs, Permission) or bool(role and entry.needs in PERMISSIONS_OF[role])


def shape(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, CHANGING.sub("", response.content.decode())


@pytest.mark.parametrize("role", WHO, ids=lambda role: role.value if role else "no role")
def test_a_role_reaches_the_forces_own_records_whoever_has_them(role: Role | None) -> None:
    client = signed_in(account(role))
    wrong = []
    for whose in (own(role), another_persons()):
        for method, name, entry, response in cells(client, with_records(whose)):
            is_open = response.status_code not in {403, 404}
            assert response.status_code < 500, f"{method} {name}"
            if is_open != is_open_to(entry, role):
                wrong.append(f"{method} {name}: {response.status_code}")
    assert not wrong


@pytest.mark.parametrize("role", WHO, ids=lambda role: role.value if role else "no role")
def test_a_record_that_is_not_there_is_absent_for_whom_the_page_is_open_and_refused_to_the_rest(
    role: Role | None,
) -> None:
    client = signed_in(account(role))
    named = {each for _, arguments in named_patterns(get_resolver(STAFF_URLS)) for each in arguments}
    absent = {name: ABSENT.get(name, NOBODY) for name in named - {"code", "table"}}
    wrong = []
    for method, name, entry, response in cells(client, with_records(absent)):
        # A form that says nothing may be refused before its record is looked for, whether there is one or not.
        want = {404, 422} if method == "POST" else {404}
        if name not in READS_NO_RECORD and response.status_code not in (want if is_open_to(entry, role) else {403}):
            wrong.append(f"{method} {name}: {response.status_code}")
    assert not wrong


@pytest.mark.parametrize("role", WHO, ids=lambda role: role.value if role else "no role")
def test_another_agencys_referral_is_open_to_the_force_and_absent_for_an_agency(role: Role | None) -> None:
    client = signed_in(account(role))
    theirs, nobodys = with_records(another_agencys()), dict(with_records({"referral": NOBODY, "own_referral": NOBODY}))
    assert {name for name, _ in theirs} >= {"agency:referral", "agency:accept", "agency:decline", "agency:complete"}
    for method, name, entry, response in cells(client, theirs):
        if not is_open_to(entry, role):
            assert response.status_code == 403, f"{method} {name}"
        elif role is Role.PARTNER:
            assert response.status_code == 404, f"{method} {name}"
            assert shape(response) == shape(answers(client, method, nobodys[name])), f"{method} {name}"
        else:
            assert response.status_code not in {403, 404}, f"{method} {name}"


# --- a control: the same check, made to fail every time -----------------------------------------------------------------


def test_an_agency_that_reaches_the_referral_is_seen() -> None:
    client, theirs = signed_in(account(Role.PARTNER)), with_records(another_agencys())
    before = {response.status_code for _, name, _, response in cells(client, theirs) if name == "agency:referral"}
    get_user_model()._default_manager.filter(pk=account(Role.PARTNER).pk).update(partner=ANOTHER_AGENCY)
    client = signed_in(account(Role.PARTNER))
    after = {response.status_code for _, name, _, response in cells(client, theirs) if name == "agency:referral"}
    assert (before, after) == ({404}, {200})
