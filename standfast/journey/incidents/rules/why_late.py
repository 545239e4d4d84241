"""
Into what do the minutes of an attendance fall? Each second from the first contact to the arrival has one cause; the parts are the whole.

The time is cut where something happened, and each piece is given to the first cause that fits it. Nothing is estimated: where no roster
or no forecast was published for a time, its cause gets no minutes, and the page says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from standfast.foundation.kernel.choices import Choice

NOTHING = timedelta(0)


class Cause(Choice):
    """What a minute of waiting was spent on, in the order in which it comes."""

    HANDLING = "handling", "Call handling"
    GRADING = "grading", "Grading"
    QUEUEING = "queueing", "Queueing"
    NO_UNIT = "no_unit", "No unit free"
    ROSTER_GAP = "roster_gap", "Roster gap"
    FORECAST = "forecast", "Forecast error"
    TAKEN_AWAY = "taken_away", "Unit taken from it"
    TRAVEL = "travel", "Travel"
    LATE_PRESS = "late_press", "Late status press"


MEANING: Mapping[Cause, str] = {
    Cause.HANDLING: "From the first contact until the first grade was set: answering, listening, asking.",
    Cause.GRADING: "From the first grade until the grade under which it was sent stood and dispatch had it: graded too low at first, "
    "or slow to be sent on.",
    Cause.QUEUEING: "Dispatch had it, and a unit that could have gone was free and near enough to be there inside the whole limit.",
    Cause.NO_UNIT: "Dispatch had it, and no such unit was free.",
    Cause.ROSTER_GAP: "No such unit was free, and fewer units were on duty than the roster had.",
    Cause.FORECAST: "No such unit was free, the roster was filled, and more was asked of units than the forecast allowed for.",
    Cause.TAKEN_AWAY: "A unit was on its way and was diverted or stood down before it came.",
    Cause.TRAVEL: "From the sending of the unit that came, or was there first, until it was there: setting off and driving.",
    Cause.LATE_PRESS: "The unit's own positions show it at the place; “at scene” was pressed later.",
}


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open stretch of time."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, instant: datetime) -> bool:
        """Say whether an instant lies in it."""
        return self.starts_at <= instant < self.ends_at


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of a unit: when, and when it ended; None while it lasts."""

    sent_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class AttendanceFacts:
    """
    What is known of one attendance. `until` is the arrival, or now while nobody is there.

    `free` are the times at which a unit was free that could have gone and been there inside the limit, `short` those at which fewer
    units were on duty than the roster had, `unforeseen` those at which demand was above what the forecast allowed for; the last two are
    empty where no roster and no forecast is known. `at_place_since` is since when positions show the arriving unit at the place.
    """

    first_contact_at: datetime
    first_graded_at: datetime
    opened_at: datetime
    until: datetime
    sent: Sequence[Sent] = ()
    free: Sequence[Span] = ()
    short: Sequence[Span] = ()
    unforeseen: Sequence[Span] = ()
    at_place_since: datetime | None = None


def split_attendance(facts: AttendanceFacts) -> dict[Cause, timedelta]:
    """Return the time each cause took; together exactly the time from the first contact to `until`, never less than none."""
    found = dict.fromkeys(Cause, NOTHING)
    going = _going_since(facts)
    cuts = sorted({facts.first_contact_at, facts.until, *_inside(facts, _instants(facts, going))})
    for begins, ends in pairwise(cuts):
        found[_cause(facts, begins, going)] += ends - begins
    return found


def main_cause(parts: Mapping[Cause, timedelta]) -> Cause:
    """Return the cause that took the most time; of equal ones the first in order."""
    return max(Cause, key=lambda cause: parts.get(cause, NOTHING))


def _going_since(facts: AttendanceFacts) -> datetime:
    """Return since when a unit was going that was not taken away before somebody was there; `until` if none was."""
    stayed = [each.sent_at for each in facts.sent if each.ended_at is None or each.ended_at >= facts.until]
    return min(stayed, default=facts.until)


def _instants(facts: AttendanceFacts, going: datetime) -> Iterable[datetime]:
    yield from (facts.first_graded_at, facts.opened_at, going)
    if facts.at_place_since is not None:
        yield facts.at_place_since
    for each in facts.sent:
        yield each.sent_at
        if each.ended_at is not None:
            yield each.ended_at
    for spans in (facts.free, facts.short, facts.unforeseen):
        for span in spans:
            yield from (span.starts_at, span.ends_at)


def _inside(facts: AttendanceFacts, instants: Iterable[datetime]) -> Iterable[datetime]:
    return (each for each in instants if facts.first_contact_at < each < facts.until)


def _cause(facts: AttendanceFacts, at: datetime, going: datetime) -> Cause:
    if at >= going:
        late = facts.at_place_since is not None and at >= facts.at_place_since
        return Cause.LATE_PRESS if late else Cause.TRAVEL
    if at < min(facts.first_graded_at, facts.opened_at):
        return Cause.HANDLING
    if at < facts.opened_at:
        return Cause.GRADING
    return _waiting(facts, at)


def _waiting(facts: AttendanceFacts, at: datetime) -> Cause:
    if any(each.sent_at <= at and (each.ended_at is None or at < each.ended_at) for each in facts.sent):
        return Cause.TAKEN_AWAY
    if _any_holds(facts.free, at):
        return Cause.QUEUEING
    if _any_holds(facts.short, at):
        return Cause.ROSTER_GAP
    return Cause.FORECAST if _any_holds(facts.unforeseen, at) else Cause.NO_UNIT


def _any_holds(spans: Sequence[Span], at: datetime) -> bool:
    return any(span.holds(at) for span in spans)
