"""How do the prompts of the detector do: how many do people confirm, what do they find alone, and has anything drifted?"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from standfast.faces.web.measures.words import of_counts, percent, surely
from standfast.foundation.kernel.actor import Actor
from standfast.journey.assessment import queries
from standfast.journey.assessment.queries import FlagState, MeasuredContact, Span
from standfast.journey.assessment.rules.counted_share import CountedShare
from standfast.journey.assessment.rules.measure_limit import Measure, MeasureLimit
from standfast.journey.assessment.rules.prompt_drift import DriftVerdict, find_drift
from standfast.journey.assessment.rules.strand import Strand

LATELY = timedelta(days=7)
BEFORE = timedelta(days=28)
"""How long the span is that is looked at for drift, and the one before it that it is held against."""


class _Ways(Protocol):
    def to(self, **narrower: object) -> str:
        """Return the address of a list, or nothing."""


@dataclass(frozen=True, kw_only=True)
class PromptRow:
    """
    What became of the prompts of one strand; each count with the way to its contacts. `precision` is of those decided.

    The row of every strand leads nowhere: it counts prompts, of which a contact may have several.
    """

    label: str
    counts: Sequence[tuple[str, int, str]]
    precision: str
    interval: str
    alone: int
    alone_href: str


@dataclass(frozen=True, kw_only=True)
class DriftRow:
    """One measure before and lately, and what is said of it."""

    measure: str
    before: str
    before_counts: str
    lately: str
    lately_counts: str
    verdict: str
    drifted: bool
    too_few: bool
    because: str
    row: str


def prompt_rows(contacts: Iterable[MeasuredContact], ways: _Ways, *, fewest: int) -> list[PromptRow]:
    """Return a row for every strand that was prompted or found, most prompts first; the first row is all of them."""
    machine: dict[str, Counter[str]] = {"": Counter()}
    alone: Counter[str] = Counter()
    for prompt in (each for contact in contacts for each in contact.prompts):
        for strand in ("", prompt.strand):
            if prompt.by_machine:
                machine.setdefault(strand, Counter())[prompt.state] += 1
            elif prompt.state != FlagState.DISMISSED:
                alone[strand] += 1
    strands = sorted({*machine, *alone} - {""}, key=lambda strand: (-_prompted(machine, strand), strand))
    shown = ["", *strands] if strands else []
    return [_prompt_row(strand, machine.get(strand, Counter()), alone[strand], ways, fewest) for strand in shown]


def _prompted(machine: Mapping[str, Counter[str]], strand: str) -> int:
    return machine[strand].total() if strand in machine else 0


def _prompt_row(strand: str, states: Counter[str], alone: int, ways: _Ways, fewest: int) -> PromptRow:
    confirmed, dismissed = states[FlagState.CONFIRMED], states[FlagState.DISMISSED]
    decided = CountedShare(part=confirmed, whole=confirmed + dismissed)
    return PromptRow(
        label=Strand(strand).label if strand else "Every strand",
        counts=[
            (words, number, ways.to(strand=strand, state=state, origin="machine") if number and strand else "")
            for words, number, state in (
                ("prompted", states.total(), ""),
                ("confirmed", confirmed, FlagState.CONFIRMED),
                ("dismissed", dismissed, FlagState.DISMISSED),
                ("not decided", states[FlagState.SUGGESTED], FlagState.SUGGESTED),
            )
        ],
        precision=percent(decided.share) if decided.whole >= fewest else "Too few",
        interval=surely(decided) if decided.whole >= fewest else f"fewer than {fewest} decided",
        alone=alone,
        alone_href=ways.to(strand=strand, origin="person") if alone and strand else "",
    )


def drift_rows(*, until: date, limits: Mapping[Measure, MeasureLimit], by: Actor) -> list[DriftRow]:
    """Return what became of each watched measure in the days up to one, against the weeks before; over all teams."""
    lately, before = _spans(until)
    found = find_drift(
        before=queries.prompt_shares(span=before, by=by),
        lately=queries.prompt_shares(span=lately, by=by),
        limits=limits,
    )
    return [
        DriftRow(
            measure=each.measure.label,
            before=percent(each.before.share),
            before_counts=of_counts(each.before),
            lately=percent(each.lately.share),
            lately_counts=of_counts(each.lately),
            verdict=each.verdict.label,
            drifted=each.verdict == DriftVerdict.DRIFTED,
            too_few=each.verdict == DriftVerdict.TOO_FEW,
            because=each.because,
            row=each.row,
        )
        for each in found
    ]


def drift_span(until: date) -> str:
    """Return the two spans in words."""
    lately, before = _spans(until)
    return f"{lately.first:%-d %B} to {lately.last:%-d %B} against {before.first:%-d %B} to {before.last:%-d %B}, all teams"


def _spans(until: date) -> tuple[Span, Span]:
    day = timedelta(days=1)
    first = until - LATELY + day
    return Span(first=first, last=until), Span(first=first - BEFORE, last=first - day)
