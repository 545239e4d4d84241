"""When were fewer response units on duty than the roster had, and when was more asked of them than the forecast allowed for?"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from standfast.force.resourcing import queries as resourcing
from standfast.force.resourcing.rules.demand_allowed import allowance, unforeseen
from standfast.force.resourcing.rules.roster_gap import Stretch, joined, roster_gaps
from standfast.foundation.kernel import days
from standfast.journey.incidents.models import CrewMember, Incident, UnitKind
from standfast.journey.incidents.rules.why_late import Cause, Span
from standfast.journey.incidents.states import IncidentState


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What was planned for a period, held against what came: stretches in order that do not touch."""

    short: Sequence[Stretch]
    unforeseen: Sequence[Stretch]
    rostered: Sequence[Stretch]
    forecast: Sequence[Stretch]

    def short_in(self, span: Span) -> list[Span]:
        """Return when, in a span, fewer response units were on duty than the roster in force had."""
        return _inside(self.short, span)

    def unforeseen_in(self, span: Span) -> list[Span]:
        """Return when, in a span, demand was above what the forecast in force allowed for."""
        return _inside(self.unforeseen, span)

    def unrecorded(self, span: Span) -> frozenset[Cause]:
        """Return the causes that cannot be told for all of a span, as nobody had published a roster, or a forecast, for it."""
        if span.starts_at >= span.ends_at:
            return frozenset()
        known = ((Cause.ROSTER_GAP, self.rostered), (Cause.FORECAST, self.forecast))
        return frozenset(cause for cause, stretches in known if _inside(stretches, span) != [span])


def planned_between(begins: datetime, ends: datetime) -> Planned:
    """Return what was planned and what came in a period: four questions to the database, whatever its length."""
    rostered = [
        ((piece.starts_at, piece.ends_at), piece.of.said) for piece in resourcing.rostered_between(begins, ends)
    ]
    allowed = resourcing.allowed_between(begins, ends)
    over = timedelta(minutes=allowance(days.london_day(begins)).over_minutes)
    opened = _opened(allowed[0].starts_at, allowed[-1].ends_at) if allowed else []
    return Planned(
        short=roster_gaps(rostered=rostered, on_duty=_on_duty(begins, ends)) if rostered else (),
        unforeseen=unforeseen(allowed=allowed, opened=opened, over=over),
        rostered=joined(stretch for stretch, _ in rostered),
        forecast=joined((each.starts_at, each.ends_at) for each in allowed),
    )


def _on_duty(begins: datetime, ends: datetime) -> list[Stretch]:
    """Return the turns of duty of response units that touch a period; one that lasts goes on to its end."""
    reach = Q(since__lt=ends) & (Q(until=None) | Q(until__gt=begins))
    turns: dict[tuple[int, int], Stretch] = {}
    rows = CrewMember.objects.filter(reach, unit__kind=UnitKind.RESPONSE)
    for unit, duty, since, until in rows.values_list("unit_id", "duty", "since", "until"):
        first, last = turns.get((unit, duty), (since, begins))
        turns[unit, duty] = (min(first, since), max(last, until or ends))
    return list(turns.values())


def _opened(begins: datetime, ends: datetime) -> list[datetime]:
    """Return when incidents for units were opened, in order: neither those by appointment, nor those merged into one that counts."""
    rows = Incident.objects.filter(opened_at__gte=begins, opened_at__lt=ends, slot_until=None)
    return list(rows.exclude(state=IncidentState.MERGED).order_by("opened_at").values_list("opened_at", flat=True))


def _inside(stretches: Sequence[Stretch], span: Span) -> list[Span]:
    first = bisect_right(stretches, span.starts_at, key=lambda each: each[1])
    beyond = bisect_left(stretches, span.ends_at, key=lambda each: each[0])
    return [Span(max(begins, span.starts_at), min(ends, span.ends_at)) for begins, ends in stretches[first:beyond]]
