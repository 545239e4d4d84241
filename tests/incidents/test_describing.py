"""An incident is recorded under a code and qualifiers a person chose; the kind suggests a code and never sets one."""

from datetime import date, datetime
from typing import Any

import pytest

from standfast.demo.replay_mapping import KINDS
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Incident, LogEntry
from standfast.journey.incidents.operations import Closing, DescribedMeanwhile, Describing, NoSuchCode, NotOpen
from standfast.journey.incidents.rules.opening import opening_codes, qualifiers, suggested_code
from tests.builders import staff
from tests.dispatch.steps import BELLA, BEN
from tests.entering import account, signed_in
from tests.incidents.steps import opened_incident

ON = date(2026, 11, 23)


@pytest.fixture
def incident(db: None, now: datetime) -> Any:
    return opened_incident(by=staff(), now=now)


def describe(incident: Any, code: str, *chosen: str, now: datetime, seen: str = "", by: Any = BEN) -> Incident:
    given = Describing(incident=incident.reference, code=code, qualifiers=chosen, seen=seen)
    return operations.describe_incident(describing=given, by=by, now=now)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("Domestic incident", "domestic"),
        ("Missing person", "missing"),
        ("  CONCERN for safety ", "concern"),
        ("Collision, damage only", "rtc_damage"),
        ("Suspicious package", "package"),
        ("Suspicious person", "suspicious"),
        ("Criminal damage", "crime_property"),
        ("Violence", "crime_person"),
        ("", None),
        ("Something nobody thought of", None),
    ],
)
def test_the_kind_suggests_a_code(kind: str, code: str | None) -> None:
    found = suggested_code(kind, on=ON)
    assert (found.code if found else None) == code


def test_codes_and_qualifiers_are_each_there_once_and_most_kinds_we_know_suggest_one() -> None:
    from standfast.journey.incidents.rules.opening import OPENING_CODES, QUALIFIERS

    assert len(opening_codes(ON)) == len(OPENING_CODES.on(ON).rows)
    assert len(qualifiers(ON)) == len(QUALIFIERS.on(ON).rows)
    kinds = {row.kind for row in KINDS.on(ON).rows}
    assert len([kind for kind in kinds if suggested_code(kind, on=ON)]) > len(kinds) / 2


def test_none_is_set_until_a_person_chooses(incident: Any) -> None:
    assert (incident.opening_code, incident.qualifiers) == ("", [])


def test_what_was_chosen_stands_with_its_edition_and_in_the_log(incident: Any, now: datetime) -> None:
    found = describe(incident, "crime_property", "young_person", "alcohol", "alcohol", now=now)
    assert (found.opening_code, found.qualifiers) == ("crime_property", ["alcohol", "young_person"])
    assert found.kind == incident.kind, "what it was told as stays"
    assert LogEntry.objects.get(incident=incident).words == "Recorded as: Crime against property; alcohol, young person"
    event = Entry.objects.get(kind="incidents.incident.described")
    assert event.facts["code"] == "crime_property"
    assert event.facts["table"] == "opening_code/2026-04-01"


@pytest.mark.parametrize(("code", "chosen"), [("made_up", ()), ("", ()), ("concern", ("made_up",))])
def test_a_code_of_no_table_is_refused(incident: Any, now: datetime, code: str, chosen: tuple[str, ...]) -> None:
    with pytest.raises(NoSuchCode):
        describe(incident, code, *chosen, now=now)
    assert not LogEntry.objects.filter(incident=incident).exists()


def test_what_an_edition_that_is_over_had_may_stay(incident: Any, now: datetime) -> None:
    Incident.objects.update(opening_code="of_old", qualifiers=["long_gone"])
    describe(incident, "of_old", "long_gone", "noise", now=now, seen="of_old|long_gone")
    assert Incident.objects.get().qualifiers == ["long_gone", "noise"]


def test_the_second_of_two_editors_is_told_what_the_first_chose(incident: Any, now: datetime) -> None:
    describe(incident, "concern", "alcohol", now=now)
    with pytest.raises(DescribedMeanwhile, match="Concern for safety; alcohol"):
        describe(incident, "domestic", now=now)
    assert Incident.objects.get().opening_code == "concern"
    assert describe(incident, "domestic", now=now, seen="concern|alcohol").opening_code == "domestic"


def test_a_closed_one_is_not_described(incident: Any, now: datetime) -> None:
    closing = Closing(incident=incident.reference, code="resolved_by_phone", reason="Found it in the garage")
    if operations.close_incident(closing=closing, by=BEN, now=now).resolved_at is None:
        operations.agree_to_close(reference=incident.reference, by=BELLA, now=now)
    with pytest.raises(NotOpen):
        describe(incident, "concern", now=now)


def test_who_may_not_write_in_the_log_may_not_describe(incident: Any, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        describe(incident, "concern", now=now, by=staff("chidi"))


def test_the_page_offers_what_the_kind_suggests_and_shows_what_was_recorded(incident: Any) -> None:
    Incident.objects.update(kind="Concern for safety")
    dispatcher = signed_in(account(Role.DISPATCHER))
    address = f"/dispatch/incidents/{incident.reference}/describe"
    page = dispatcher.get(f"/incidents/{incident.reference}").content.decode()
    assert "its kind suggests “Concern for safety”" in page
    assert address in page
    assert '<option value="concern" selected>' in dispatcher.get(address).content.decode()
    refused = dispatcher.post(address, {"code": "", "qualifiers": ["noise"]})
    assert refused.status_code == 422
    assert 'value="noise" checked' in refused.content.decode()
    given = {"code": "domestic", "qualifiers": ["noise", "alcohol"], "seen": ""}
    assert dispatcher.post(address, given).status_code == 302
    assert dispatcher.post(address, {**given, "code": "concern"}).status_code == 409, "somebody else's choice stands"
    page = dispatcher.get(f"/incidents/{incident.reference}").content.decode()
    assert "Domestic incident; alcohol, noise" in page
