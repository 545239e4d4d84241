"""Which partner agencies are there on a day, what do they serve, when and how are they reached?"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import IntEnum
from typing import Literal

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.days import LONDON
from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.triage.rules.need import Need

EVERYWHERE = "all"


class Weekday(IntEnum):
    """The days of the week, as ISO numbers them."""

    MON, TUE, WED, THU, FRI, SAT, SUN = range(1, 8)


Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Way(Choice):
    """How a referral reaches the agency."""

    PHONE = "phone", "Phone, staying on the line"
    PORTAL = "portal", "Referral in Standfast"
    LINK = "link", "Link sent to the caller"


@dataclass(frozen=True, kw_only=True)
class OpenHours:
    """
    When an agency is open on some days, London wall-clock time, half-open.

    Closing at or before opening means the next morning; 00:00 to 00:00 is the whole day.
    """

    days: tuple[Day, ...]
    opens: time
    closes: time


@dataclass(frozen=True, kw_only=True)
class Partner:
    """
    One entry of the directory.

    `areas` are area codes or `all`; `excludes` are strands it does not take; `answer` is the case of its answering limit; an agency
    `beside_police` supports while the police act and never takes a matter over. A `contact` nobody has confirmed is left empty.
    `agreement_ends_on` is the first day without an agreement.
    """

    id: str
    name: str
    needs: tuple[Need, ...]
    areas: tuple[str, ...]
    hours: tuple[OpenHours, ...]
    way: Way
    contact: str = ""
    answer: Literal["urgent", "any"] = "any"
    takes_urgent: bool = False
    beside_police: bool = False
    excludes: tuple[Strand, ...] = ()
    agreement: str
    agreement_ends_on: date | None = None
    review_on: date
    note: str = ""

    def has_agreement(self, on: date) -> bool:
        """Say whether the agreement runs on a London day."""
        return self.agreement_ends_on is None or on < self.agreement_ends_on

    def serves_area(self, areas: frozenset[str]) -> bool:
        """Say whether it serves one of the areas a place lies in; a place nobody knows is served by agencies for everywhere."""
        return EVERYWHERE in self.areas or not areas.isdisjoint(self.areas)

    def is_open(self, at: datetime) -> bool:
        """Say whether it is open at an instant."""
        wall = at.astimezone(LONDON)
        return any(_covers(hours, wall.replace(tzinfo=None)) for hours in self.hours)


TABLE = DatedTable.beside(__file__, "partner", row=Partner)


def partners_on(day: date) -> tuple[Partner, ...]:
    """Return the directory in force on a London day."""
    return TABLE.on(day).rows


def find_partner(code: str, *, on: date) -> Partner | None:
    """Return an agency by its code, or None if the directory of that day has none."""
    return TABLE.on(on).by_id.get(code)


def _covers(hours: OpenHours, wall: datetime) -> bool:
    past_midnight = hours.closes <= hours.opens
    today, yesterday = (_name(wall), _name(wall - timedelta(days=1)))
    if today in hours.days and wall.time() >= hours.opens and (past_midnight or wall.time() < hours.closes):
        return True
    return past_midnight and yesterday in hours.days and wall.time() < hours.closes


def _name(wall: datetime) -> str:
    return Weekday(wall.isoweekday()).name.lower()
