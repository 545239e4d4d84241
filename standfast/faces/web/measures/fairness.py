"""Are groups of people served alike? Small groups are never shown, nor what they could be worked out from."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from standfast.faces.web.measures.words import of_counts, percent, surely
from standfast.foundation.parties.queries import Sex
from standfast.foundation.places.rules.settlement import Settlement
from standfast.journey.assessment.queries import FlagState, MeasuredContact
from standfast.journey.assessment.rules.counted_share import CountedShare
from standfast.journey.assessment.rules.group_fairness import AgeBand, GroupCount, GroupShare, compare_groups
from standfast.journey.assessment.rules.measure_limit import MeasureLimit

NOT_RECORDED = ""
DIMENSIONS = {
    "age": ("Age of the caller", {each.value: each.label for each in AgeBand}),
    "sex": (
        "Sex of the person on record",
        {**{each.value: each.label for each in Sex}, NOT_RECORDED: "Not recorded, or no person linked"},
    ),
    "settlement": (
        "Where it is",
        {**{each.value: each.label for each in Settlement}, NOT_RECORDED: "Place not known"},
    ),
}


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One group as shown; all but its label is empty where it is too small."""

    label: str
    shown: bool
    contacts: int = 0
    assessed: str = ""
    assessed_counts: str = ""
    assessed_interval: str = ""
    confirmed: str = ""
    confirmed_counts: str = ""
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """One way to part people, with its groups."""

    name: str
    rows: Sequence[GroupRow]


def dimensions(contacts: Sequence[MeasuredContact], *, limit: MeasureLimit) -> list[Dimension]:
    """Return every way to part the people of these contacts, with the groups that may be shown; none without contacts."""
    if not contacts:
        return []
    return [_dimension(key, name, labels, contacts, limit) for key, (name, labels) in DIMENSIONS.items()]


def _dimension(
    key: str, name: str, labels: dict[str, str], contacts: Iterable[MeasuredContact], limit: MeasureLimit
) -> Dimension:
    parted: dict[str, list[MeasuredContact]] = defaultdict(list)
    for each in contacts:
        parted[each.groups[key]].append(each)
    counts = [_count(group, parted[group]) for group in labels if group in parted]
    return Dimension(
        name=name, rows=[_row(each, labels[each.group], limit) for each in compare_groups(counts, limit=limit)]
    )


def _count(group: str, contacts: Sequence[MeasuredContact]) -> GroupCount:
    made = [prompt.state for each in contacts for prompt in each.prompts if prompt.by_machine]
    decided = [state for state in made if state != FlagState.SUGGESTED]
    return GroupCount(
        group=group,
        assessed=CountedShare(part=sum(each.served.assessed for each in contacts), whole=len(contacts)),
        confirmed=CountedShare(part=sum(each == FlagState.CONFIRMED for each in decided), whole=len(decided)),
    )


def _row(found: GroupShare, label: str, limit: MeasureLimit) -> GroupRow:
    if not found.shown:
        return GroupRow(label=label, shown=False)
    enough = found.confirmed.whole >= limit.fewest
    return GroupRow(
        label=label,
        shown=True,
        contacts=found.contacts,
        assessed=percent(found.assessed.share),
        assessed_counts=of_counts(found.assessed),
        assessed_interval=surely(found.assessed),
        confirmed=percent(found.confirmed.share) if enough else "Too few",
        confirmed_counts=of_counts(found.confirmed) if enough else "",
        differs=found.differs,
    )
