"""What do the pages of a unit show, to its crew and to the control room?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from standfast.faces.screens.times import Countdown, ago, short_moment
from standfast.faces.web.dispatch.board import NUMBERS, clock_of
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people.queries import names_by_ref
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.unit_status import (
    EN_ROUTE,
    OFF_DUTY,
    StatusCode,
    StatusSort,
    Verdict,
    states_after,
    status_codes,
)

# What a crew presses, in the order of a job; each only where it can follow.
PRESSED = (5, 6, 2, 7, 8, 9, 4, 3)


@dataclass(frozen=True, kw_only=True)
class MyIncident:
    """An officer's own incident: all that is known before arriving."""

    reference: str
    short: str
    risk: str
    risk_label: str
    grade: ResponseGrade
    number: int
    what: str
    where: str
    clock: Countdown
    strands: Sequence[str]
    child_mentioned: bool
    warnings: Sequence[tuple[str, str]]
    others: Sequence[str]
    result: str
    log: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, kw_only=True)
class MyPage:
    """An officer's page: their unit and its state, what they can press, and their incident."""

    callsign: str
    state: str
    since: str
    until: str
    presses: Sequence[tuple[int, str, bool]]
    incident: MyIncident | None


@dataclass(frozen=True, kw_only=True)
class UnitPage:
    """A unit as the control room sees it."""

    callsign: str
    kind: str
    base: str
    state: str
    since: str
    until: str
    crew: Sequence[tuple[str, str]]
    position: str
    job: str
    job_reference: str
    reports: Sequence[tuple[str, str, str, str]]
    is_on_duty: bool


def states_by_voice(*, now: datetime) -> Sequence[tuple[int, str]]:
    """Return the states a crew can give by voice: all but that they go off duty, for which there is booking off."""
    codes = status_codes(days.london_day(now))
    return [(code, row.label) for code, row in codes.items() if row.sort == StatusSort.STATE and code != OFF_DUTY]


def status_typed(words: str, *, now: datetime) -> int | None:
    """Return the state that somebody typed as its number or as the beginning of its name, or None if none or several fit."""
    typed = words.strip().lower()
    if typed.isdigit():
        return next((code for code, _ in states_by_voice(now=now) if str(code) == typed), None)
    fitting = [code for code, label in states_by_voice(now=now) if typed and label.lower().startswith(typed)]
    return fitting[0] if len(fitting) == 1 else None


def status_address(callsign: str, words: str, *, by: Actor, now: datetime) -> str:
    """Return the address at which a typed status of a unit is noted by one press, or nothing if there is no such unit on duty or status."""
    code = status_typed(words, now=now)
    try:
        unit = queries.get_unit(callsign=callsign, by=by)
    except NotFound:
        return ""
    if code is None or unit.state == OFF_DUTY:
        return ""
    return f"{reverse('dispatch:unit', args=[unit.callsign])}?status={code}"


def own_incident(*, by: Actor) -> str:
    """
    Return the reference of the incident the unit of this person is on.

    :raises Refusal: if they crew no unit or it is on none
    """
    unit = queries.find_unit_of(person_ref=by.ref)
    deployment = queries.newest_deployment(unit) if unit else None
    if deployment is None:
        raise Refusal("Your unit is on no incident.")
    reference: str = deployment.incident.reference
    return reference


def my_page(*, by: Actor, now: datetime) -> MyPage | None:
    """Return the page of an officer, or None if they crew no unit."""
    unit = queries.find_unit_of(person_ref=by.ref)
    if unit is None:
        return None
    codes = status_codes(days.london_day(now))
    deployment = queries.active_deployment(unit)
    return MyPage(
        callsign=unit.callsign,
        state=codes[unit.state].label,
        since=ago(unit.state_at, now=now) if unit.state_at else "",
        until=short_moment(unit.on_duty_until, now=now) if unit.on_duty_until else "",
        presses=_presses(unit.state, codes, deployment),
        incident=_mine(deployment.incident, unit.callsign, by=by, now=now) if deployment else None,
    )


def unit_page(unit: Any, *, now: datetime) -> UnitPage:
    """Return a unit as shown."""
    codes = status_codes(days.london_day(now))
    deployment = queries.active_deployment(unit)
    crew = queries.crews_of([unit])[unit.pk]
    reports = queries.reports_of(unit)
    names = names_by_ref({each.source.split(":")[-1] for each in reports})
    return UnitPage(
        callsign=unit.callsign,
        kind=unit.get_kind_display(),
        base=unit.base,
        state=codes[unit.state].label,
        since=ago(unit.state_at, now=now) if unit.state_at else "",
        until=short_moment(unit.on_duty_until, now=now) if unit.on_duty_until else "",
        crew=[(each.person_name, queries.skills_in_words(each.person_ref, now=now)) for each in crew],
        position=f"{ago(unit.position_at, now=now)}" if unit.position_at else "Not known",
        job=deployment.incident.reference[:4] if deployment else "",
        job_reference=deployment.incident.reference if deployment else "",
        reports=[
            (
                days.wall_clock(each.at),
                codes[each.code].label if each.code in codes else ("Position" if each.code is None else str(each.code)),
                Verdict(each.verdict).label,
                each.because or names.get(each.source, ""),
            )
            for each in reports
        ],
        is_on_duty=unit.on_duty_until is not None,
    )


def _presses(state: int, codes: dict[int, StatusCode], deployment: Any) -> list[tuple[int, str, bool]]:
    """Return what can follow the state a unit is in, the next step of a job first; what its crew has confirmed is not offered again."""
    following = states_after(state, deployed=deployment is not None, codes=codes)
    confirmed = {EN_ROUTE} if deployment is not None and deployment.en_route_at else set()
    fitting = [codes[code] for code in PRESSED if code in following and code not in confirmed]
    shown = [each for each in fitting if each.code != state or each.code == EN_ROUTE]
    return [(each.code, each.label, place == 0) for place, each in enumerate(shown)]


def _mine(incident: Any, callsign: str, *, by: Actor, now: datetime) -> MyIncident:
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    incident.due_at = clocks.national.due_at if clocks.national else None
    grade = ResponseGrade(incident.grade)
    return MyIncident(
        reference=incident.reference,
        short=incident.reference[:4],
        risk=incident.risk,
        risk_label=Risk(incident.risk).label,
        grade=grade,
        number=NUMBERS[grade],
        what=incident.kind or "Kind not noted",
        where=incident.place_text or "Place not known",
        clock=clock_of(incident, now=now),
        strands=[Strand(each).label for each in incident.strands],
        child_mentioned=incident.child_mentioned,
        warnings=[(str(each.get("text", "")), str(each.get("on_record", ""))) for each in incident.warnings],
        others=[
            each.callsign for each in queries.active_deployments(incidents=[incident.pk]) if each.callsign != callsign
        ],
        result=incident.result,
        log=[
            (short_moment(each.at, now=now), each.words, each.by_name)
            for each in queries.list_log(reference=incident.reference, by=by)[:20]
        ],
    )
