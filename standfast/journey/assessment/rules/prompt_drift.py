"""Do the prompts still behave as they did, or has a measure of them drifted?"""

from collections.abc import Mapping
from dataclasses import dataclass

from standfast.foundation.kernel.choices import Choice
from standfast.journey.assessment.rules.counted_share import CountedShare, deviations_between
from standfast.journey.assessment.rules.measure_limit import Measure, MeasureLimit

WATCHED = (Measure.PROMPTED, Measure.CONFIRMED, Measure.ALONE, Measure.UNREAD)


class DriftVerdict(Choice):
    """What is said of a measure."""

    STEADY = "steady", "Steady"
    DRIFTED = "drifted", "Drifted"
    TOO_FEW = "too_few", "Too few to say"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """One measure before and lately, what is said of it, and why."""

    measure: Measure
    before: CountedShare
    lately: CountedShare
    verdict: DriftVerdict
    because: str
    row: str


def find_drift(
    *,
    before: Mapping[Measure, CountedShare],
    lately: Mapping[Measure, CountedShare],
    limits: Mapping[Measure, MeasureLimit],
) -> list[Drift]:
    """
    Return what became of every measure watched, in their order.

    A change must be both large enough to matter and too large for chance: one alone is no alarm.
    """
    return [_drift(before[each], lately[each], limits[each]) for each in WATCHED]


def _drift(before: CountedShare, lately: CountedShare, limit: MeasureLimit) -> Drift:
    verdict, because = _verdict(before, lately, limit)
    return Drift(measure=limit.measure, before=before, lately=lately, verdict=verdict, because=because, row=limit.id)


def _verdict(before: CountedShare, lately: CountedShare, limit: MeasureLimit) -> tuple[DriftVerdict, str]:
    if before.share is None or lately.share is None or min(before.whole, lately.whole) < limit.fewest:
        return DriftVerdict.TOO_FEW, f"At least {limit.fewest} are needed in both spans"
    # A share is a quotient of counts: what differs by less than that is the same.
    change = round(abs(lately.share - before.share), 9)
    if change >= limit.change and deviations_between(before, lately) >= limit.deviations:
        return DriftVerdict.DRIFTED, limit.because
    return DriftVerdict.STEADY, "Within what chance and the limit allow"
