"""How do many texts go in and answers come out, one JSON object a line, so that one bad line never stops the rest?"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from standfast.science.detector.assessment import Assessment, assess_words

Assess = Callable[[str], Assessment]
LONGEST_TEXT = 4_000_000
"""Letters above which a line is refused rather than read."""


class BadRecord(ValueError):
    """A record that is not `{"id", "text"}`; says what was expected."""


@dataclass(frozen=True)
class LineError:
    """A line that could not be assessed: its number from 1, and what was expected."""

    line: int
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.expected}"


def assess_json(record: dict[str, Any], *, assess: Assess = assess_words) -> dict[str, Any]:
    """
    Return the assessment of one record `{"id", "text"}` as plain values.

    :raises BadRecord: if the id or the text is missing or of the wrong kind
    """
    if not isinstance(record, dict):
        raise BadRecord('an object {"id", "text"} was expected.')
    identity, text = record.get("id"), record.get("text")
    if not isinstance(identity, str | int) or isinstance(identity, bool):
        raise BadRecord('"id" was expected to be text or a whole number.')
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise BadRecord(f'"text" was expected to be text of at most {LONGEST_TEXT:,} letters.')
    found = assess(text)
    answer = {
        "id": identity,
        "flags": [
            {"strand": flag.strand, "score": flag.score, "because": [span.words for span in flag.because]}
            for flag in found.flags
        ],
        "urgency": [cue.code for cue in found.urgency],
        "attention": found.attention,
    }
    return {**answer, "note": found.note} if found.note else answer


def texts_of(lines: Iterable[bytes]) -> list[str]:
    """Return the texts of the lines that are good: what is wrong with the others, `assess_stream` says."""
    found = []
    for line in lines:
        with suppress(ValueError, RecursionError):
            record = json.loads(line)
            text = record.get("text") if isinstance(record, dict) else None
            if isinstance(text, str) and len(text) <= LONGEST_TEXT:
                found.append(text)
    return found


def assess_stream(
    lines: Iterable[str | bytes], *, assess: Assess = assess_words
) -> Iterator[dict[str, Any] | LineError]:
    """Assess JSON lines one after another; a bad one gives a `LineError` in its place. Empty lines are passed over."""
    for number, line in enumerate(lines, start=1):
        try:
            written = line.decode("utf-8") if isinstance(line, bytes) else line
            if written.strip():
                yield assess_json(json.loads(written), assess=assess)
        except UnicodeDecodeError:
            yield LineError(number, "UTF-8 text was expected.")
        except BadRecord as error:
            yield LineError(number, str(error))
        except (ValueError, RecursionError):
            yield LineError(number, 'one JSON object {"id", "text"} was expected.')
