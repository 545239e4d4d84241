"""
How is a plan for units published? A roster says how many are on duty when, a forecast how much will be asked of them.

A publication is added and never changed. It counts from the moment it is published until a later one says something else of the
same time, so that what was known then stays what it was.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db import models, transaction

from standfast.force.resourcing import access  # noqa: F401 - registers the reach
from standfast.force.resourcing.events import ForecastPublished, RosterPublished
from standfast.force.resourcing.models import ForecastDemand, Publication, PublicationKind, RosteredUnits
from standfast.force.resourcing.rules.demand_allowed import allowance, quantile_of
from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

ROWS_AT_ONCE = 2_000
MOST_ROWS = 50_000
MOST_UNITS = 10_000


class NothingAhead(Refusal):
    """A plan of which nothing lies ahead."""


class PlanUnclear(Refusal):
    """A plan that says two things of one time, or something that cannot be."""


class QuantileMissing(Refusal):
    """A forecast that does not tell the quantile plans allow for."""


@dataclass(frozen=True, kw_only=True)
class RosterStretch:
    """How many response units a roster has on duty from a time until another, that one not included."""

    starts_at: datetime
    ends_at: datetime
    units: int


@dataclass(frozen=True, kw_only=True)
class ForecastInterval:
    """How many incidents for units are expected: the mean, and quantiles by level from 0 to 1."""

    starts_at: datetime
    ends_at: datetime
    mean: float
    quantiles: Mapping[float, float]


@dataclass(frozen=True, kw_only=True)
class NewRoster:
    """A roster to publish: the file it comes from, the series taken of it, and its stretches in order of time."""

    file: str
    stretches: Sequence[RosterStretch]
    series: str = ""


@dataclass(frozen=True, kw_only=True)
class NewForecast:
    """A forecast to publish: the file it comes from, the series taken of it, and its intervals in order of time."""

    file: str
    intervals: Sequence[ForecastInterval]
    series: str = ""


def publish_roster(*, new: NewRoster, by: Actor, now: datetime) -> Publication:
    """
    Publish a roster of response units, all of it or nothing. Of what is past already nothing changes.

    :raises PlanUnclear: if it is empty, too long, overlaps itself, or has a number of units that cannot be
    :raises NothingAhead: if all of it is past
    """
    require(by, Permission.ROSTER_PUBLISH)
    for each in new.stretches:
        if not 0 <= each.units <= MOST_UNITS:
            raise PlanUnclear(f"{new.file}: {each.units:,} units at once; 0 to {MOST_UNITS:,} were expected.")
    return _publish(PublicationKind.ROSTER, new.stretches, new, _rostered, by=by, now=now)


def publish_forecast(*, new: NewForecast, by: Actor, now: datetime) -> Publication:
    """
    Publish a forecast of demand for units, all of it or nothing. Of what is past already nothing changes.

    :raises PlanUnclear: if it is empty, too long, or overlaps itself
    :raises QuantileMissing: if the quantile that plans allow for cannot be told from it
    :raises NothingAhead: if all of it is past
    """
    require(by, Permission.ROSTER_PUBLISH)
    for each in new.intervals:
        level = allowance(days.london_day(each.starts_at)).quantile
        if quantile_of(each.quantiles, level) is None:
            given = ", ".join(f"{known:g}" for known in sorted(each.quantiles)) or "none"
            raise QuantileMissing(
                f"{new.file}: its quantiles are {given}; the quantile {level:g}, or one on either side of it, was expected."
            )
    return _publish(PublicationKind.FORECAST, new.intervals, new, _demand, by=by, now=now)


def _publish(
    kind: PublicationKind,
    rows: Sequence[RosterStretch | ForecastInterval],
    new: NewRoster | NewForecast,
    made: Callable[[Publication, Any], models.Model],
    *,
    by: Actor,
    now: datetime,
) -> Publication:
    _check(rows, file=new.file, now=now)
    with transaction.atomic():
        publication = Publication.objects.create(
            kind=kind,
            published_at=now,
            published_by=by.ref,
            file=new.file,
            series=new.series,
            starts_at=rows[0].starts_at,
            ends_at=rows[-1].ends_at,
        )
        stored = [made(publication, row) for row in rows]
        type(stored[0])._default_manager.bulk_create(stored, batch_size=ROWS_AT_ONCE)
        happening = RosterPublished if kind is PublicationKind.ROSTER else ForecastPublished
        published = happening(
            about=f"{kind}:{publication.pk}",
            file=new.file,
            starts_at=days.wall_clock(publication.starts_at),
            ends_at=days.wall_clock(publication.ends_at),
        )
        record(published, by=by, at=now)
    return publication


def _check(rows: Sequence[RosterStretch | ForecastInterval], *, file: str, now: datetime) -> None:
    if not 0 < len(rows) <= MOST_ROWS:
        raise PlanUnclear(f"{file}: it has {len(rows):,} stretches of time; 1 to {MOST_ROWS:,} were expected.")
    for each in rows:
        if each.starts_at >= each.ends_at:
            raise PlanUnclear(
                f"{file}: a stretch from {days.wall_clock(each.starts_at)} was expected to end after that."
            )
    for earlier, later in pairwise(rows):
        if later.starts_at < earlier.ends_at:
            at = days.wall_clock(later.starts_at)
            raise PlanUnclear(
                f"{file}: it says two things of {at}; stretches in order that do not overlap were expected."
            )
    if rows[-1].ends_at <= now:
        ended = days.wall_clock(rows[-1].ends_at)
        raise NothingAhead(f"{file}: it ends {ended}, which is past; a plan for a time to come was expected.")


def _rostered(publication: Publication, row: RosterStretch) -> RosteredUnits:
    return RosteredUnits(publication=publication, starts_at=row.starts_at, ends_at=row.ends_at, units=row.units)


def _demand(publication: Publication, row: ForecastInterval) -> ForecastDemand:
    quantiles = {f"{level:g}": value for level, value in row.quantiles.items()}
    return ForecastDemand(
        publication=publication, starts_at=row.starts_at, ends_at=row.ends_at, mean=row.mean, quantiles=quantiles
    )
