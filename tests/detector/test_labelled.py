"""How many people in need does the detector find in messages it was not made from, and how often does it cry wolf?"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from standfast.science.detector import lexicon, lines

MESSAGES = [
    json.loads(line)
    for line in (Path(__file__).parent / "labelled" / "contacts.jsonl").read_text(encoding="utf-8").splitlines()
]
FLAGGED = 0.5
BINS = 10

# Shares of the messages with a need that get any flag at all, by kind, and of those with each cue that get it.
# Set just under what was measured when the set was written; raise them as the detector earns it.
RECALL_FLOORS = {"vulnerable": 0.82, "adversarial": 0.74}
CUE_FLOORS = {"strangulation": 0.98, "weapon": 0.62, "threat_to_kill": 0.68, "he_is_here": 0.52, "suicide_plan": 0.62}
# Shares of the messages of a strand in which that very strand is flagged.
STRAND_FLOORS = {
    "domestic_abuse": 0.60,
    "suicide_self_harm": 0.75,
    "female_genital_mutilation": 0.85,
    "honour_based_abuse": 0.74,
    "substance_use": 0.55,
    "vulnerable_asb": 0.70,
    "child_abuse": 0.74,
    "modern_slavery": 0.75,
}
# Shares of the messages without a need that are flagged all the same.
FALSE_ALARM_CEILINGS = {"negated": 0.12, "past_or_other": 0.33, "everyday": 0.03, "adversarial": 0.0}
# The share of the messages without a word of mental ill-health that are flagged for it. A detector that takes distress,
# or plain "my" and "he", for illness flags two in five.
MIND_CEILING = 0.06
RANKING_FLOOR = 0.91
CALIBRATION_CEILING = 0.05

Detector = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the detector said of one labelled message."""

    message: dict[str, Any] = field(repr=False)
    scores: dict[str, float]
    urgency: frozenset[str]
    attention: float

    @property
    def flagged(self) -> bool:
        return any(score >= FLAGGED for score in self.scores.values())

    @property
    def in_need(self) -> bool:
        return bool(self.message["strands"])


def assess_all(detector: Detector) -> list[Found]:
    """Return what a detector says of each message."""
    found = []
    for message in MESSAGES:
        answer = detector({"id": message["id"], "text": message["text"]})
        scores = {flag["strand"]: flag["score"] for flag in answer["flags"]}
        found.append(
            Found(message=message, scores=scores, urgency=frozenset(answer["urgency"]), attention=answer["attention"])
        )
    return found


def share_flagged(found: list[Found], *, kind: str, in_need: bool) -> float:
    """Return the share of one kind of message that was flagged."""
    of_kind = [each for each in found if each.message["kind"] == kind and each.in_need is in_need]
    return sum(each.flagged for each in of_kind) / len(of_kind)


def share_cued(found: list[Found], cue: str) -> float:
    """Return the share of messages with a cue in which it was found."""
    with_cue = [each for each in found if cue in each.message["urgency"]]
    return sum(cue in each.urgency for each in with_cue) / len(with_cue)


def share_found(found: list[Found], strand: str) -> float:
    """Return the share of the messages of a strand in which that strand is flagged."""
    of_strand = [each for each in found if strand in each.message["strands"]]
    return sum(each.scores.get(strand, 0.0) >= FLAGGED for each in of_strand) / len(of_strand)


def share_wrongly(found: list[Found], strand: str) -> float:
    """Return the share of the messages not of a strand that are flagged for it."""
    others = [each for each in found if strand not in each.message["strands"]]
    return sum(each.scores.get(strand, 0.0) >= FLAGGED for each in others) / len(others)


def ranking(found: list[Found]) -> float:
    """Return how often a message with a need draws more attention than one without (area under the curve)."""
    need = [each.attention for each in found if each.in_need]
    none = [each.attention for each in found if not each.in_need]
    wins = sum((ours > other) + (ours == other) / 2 for ours in need for other in none)
    return wins / (len(need) * len(none))


def calibration_error(found: list[Found], strand: str) -> float:
    """Return how far the scores of a strand lie from its true share, over bins of equal count."""
    pairs = sorted((each.scores.get(strand, 0.0), strand in each.message["strands"]) for each in found)
    error = 0.0
    for at in range(BINS):
        part = pairs[at * len(pairs) // BINS : (at + 1) * len(pairs) // BINS]
        error += abs(sum(score for score, _ in part) - sum(true for _, true in part)) / len(pairs)
    return error


def shortfalls(found: list[Found]) -> set[str]:
    """Return every floor and ceiling the answers break, by name."""
    broken = {f"recall {k}" for k, low in RECALL_FLOORS.items() if share_flagged(found, kind=k, in_need=True) < low}
    broken |= {f"strand {strand}" for strand, low in STRAND_FLOORS.items() if share_found(found, strand) < low}
    broken |= {f"cue {cue}" for cue, low in CUE_FLOORS.items() if share_cued(found, cue) < low}
    broken |= {
        f"false alarms {k}"
        for k, high in FALSE_ALARM_CEILINGS.items()
        if share_flagged(found, kind=k, in_need=False) > high
    }
    if share_wrongly(found, "mental_health") > MIND_CEILING:
        broken.add("mental health")
    if ranking(found) < RANKING_FLOOR:
        broken.add("ranking")
    return broken


@pytest.fixture(scope="module")
def found() -> list[Found]:
    return assess_all(lines.assess_json)


def test_the_floors_and_ceilings_hold(found: list[Found]) -> None:
    assert shortfalls(found) == set()


def test_scores_mean_what_they_say(found: list[Found]) -> None:
    for strand in ("domestic_abuse", "suicide_self_harm"):
        assert calibration_error(found, strand) <= CALIBRATION_CEILING, strand


def test_a_detector_that_finds_nothing_breaks_every_floor() -> None:
    blind = assess_all(lambda _: {"flags": [], "urgency": [], "attention": 0.0})
    expected = {f"recall {kind}" for kind in RECALL_FLOORS} | {f"cue {cue}" for cue in CUE_FLOORS} | {"ranking"}
    expected |= {f"strand {strand}" for strand in STRAND_FLOORS}
    assert shortfalls(blind) == expected


def test_a_detector_that_flags_everything_breaks_every_ceiling() -> None:
    flags = [{"strand": strand, "score": 0.99} for strand in lexicon.STRANDS]
    jumpy = assess_all(lambda _: {"flags": flags, "urgency": list(CUE_FLOORS), "attention": 0.99})
    alarms = {f"false alarms {kind}" for kind in FALSE_ALARM_CEILINGS}
    assert shortfalls(jumpy) == alarms | {"ranking", "mental health"}
    assert calibration_error(jumpy, "domestic_abuse") > CALIBRATION_CEILING


def test_the_set_covers_what_it_says() -> None:
    strands = Counter(strand for message in MESSAGES for strand in message["strands"])
    kinds = Counter(message["kind"] for message in MESSAGES)
    assert set(strands) == set(lexicon.STRANDS)
    assert min(strands.values()) >= 8
    assert len({message["text"] for message in MESSAGES}) == len(MESSAGES) >= 450
    assert kinds["everyday"] >= 120
    assert kinds["negated"] + kinds["past_or_other"] >= 60
    assert not any(m["strands"] for m in MESSAGES if m["kind"] in {"negated", "past_or_other", "everyday"})
