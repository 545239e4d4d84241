"""What was planned for a time, as it was known then: how many units on duty, and how much demand was allowed for?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from standfast.force.resourcing import access  # noqa: F401 - registers the reach
from standfast.force.resourcing.models import ForecastDemand, Publication, RosteredUnits
from standfast.force.resourcing.rules.demand_allowed import Allowed, allowance, quantile_of
from standfast.force.resourcing.rules.in_force import Piece, Stated, in_force
from standfast.foundation.kernel import days
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.access import reachable, require
from standfast.foundation.people.permissions import Permission


def list_publications(*, by: Actor) -> Sequence[Publication]:
    """Return every roster and forecast that was ever published, newest first."""
    require(by, Permission.ROSTER_PUBLISH)
    return list(reachable(by, Publication.objects.order_by("-published_at", "-id")))


def rostered_between(begins: datetime, ends: datetime) -> list[Piece[int]]:
    """Return how many response units the roster in force had on duty, for every stretch that touches a period."""
    rows = RosteredUnits.objects.filter(starts_at__lt=ends, ends_at__gt=begins)
    return in_force(Stated(*row) for row in rows.values_list(*_STATED, "units"))


def allowed_between(begins: datetime, ends: datetime) -> list[Allowed]:
    """
    Return how much demand the forecast in force allowed for, for every stretch that touches a period or the hours counted with it.

    Of an interval that another forecast took over half-way, half of its demand is allowed for. One that does not tell the quantile that
    the policy of its day asks for says nothing.
    """
    over = timedelta(minutes=allowance(days.london_day(begins)).over_minutes)
    rows = ForecastDemand.objects.filter(starts_at__lt=ends, ends_at__gt=begins - over)
    found = []
    for piece in in_force(Stated(*row) for row in rows.values_list(*_STATED, "quantiles")):
        stated = piece.of
        level = allowance(days.london_day(stated.starts_at)).quantile
        most = quantile_of({float(known): value for known, value in stated.said.items()}, level)
        if most is not None:
            share = (piece.ends_at - piece.starts_at) / (stated.ends_at - stated.starts_at)
            found.append(Allowed(piece.starts_at, piece.ends_at, most * share))
    return found


_STATED = ("starts_at", "ends_at", "publication__published_at", "publication_id")
