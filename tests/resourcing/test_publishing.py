"""Is a roster or forecast taken whole or not at all, does a later one replace it from then on only, and may only planners publish?"""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from django.db import connection

from standfast.force.resourcing import operations, queries
from standfast.force.resourcing.models import Publication, RosteredUnits
from standfast.force.resourcing.operations import (
    MOST_UNITS,
    ForecastInterval,
    NewForecast,
    NewRoster,
    NothingAhead,
    PlanUnclear,
    QuantileMissing,
    RosterStretch,
)
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.people.access import is_reachable, operator
from standfast.foundation.people.permissions import Permission as P
from standfast.foundation.people.roles import PERMISSIONS_OF, Role
from tests.builders import staff
from tests.resourcing.steps import HOUR, PAOLO, published_forecast, published_roster

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def planned(begins=NOON - DAY, ends=NOON + 3 * DAY):
    pieces = queries.rostered_between(begins, ends)
    return [((p.starts_at - NOON) / HOUR, (p.ends_at - NOON) / HOUR, p.of.said) for p in pieces]


@pytest.mark.django_db
def test_a_later_roster_holds_from_when_it_was_published_and_the_earlier_one_stays_readable():
    published_roster(12, begins=NOON, ends=NOON + 2 * DAY, now=NOON - DAY)
    assert planned() == [(0, 48, 12)]
    published_roster(9, begins=NOON, ends=NOON + DAY, now=NOON + 6 * HOUR)
    # The morning stays as it was known, the rest of the day is the new roster's, and of the day after only the first one speaks.
    assert planned() == [(0, 6, 12), (6, 24, 9), (24, 48, 12)]
    newest, first = queries.list_publications(by=PAOLO)
    assert (newest.published_at, first.published_at) == (NOON + 6 * HOUR, NOON - DAY)
    assert RosteredUnits.objects.get(publication=first).units == 12


@pytest.mark.django_db
def test_a_forecast_taken_over_half_way_allows_for_its_half():
    published_forecast(8.0, begins=NOON, hours=4, now=NOON - HOUR)
    published_forecast(2.0, begins=NOON, hours=2, now=NOON + HOUR / 2)
    found = queries.allowed_between(NOON, NOON + 4 * HOUR)
    assert [((each.starts_at - NOON) / HOUR, each.most) for each in found] == [
        (0.0, 4.0),
        (0.5, 1.0),
        (1.0, 2.0),
        (2.0, 8.0),
        (3.0, 8.0),
    ]


@pytest.mark.django_db
def test_each_publication_is_told_in_the_event_log():
    made = [published_roster(3, begins=NOON, ends=NOON + HOUR, now=NOON - HOUR)]
    made.append(published_forecast(3.0, begins=NOON, hours=3, now=NOON - HOUR))
    told = Entry.objects.filter(kind__startswith="resourcing.").order_by("id").values_list("about", "by_ref")
    assert list(told) == [(f"{each.kind}:{each.pk}", PAOLO.ref) for each in made]


def stretch(begins, ends, units=3):
    return RosterStretch(starts_at=NOON + begins * HOUR, ends_at=NOON + ends * HOUR, units=units)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stretches", "refusal", "words"),
    [
        ([], PlanUnclear, "it has 0 stretches"),
        ([stretch(2, 2)], PlanUnclear, "was expected to end after that"),
        ([stretch(1, 3), stretch(2, 4)], PlanUnclear, "it says two things of 23 Nov 2026 14:00:00 GMT"),
        ([stretch(3, 4), stretch(1, 2)], PlanUnclear, "stretches in order"),
        ([stretch(1, 2, units=-1)], PlanUnclear, "-1 units at once"),
        ([stretch(1, 2, units=MOST_UNITS + 1)], PlanUnclear, "0 to 10,000 were expected"),
        ([stretch(-5, -1), stretch(-1, 0)], NothingAhead, "which is past; a plan for a time to come was expected"),
    ],
)
def test_a_roster_that_cannot_be_is_refused_whole(stretches, refusal, words):
    with pytest.raises(refusal, match=words):
        operations.publish_roster(new=NewRoster(file="r.csv", stretches=stretches), by=PAOLO, now=NOON)
    assert not Publication.objects.exists()
    assert not RosteredUnits.objects.exists()


@pytest.mark.django_db
def test_a_forecast_without_the_quantile_plans_allow_for_is_refused():
    interval = ForecastInterval(starts_at=NOON, ends_at=NOON + HOUR, mean=4, quantiles={0.1: 1, 0.5: 4})
    with pytest.raises(QuantileMissing, match=r"its quantiles are 0\.1, 0\.5; the quantile 0\.9"):
        operations.publish_forecast(new=NewForecast(file="f.csv", intervals=[interval]), by=PAOLO, now=NOON)
    assert not Publication.objects.exists()


@pytest.mark.django_db
def test_only_planners_and_the_operator_publish_and_see_what_was_published():
    may = {role for role in Role if P.ROSTER_PUBLISH in PERMISSIONS_OF[role]}
    assert may == {Role.PLANNER, Role.ADMINISTRATOR}
    made = published_roster(3, begins=NOON, ends=NOON + HOUR, now=NOON - HOUR)
    assert is_reachable(PAOLO, made)
    assert is_reachable(operator("x"), made)
    for other in ("dee", "ben", "farid", "zed"):
        assert not is_reachable(staff(other), made)
        with pytest.raises(NotAllowed):
            published_roster_by(staff(other))
        with pytest.raises(NotAllowed):
            queries.list_publications(by=staff(other))
    assert Publication.objects.count() == 1


def published_roster_by(by):
    return operations.publish_roster(new=NewRoster(file="r.csv", stretches=[stretch(1, 2)]), by=by, now=NOON)


@pytest.mark.parametrize("table", ["resourcing_publication", "resourcing_rosteredunits", "resourcing_forecastdemand"])
def test_no_log_in_of_the_program_changes_or_removes_what_was_published(fresh_system, speak_to, table):
    system = fresh_system()
    speak_to(system)
    published_roster(3, begins=NOON, ends=NOON + HOUR, now=NOON - HOUR)
    published_forecast(3.0, begins=NOON, hours=3, now=NOON - HOUR)
    connection.close()
    for role in ("staff", "worker", "public", "intake", "sealer", "auditor"):
        for statement in (f"UPDATE {table} SET starts_at = starts_at", f"DELETE FROM {table}"):
            with psycopg.connect(system.urls[role]) as asked, pytest.raises(psycopg.errors.Error) as refused:
                asked.execute(statement)
            assert isinstance(
                refused.value, psycopg.errors.InsufficientPrivilege | psycopg.errors.ReadOnlySqlTransaction
            )
    with psycopg.connect(system.urls["staff"]) as asked:
        # The negative control: what is refused above is not reading.
        assert asked.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
