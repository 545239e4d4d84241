"""What does the board show of the chosen incident? Its clock, who could go and why, why not the others, and its log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from standfast.faces.screens.times import Countdown, ago, short_moment
from standfast.faces.web.dispatch.board import NUMBERS, clock_of
from standfast.faces.web.incidents.pages import log_line
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.prediction import predict_arrival
from standfast.journey.incidents.states import OPEN, IncidentState

MOST_WHY_NOT = 12
MOST_LOG = 12


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A unit that could go: how it is sent (send, another, divert), and why."""

    callsign: str
    arrives: str
    minutes: str
    outlook: str
    why: str
    how: str
    label: str
    key: str


@dataclass(frozen=True, kw_only=True)
class OnIt:
    """A unit that is on the incident."""

    callsign: str
    crew: str
    sent: str
    reason: str
    stands: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """The chosen incident on the board."""

    reference: str
    short: str
    risk: str
    risk_label: str
    grade: ResponseGrade
    number: int
    what: str
    where: str
    state: str
    clock: Countdown
    is_open: bool
    strands: Sequence[str]
    warnings: Sequence[str]
    on_it: Sequence[OnIt]
    proposed: Sequence[Proposed]
    others: Sequence[tuple[str, str]]
    why_not: Sequence[tuple[str, str]]
    more_why_not: int
    by_weights: str
    log: Sequence[tuple[str, str, str, str]]
    same: int
    closing: str
    closing_by: str
    log_fixed_to: str


def panel(incident: Any, *, by: Actor, now: datetime) -> Panel:
    """Return what the board shows of one incident."""
    clocks = queries.clocks_of([incident.reference])[incident.reference]
    incident.due_at = clocks.national.due_at if clocks.national else None
    sent = queries.active_deployments(incidents=[incident.pk])
    is_open = incident.state in OPEN
    ranking = queries.rank_for(incident, now=now, ask_engine=True) if is_open else None
    grade = ResponseGrade(incident.grade)
    lines = queries.list_log(reference=incident.reference, by=by)[:MOST_LOG]
    why_not = list(ranking.why_not) if ranking else []
    return Panel(
        reference=incident.reference,
        short=incident.reference[:4],
        risk=incident.risk,
        risk_label=Risk(incident.risk).label,
        grade=grade,
        number=NUMBERS[grade],
        what=incident.kind or "Kind not noted",
        where=incident.place_text or "Place not known",
        state=IncidentState(incident.state).label,
        clock=clock_of(incident, now=now),
        is_open=is_open,
        strands=[Strand(each).label for each in incident.strands],
        warnings=[str(each.get("text", "")) for each in incident.warnings],
        on_it=[_on_it(each, now=now) for each in sent],
        proposed=[_proposed(each, place, incident, sent, now=now) for place, each in enumerate(ranking.proposed)]
        if ranking
        else [],
        others=[(each.callsign, f"{each.minutes:.0f} min") for each in ranking.candidates[len(ranking.proposed) :][:8]]
        if ranking
        else [],
        why_not=why_not[:MOST_WHY_NOT],
        more_why_not=max(0, len(why_not) - MOST_WHY_NOT),
        by_weights=_weights(ranking) if ranking else "",
        log=[log_line(each, incident, now=now) for each in lines],
        same=len(queries.likely_same(incident, by=by, now=now)),
        closing=incident.closing_reason if incident.closing_by and incident.resolved_at is None else "",
        closing_by=incident.closing_by,
        log_fixed_to=days.wall_clock(now),
    )


def _proposed(each: Any, place: int, incident: Any, sent: Sequence[Any], *, now: datetime) -> Proposed:
    how = "divert" if each.diverted else ("another" if sent else "send")
    labels: Mapping[str, str] = {"divert": "Divert", "another": "Send as well", "send": "Dispatch"}
    outlook = ""
    if incident.due_at is not None and incident.attended_at is None:
        share = each.error / each.minutes if each.minutes else 0.0
        said = predict_arrival(starts_at=now, seconds=each.minutes * 60, error_share=share, due_at=incident.due_at)
        outlook = said.outlook.label
    return Proposed(
        callsign=each.callsign,
        arrives=short_moment(now + timedelta(minutes=each.minutes), now=now),
        minutes=f"{each.minutes:.0f} min ± {each.error:.0f}",
        outlook=outlook,
        why=", ".join(each.reasons[1:]),
        how=how,
        label=labels[how],
        key="D" if place == 0 else "",
    )


def _weights(ranking: Any) -> str:
    return f"{ranking.because} (row {ranking.row}, {ranking.table}; travel by {ranking.travel})"


def _on_it(each: Any, *, now: datetime) -> OnIt:
    if each.at_scene_at:
        stands = f"at scene since {short_moment(each.at_scene_at, now=now)}"
    elif each.en_route_at:
        stands = f"en route since {short_moment(each.en_route_at, now=now)}"
    else:
        stands = "sent, not confirmed by the crew"
    return OnIt(
        callsign=each.callsign,
        crew=each.crew,
        sent=f"by {each.assigned_by_name}, {ago(each.assigned_at, now=now)}",
        reason=each.reason,
        stands=stands,
    )
