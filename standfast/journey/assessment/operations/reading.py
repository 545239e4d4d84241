"""
What does the detector say of some words, in a form that can be relied on?

Whatever is wrong with it (absent, slow, a fault, an answer of another shape), the answer is that nothing was found and that it did not run:
machine help is an extra, and the contact must be filed. The text is never logged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog

from standfast.journey.assessment.models import DID_NOT_RUN, RAN
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk, higher_risk
from standfast.science.detector.limited import assess_in_time

SHOWN_FROM = 0.2
LONGEST_CODE = 60
_log = structlog.get_logger(__name__)

# A strand, its score from 0 to 1, and the spans of the words that show it.
Suggestion = tuple[str, float, list[dict[str, object]]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the detector found, as plain values; `detector` says whether it ran."""

    floor: Risk
    floors: list[str]
    cues: list[str]
    attention: float
    flags: list[Suggestion]
    detector: str


NOTHING = Found(
    floor=Risk.STANDARD,
    floors=[],
    cues=[],
    attention=0.0,
    flags=[],
    detector=DID_NOT_RUN,
)


class WrongShape(Exception):
    """The detector answered something that cannot be its answer to this text."""


def read_words(text: str) -> Found:
    """Return what the detector finds in a text; if it fails, nothing, and the contact goes on with the rules alone."""
    try:
        return _checked(assess_in_time(text), text)
    except Exception:  # noqa: BLE001 - whatever it is, the contact comes first
        _log.exception("detector failed", characters=len(text))
        return NOTHING


def _checked(answer: Any, text: str) -> Found:
    floor = Risk.STANDARD
    for each in answer.floors:
        floor = higher_risk(floor, Risk(each.risk))
    return Found(
        floor=floor,
        floors=_codes(each.code for each in answer.floors),
        cues=_codes(each.code for each in answer.urgency),
        attention=_share(answer.attention),
        flags=[
            (Strand(flag.strand).value, _share(flag.score), [_span(each, text) for each in flag.because])
            for flag in answer.flags
            if _share(flag.score) >= SHOWN_FROM
        ],
        detector=RAN,
    )


def _codes(found: Iterable[Any]) -> list[str]:
    codes = list(found)
    # A code is stored and shown as a word of ours: what is none might be the caller's text, or anybody's.
    if not all(isinstance(each, str) and each.isidentifier() and len(each) <= LONGEST_CODE for each in codes):
        raise WrongShape("The detector gave a code that is none.")
    return codes


def _share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, float | int) or not 0 <= value <= 1:
        raise WrongShape("The detector gave a score that is not between 0 and 1.")
    return float(value)


def _span(span: Any, text: str) -> dict[str, object]:
    if text[span.start : span.end] != span.words or not span.words:
        raise WrongShape("The detector gave words that do not stand in the text.")
    return {"start": span.start, "end": span.end, "words": span.words}
