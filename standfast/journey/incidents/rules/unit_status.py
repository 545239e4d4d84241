"""What does a radio status code mean, and what is to be made of one that a unit sends? The codes are a dated table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable

OFF_DUTY, EMERGENCY, ON_DUTY, EN_ROUTE, AT_SCENE = 11, 0, 1, 5, 6
MOST_AHEAD = timedelta(minutes=2)


class StatusSort(Choice):
    """What a code is: a state the unit is in, a message, or an alarm."""

    STATE = "state", "State"
    MESSAGE = "message", "Message"
    ALARM = "alarm", "Alarm"


class UnitGroup(Choice):
    """Under which heading units are listed."""

    FREE = "free", "Free"
    GOING = "going", "Going"
    AT_SCENE = "at_scene", "At scene"
    BUSY = "busy", "Not available"
    OFF = "off", "Off duty"
    NONE = "none", "No state"


class Availability(Choice):
    """May a unit in a state be sent?"""

    FREE = "free", "Free"
    IMMEDIATE_ONLY = "immediate_only", "For an immediate incident only"
    DIVERTIBLE = "divertible", "May be diverted to a higher grade"
    HIGHER_GRADE = "higher_grade", "For a higher grade only"
    NO = "no", "Not to be sent"


class Verdict(Choice):
    """What was made of a report."""

    APPLIED = "applied", "Taken as the unit's state"
    LATE = "late", "Came after a newer one; kept"
    MESSAGE = "message", "A message"
    ALARM = "alarm", "An alarm"
    POSITION = "position", "A position only"
    ASKED = "asked", "Cannot be so: to be asked about"


@dataclass(frozen=True, kw_only=True)
class StatusCode:
    """One code: `after` are the states it can follow; `deployed` whether the unit must be on an incident."""

    id: str
    code: int
    label: str
    sort: StatusSort
    group: UnitGroup
    availability: Availability
    after: tuple[int, ...] = ()
    deployed: Literal["yes", "no", "any"] = "any"


_ALONG_A_JOB = (UnitGroup.GOING, UnitGroup.AT_SCENE, UnitGroup.BUSY, UnitGroup.FREE, UnitGroup.OFF)
TABLE = DatedTable.beside(__file__, "unit_status", row=StatusCode)


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """A report and what was so when it was made: the unit's newest state and its time, and whether it was on an incident then."""

    code: int | None
    at: datetime
    state: int
    state_at: datetime | None
    deployed: bool
    received_at: datetime


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is made of a report, and why."""

    verdict: Verdict
    because: str = ""


def status_codes(on: date) -> dict[int, StatusCode]:
    """Return the codes in force on a London day."""
    return {row.code: row for row in TABLE.on(on).rows}


def states_after(state: int, *, deployed: bool, codes: Mapping[int, StatusCode]) -> list[int]:
    """Return the states that can follow the one a unit is in, by whether it is on an incident."""
    unfit = "no" if deployed else "yes"
    return [
        code
        for code, row in codes.items()
        if row.sort == StatusSort.STATE and state in row.after and row.deployed != unfit
    ]


def judge_report(facts: ReportFacts, *, on: date) -> Judged:
    """Return what to make of a report: the newest event time wins, and what cannot be so is asked about, never guessed."""
    if facts.at > facts.received_at + MOST_AHEAD:
        return Judged(verdict=Verdict.ASKED, because="Its time lies in the future")
    if facts.code is None:
        return Judged(verdict=Verdict.POSITION)
    codes = status_codes(on)
    code = codes.get(facts.code)
    if code is None:
        return Judged(verdict=Verdict.ASKED, because=f"There is no status code {facts.code}")
    if code.sort != StatusSort.STATE:
        return Judged(verdict=Verdict.ALARM if code.sort == StatusSort.ALARM else Verdict.MESSAGE, because=code.label)
    if facts.state_at is not None and not _is_newer(facts, facts.state_at, code, codes[facts.state]):
        return Judged(verdict=Verdict.LATE, because="A newer state is known")
    return _following(facts, code, codes)


def _is_newer(facts: ReportFacts, state_at: datetime, code: StatusCode, standing: StatusCode) -> bool:
    """Say whether a state is newer than the one known. Of two with one time the one further on in a job is, whichever came first."""
    if facts.at == state_at:
        return _ALONG_A_JOB.index(code.group) > _ALONG_A_JOB.index(standing.group)
    return facts.at > state_at


def _following(facts: ReportFacts, code: StatusCode, codes: dict[int, StatusCode]) -> Judged:
    if facts.state == OFF_DUTY and facts.code != OFF_DUTY:
        return Judged(verdict=Verdict.ASKED, because="The unit is not booked on duty")
    if facts.state not in code.after:
        before = codes[facts.state].label.lower()
        return Judged(verdict=Verdict.ASKED, because=f"“{code.label}” cannot follow “{before}”")
    if code.deployed == "yes" and not facts.deployed:
        return Judged(verdict=Verdict.ASKED, because=f"“{code.label}” without an incident it was sent to")
    if code.deployed == "no" and facts.deployed:
        return Judged(verdict=Verdict.ASKED, because=f"“{code.label}” while still on an incident")
    return Judged(verdict=Verdict.APPLIED)
