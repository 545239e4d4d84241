"""Which groups of people may be shown, and is one of them served otherwise than the rest?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import NormalDist

from standfast.foundation.kernel.choices import Choice
from standfast.journey.assessment.rules.counted_share import CountedShare, deviations_between
from standfast.journey.assessment.rules.measure_limit import MeasureLimit


class AgeBand(Choice):
    """How old a caller was on the day; not recorded is a group of its own."""

    UNDER_18 = "under_18", "Under 18"
    TO_24 = "18_to_24", "18 to 24"
    TO_59 = "25_to_59", "25 to 59"
    FROM_60 = "60_and_over", "60 and over"
    NOT_RECORDED = "not_recorded", "Age not recorded"


NORMAL = NormalDist()
BANDS = ((18, AgeBand.UNDER_18), (25, AgeBand.TO_24), (60, AgeBand.TO_59))


@dataclass(frozen=True, kw_only=True)
class GroupShare:
    """
    One group: how many contacts, and the share of them that was assessed whole, confirmed prompts of those decided.

    `shown` is False where the group, or one it could be worked out from, is too small; then nothing of it may be told. `differs` says
    that its share of whole assessments is further from that of all the others than chance allows.
    """

    group: str
    contacts: int
    assessed: CountedShare
    confirmed: CountedShare
    shown: bool
    differs: bool


@dataclass(frozen=True, kw_only=True)
class GroupCount:
    """What was counted of one group."""

    group: str
    assessed: CountedShare
    confirmed: CountedShare


def age_band(*, born_on: date | None, on: date) -> AgeBand:
    """Return the age band on a London day."""
    if born_on is None or born_on > on:
        return AgeBand.NOT_RECORDED
    age = on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
    return next((band for below, band in BANDS if age < below), AgeBand.FROM_60)


def hidden_groups(sizes: Mapping[str, int], *, fewest: int) -> frozenset[str]:
    """
    Return the groups that may not be shown: those with too few, and where that leaves one alone, the smallest other one.

    A single hidden group could be worked out from the total and the rest.
    """
    hidden = {group for group, size in sizes.items() if 0 < size < fewest}
    others = sorted((size, group) for group, size in sizes.items() if size and group not in hidden)
    if len(hidden) == 1 and others:
        hidden.add(others[0][1])
    return frozenset(hidden)


def compare_groups(counts: Sequence[GroupCount], *, limit: MeasureLimit) -> list[GroupShare]:
    """Return every group with contacts, which of them may be shown, and which differ from all the others together."""
    hidden = hidden_groups({each.group: each.assessed.whole for each in counts}, fewest=limit.fewest)
    return [
        GroupShare(
            group=each.group,
            contacts=each.assessed.whole,
            assessed=each.assessed,
            confirmed=each.confirmed,
            shown=each.group not in hidden,
            differs=each.group not in hidden and _differs(each, counts, limit),
        )
        for each in counts
        if each.assessed.whole
    ]


def _differs(one: GroupCount, counts: Sequence[GroupCount], limit: MeasureLimit) -> bool:
    others = CountedShare(
        part=sum(each.assessed.part for each in counts) - one.assessed.part,
        whole=sum(each.assessed.whole for each in counts) - one.assessed.whole,
    )
    if others.whole < limit.fewest:
        return False
    # Several groups are looked at, so the bar is higher for each: together they pass it by chance no oftener than one alone would.
    groups = sum(1 for each in counts if each.assessed.whole)
    by_chance = 1 - NORMAL.cdf(limit.deviations)
    return deviations_between(one.assessed, others) > NORMAL.inv_cdf(1 - by_chance / groups)
