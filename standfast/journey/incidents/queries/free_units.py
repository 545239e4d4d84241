"""When was a unit free that could have gone to an incident? From the turns of duty, the states and the sendings that were recorded."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from standfast.force.training import queries as training
from standfast.force.training.rules.skill import Skill
from standfast.foundation.kernel import days
from standfast.foundation.places.rules.travel import km_between, travel_model
from standfast.journey.incidents.models import CrewMember, Deployment, Incident, StatusReport
from standfast.journey.incidents.queries.choosing import matter_of
from standfast.journey.incidents.rules.unit_rank import MatterFacts, may_be_sent
from standfast.journey.incidents.rules.unit_status import OFF_DUTY, ON_DUTY, Availability, Verdict, status_codes
from standfast.journey.incidents.rules.why_late import Span

FAR_FUTURE = timedelta(days=1)
LONGEST_DUTY = timedelta(hours=17)


@dataclass(frozen=True, slots=True)
class _Place:
    at: datetime
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class _Turn:
    """A unit's turn of duty: what its crew can do, when it was free, and where it was seen."""

    skills: frozenset[Skill]
    crew: int
    free: Sequence[tuple[Span, Availability]]
    seen: Sequence[_Place]

    def place_at(self, instant: datetime) -> _Place | None:
        """Return where it was seen last, or if that was never, where it was seen first."""
        if not self.seen:
            return None
        return self.seen[max(0, bisect_right(self.seen, instant, key=lambda each: each.at) - 1)]


@dataclass(frozen=True)
class FreeUnits:
    """Every unit's turns of duty in a period."""

    turns: Sequence[_Turn]

    def for_incident(self, incident: Incident, span: Span, *, within: timedelta) -> list[Span]:
        """Return when, in a span, a unit was free that may go to the incident and would drive there inside a time."""
        matter = matter_of(incident)
        seconds_of, _, _ = travel_model(matter.setting, on=days.london_day(span.starts_at))
        fitting = {each for each in Availability if may_be_sent(each, grade=matter.grade)}
        found = []
        for turn in self.turns:
            if not matter.skills <= turn.skills or (matter.needs_two and turn.crew < 2):
                continue
            for free, availability in turn.free:
                if free.ends_at <= span.starts_at or free.starts_at >= span.ends_at or availability not in fitting:
                    continue
                place = turn.place_at(max(free.starts_at, span.starts_at))
                if _reaches(matter, place, seconds_of) <= within.total_seconds():
                    found.append(Span(max(free.starts_at, span.starts_at), min(free.ends_at, span.ends_at)))
        return merged(found)


def free_units_between(begins: datetime, ends: datetime) -> FreeUnits:
    """Return the turns of duty that touch a period: four questions to the database, whatever their number."""
    reach = Q(since__lt=ends) & (Q(until=None) | Q(until__gt=begins))
    crews: dict[tuple[int, int], list[CrewMember]] = {}
    for each in CrewMember.objects.filter(reach).order_by("since", "id"):
        crews.setdefault((each.unit_id, each.duty), []).append(each)
    units = {unit for unit, _ in crews}
    held = training.skills_of(
        people={each.person_ref for crew in crews.values() for each in crew}, on=days.london_day(ends)
    )
    reports: dict[int, list[StatusReport]] = {}
    rows = StatusReport.objects.filter(unit_id__in=units, at__gte=begins - LONGEST_DUTY, at__lt=ends)
    for row in rows.only("unit_id", "code", "at", "lat", "lon", "verdict").order_by("at", "id"):
        reports.setdefault(row.unit_id or 0, []).append(row)
    busy: dict[int, list[Span]] = {}
    sendings = Deployment.objects.filter(unit_id__in=units, assigned_at__lt=ends)
    for unit, since, until in sendings.values_list("unit_id", "assigned_at", "ended_at"):
        busy.setdefault(unit, []).append(Span(since, until or ends + FAR_FUTURE))
    return FreeUnits(
        [
            _Turn(
                skills=frozenset().union(*(held[each.person_ref] for each in crew)),
                crew=len(crew),
                free=_free(crew, reports.get(unit, ()), busy.get(unit, ()), ends),
                seen=[_Place(row.at, row.lat, row.lon) for row in reports.get(unit, ()) if row.lat and row.lon],
            )
            for (unit, _), crew in crews.items()
        ]
    )


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return spans that touch or overlap as one, in order."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.starts_at, each.ends_at)):
        if found and span.starts_at <= found[-1].ends_at:
            found[-1] = Span(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def _reaches(matter: MatterFacts, place: _Place | None, seconds_of: Callable[[float], float]) -> float:
    km = km_between((place.lat, place.lon), (matter.lat, matter.lon)) if place else None
    # Where nobody knows where a unit or a matter is, nobody can say that the unit was too far away.
    return 0.0 if km is None else seconds_of(km)


def _free(
    crew: Sequence[CrewMember], reports: Sequence[StatusReport], busy: Sequence[Span], ends: datetime
) -> list[tuple[Span, Availability]]:
    since = min(each.since for each in crew)
    until = max(each.until or ends + FAR_FUTURE for each in crew)
    codes = status_codes(days.london_day(since))
    changes = [(since, ON_DUTY)]
    changes += [
        (row.at, row.code)
        for row in reports
        if row.code is not None and row.verdict in {Verdict.APPLIED, Verdict.LATE} and since < row.at < until
    ]
    found: list[tuple[Span, Availability]] = []
    for number, (at, code) in enumerate(changes):
        end = changes[number + 1][0] if number + 1 < len(changes) else until
        availability = codes[code].availability if code in codes and code != OFF_DUTY else Availability.NO
        if availability in {Availability.FREE, Availability.IMMEDIATE_ONLY} and at < end:
            found += [(span, availability) for span in _without(Span(at, end), busy)]
    return found


def _without(span: Span, busy: Sequence[Span]) -> list[Span]:
    """Return what is left of a span outside of others."""
    left = [span]
    for each in busy:
        if each.ends_at <= span.starts_at or each.starts_at >= span.ends_at:
            continue
        left = [
            piece
            for part in left
            for piece in (
                Span(part.starts_at, min(part.ends_at, each.starts_at)),
                Span(max(part.starts_at, each.ends_at), part.ends_at),
            )
            if piece.starts_at < piece.ends_at
        ]
    return left
