"""N3 on stored records: is a roster gap or a forecast error told from what was published, by the real query on a real database?"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from standfast.journey.incidents import operations, queries
from standfast.journey.incidents.models import Deployment, Incident, Unit
from standfast.journey.incidents.rules.attendance_figures import Attendance
from standfast.journey.incidents.rules.why_late import Cause
from standfast.journey.incidents.states import DeploymentEnd, IncidentState
from tests.builders import staff
from tests.dispatch.simulated_month import (
    DAY,
    FAULTS,
    NAMED,
    PER_HOUR,
    START,
    UNITS,
    Fault,
    Happened,
    at,
    happenings,
    is_odd_day,
)
from tests.dispatch.steps import BELLA, BEN, unit_on_duty, waiting_incident
from tests.resourcing.steps import published_forecast, published_roster

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
# Nine in ten hours of a Poisson stream of 4.5 have no more than this.
NINTH_DECILE = 7.0
DAYS = 12
END = at(DAYS * DAY)
MOST_QUESTIONS = 16
AT_ONCE = 500


def stored_days(fault: Fault) -> None:
    """
    Store the first days of a simulated month: turns of duty by operations, and the attendances as copies of one incident opened by them.

    Opening each of them so would take long; what the query reads of them is what is set here.
    """
    template = waiting_incident(by=staff(), now=START - timedelta(days=9), ago=timedelta(0), place={})
    days = range(DAYS + 1)
    for number in range(UNITS):
        callsign = f"U{number:02d}"
        if number >= fault.units_away:
            unit_on_duty(callsign, now=START, crew=["one", "two"])
            continue
        for day in days:
            if not is_odd_day(day * DAY):
                unit_on_duty(callsign, now=at(day * DAY), crew=["one", "two"])
                operations.book_off(callsign=callsign, by=BEN, now=at((day + 1) * DAY))
    units = {each.callsign: each for each in Unit.objects.all()}
    happened = happenings(fault, days=DAYS)
    incidents = Incident.objects.bulk_create(
        [_incident(template, each, number) for number, each in enumerate(happened)], batch_size=AT_ONCE
    )
    Deployment.objects.bulk_create(
        (
            _deployment(incident, each, units[f"U{int(each.unit):02d}"])
            for incident, each in zip(incidents, happened, strict=True)
        ),
        batch_size=AT_ONCE,
    )


def _incident(template: Any, each: Happened, number: int) -> Incident:
    given = {field.attname: getattr(template, field.attname) for field in Incident._meta.concrete_fields}
    return Incident(
        **given
        | {
            "id": None,
            "reference": f"M{number}",
            "journey": f"J{number}",
            "split_from_id": template.pk,
            "state": IncidentState.RESOLVED,
            "closing_code": "attended_no_crime",
            "closing_reason": "x",
            "closing_by": "x",
            "first_contact_at": at(each.came),
            "graded_at": at(each.graded),
            "opened_at": at(each.ready),
            "attended_at": at(each.arrived),
            "resolved_at": at(each.cleared),
        }
    )


def _deployment(incident: Incident, each: Happened, unit: Unit) -> Deployment:
    return Deployment(
        incident=incident,
        unit=unit,
        callsign=unit.callsign,
        duty=unit.duty,
        assigned_at=at(each.assigned),
        assigned_by="x",
        assigned_by_name="x",
        at_scene_at=at(each.arrived),
        ended_at=at(each.cleared),
        ended_how=DeploymentEnd.CLEARED,
    )


def attendances() -> Sequence[Attendance]:
    """Ask the real query for these days; on the way, that the parts of every attendance are its whole."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        rows = queries.attendances_between(since=START, until=END, by=BELLA, now=END + timedelta(days=1)).rows
    assert len(asked) <= MOST_QUESTIONS, [each["sql"][:90] for each in asked]
    for row in rows:
        assert sum(row.parts.values(), timedelta(0)) == row.took
    return rows


def means(rows: Sequence[Attendance]) -> dict[Cause, float]:
    return {cause: sum(row.parts[cause].total_seconds() for row in rows) / len(rows) for cause in Cause}


def days_under(fault: Fault, *, published_at: Any = START) -> Sequence[Attendance]:
    """Store these days under a plan made for usual ones, and ask for them."""
    stored_days(fault)
    published_roster(UNITS, begins=START, ends=END + timedelta(days=2), now=published_at)
    published_forecast(NINTH_DECILE, mean=PER_HOUR, begins=START, hours=24 * (DAYS + 2), now=published_at)
    return attendances()


@pytest.fixture(scope="module")
def usual(django_db_setup: None, django_db_blocker: Any) -> dict[Cause, float]:
    """The means of days without a fault."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        found = means(days_under(Fault()))
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("cause", [Cause.ROSTER_GAP, Cause.FORECAST, Cause.NO_UNIT])
def test_a_fault_is_named_from_stored_records_for_nine_tenths_of_the_extra_minutes(
    cause: Cause, usual: dict[Cause, float]
) -> None:
    rows = days_under(FAULTS[cause])
    found = means(rows)
    assert not any(row.unrecorded for row in rows)
    extra = {each: found[each] - usual[each] for each in Cause}
    whole = sum(extra.values())
    assert whole > 60
    assert NAMED <= extra[cause] / whole <= 2 - NAMED
    assert all(abs(extra[each]) < 0.1 * whole for each in Cause if each != cause)


@pytest.mark.parametrize("cause", [Cause.ROSTER_GAP, Cause.FORECAST])
def test_a_plan_published_afterwards_changes_nothing_of_what_is_past(cause: Cause, usual: dict[Cause, float]) -> None:
    # The negative control: the same days with the same plan, which nobody knew while they went on.
    rows = days_under(FAULTS[cause], published_at=END + timedelta(hours=20))
    found = means(rows)
    assert found[Cause.ROSTER_GAP] == found[Cause.FORECAST] == 0
    assert found[Cause.NO_UNIT] - usual[Cause.NO_UNIT] > 60
    assert all(row.unrecorded == {Cause.ROSTER_GAP, Cause.FORECAST} for row in rows)
