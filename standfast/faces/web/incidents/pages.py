"""What do the pages about incidents show?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.parts import DutyRow, TimelineRow
from standfast.faces.screens.telling import clock_of, duty_rows, still, told
from standfast.faces.screens.times import ClockState, Countdown, ago, short_moment
from standfast.foundation.eventlog import queries as eventlog
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people import queries as people
from standfast.foundation.places import queries as places
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.chat import queries as chats
from standfast.journey.chat.rules.fact_kind import FactKind
from standfast.journey.contact.rules.risk import Risk, risk_rank
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.opening import described, suggested_code
from standfast.journey.incidents.states import OPEN, IncidentState

MOST_SHOWN = 300
NO_CLOCK = still("None", "no clock runs")
NUMBERS = {grade: number for number, grade in enumerate(ResponseGrade, start=1)}


@dataclass(frozen=True, kw_only=True)
class IncidentRow:
    """One open incident in the list: the clock from the first contact, and beside it the review that is due."""

    reference: str
    risk: str
    risk_label: str
    grade: ResponseGrade
    grade_number: int
    what: str
    why: str
    state: str
    since: str
    clock: Countdown
    review: Countdown
    is_overdue: bool


@dataclass(frozen=True, kw_only=True)
class IncidentList:
    """Open incidents, most danger first, then time left."""

    rows: Sequence[IncidentRow]
    total: int
    overdue: int
    grade: str
    grades: Sequence[tuple[str, str, int]]


@dataclass(frozen=True, kw_only=True)
class IncidentPage:
    """One incident: its clocks, why it has its grade, what was carried over, and what happened."""

    row: IncidentRow
    contact: str
    recorded_as: str
    opened: str
    headline: DutyRow | None
    others: Sequence[DutyRow]
    grade_because: str
    grade_source: str
    graded: str
    slot: str
    strands: Sequence[tuple[str, str]]
    doubts: Sequence[tuple[str, str]]
    child_mentioned: bool
    warnings: Sequence[Mapping[str, str]]
    facts: Sequence[tuple[str, str]]
    place: str
    area: str
    urban_rural: str
    reviews: Sequence[tuple[str, str, str]]
    timeline: Sequence[TimelineRow]
    waits: bool
    is_open: bool
    is_resolved: bool
    closing: str
    closing_by: str
    log: Sequence[tuple[str, str, str, str]]


def incident_list(grade: str, *, by: Actor, now: datetime) -> IncidentList:
    """Return the open incidents, of one grade where one is named."""
    found = list(queries.list_open(by=by))
    clocks = queries.clocks_of(each.reference for each in found)
    rows = [_row(each, clocks[each.reference], now=now) for each in found]
    ranked = sorted(rows, key=lambda row: (risk_rank(Risk(row.risk)), row.clock.due_at or "~"))
    named = grade if grade in set(ResponseGrade) else ""
    wanted = [row for row in ranked if named in {"", row.grade}]
    return IncidentList(
        rows=wanted[:MOST_SHOWN],
        total=len(wanted),
        overdue=sum(row.is_overdue for row in wanted),
        grade=named,
        grades=[(each.value, each.label, sum(row.grade == each for row in rows)) for each in ResponseGrade],
    )


def incident_page(incident: Any, *, by: Actor, now: datetime) -> IncidentPage:
    """Return one incident as shown."""
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    duties = [each for each in obligations.all_for_journey(incident.journey) if each.subject == incident.reference]
    attend = [each for each in duties if each.kind == Duty.ATTEND]
    lines = eventlog.timeline(journey=incident.journey)
    reviews = queries.list_reviews(reference=incident.reference, by=by)
    names = people.names_by_ref({incident.opened_by, incident.closing_by, *(line.by_ref for line in lines)})
    return IncidentPage(
        row=_row(incident, clocks, now=now),
        contact=incident.journey,
        recorded_as=_recorded_as(incident, now=now),
        opened=ago(incident.opened_at, now=now),
        headline=duty_rows(attend[-1:], now=now)[0] if attend else None,
        others=duty_rows([each for each in duties if each not in attend], now=now),
        grade_because=incident.grade_because,
        grade_source=f"row {incident.grade_row}, {incident.grade_table}",
        graded=ago(incident.graded_at, now=now),
        slot=_slot(incident),
        strands=[(each, Strand(each).label) for each in incident.strands],
        doubts=_doubts(incident.journey, now=now),
        child_mentioned=incident.child_mentioned,
        warnings=incident.warnings,
        facts=[(FactKind(each.kind).label, each.text) for each in chats.facts_of(reference=incident.journey)],
        place=incident.place_text,
        area=places.area_name(incident.area_code),
        urban_rural=incident.urban_rural,
        reviews=[(ago(each.at, now=now), f"{Risk(each.level).label}: {each.found}", each.by_name) for each in reviews],
        timeline=told(lines, names=names, now=now),
        waits=incident.state == IncidentState.WAITING,
        is_open=incident.state in OPEN,
        is_resolved=incident.state == IncidentState.RESOLVED,
        closing=incident.closing_reason if incident.closing_by and incident.resolved_at is None else "",
        closing_by=names.get(incident.closing_by, incident.closing_by),
        log=[log_line(each, incident, now=now) for each in queries.list_log(reference=incident.reference, by=by)],
    )


def _recorded_as(incident: Any, *, now: datetime) -> str:
    on = days.london_day(now)
    if incident.opening_code or incident.qualifiers:
        return described(incident.opening_code or "No code yet", incident.qualifiers, on=on)
    suggested = suggested_code(incident.kind, on=on)
    return f"No code yet; its kind suggests “{suggested.label}”" if suggested else "No code yet"


def log_line(line: Any, incident: Any, *, now: datetime) -> tuple[str, str, str, str]:
    """Return a line of an incident's log as shown: when, its kind, its words, who wrote it and in the log of which merged incident."""
    of = "" if line.incident_id == incident.pk else f", of {line.incident.reference[:4]}"
    return short_moment(line.at, now=now), line.kind, line.words, f"{line.by_name}{of}"


def _row(incident: Any, clocks: Any, *, now: datetime) -> IncidentRow:
    grade = ResponseGrade(incident.grade)
    clock = clock_of(clocks.national, now=now) if clocks.national else NO_CLOCK
    carried = [Strand(each).label for each in incident.strands]
    where = incident.place_text or "Place not known"
    return IncidentRow(
        reference=incident.reference,
        risk=incident.risk,
        risk_label=Risk(incident.risk).label,
        grade=grade,
        grade_number=NUMBERS[grade],
        what=f"{incident.kind or 'Kind not noted'}, {where}",
        why=" · ".join(
            [incident.grade_because, *carried[:3], *(["child mentioned"] if incident.child_mentioned else [])]
        ),
        state=IncidentState(incident.state).label,
        since=f"First contact {short_moment(incident.first_contact_at, now=now)}",
        clock=clock,
        review=clock_of(clocks.review, now=now) if clocks.review else NO_CLOCK,
        is_overdue=clock.state == ClockState.OVERDUE,
    )


def _doubts(journey: str, *, now: datetime) -> list[tuple[str, str]]:
    return [
        (
            f"{'In doubt' if each.settled_at is None else 'Doubt settled'}: {Strand(each.strand).label}",
            f"{each.by_name}, {ago(each.at, now=now)}: “{each.found}”"
            + (f" · {each.settled_by}: {each.settled_because}" if each.settled_at else ""),
        )
        for each in assessments.contradictions_of(reference=journey)
    ]


def _slot(incident: Any) -> str:
    if incident.slot_from is None:
        return ""
    return f"{days.wall_clock(incident.slot_from)} to {incident.slot_until.astimezone(days.LONDON):%H:%M}"
