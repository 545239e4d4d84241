"""
When is each call of a file sent, and as what? The file's times are laid upon now, gaps and all, compressed by the speed.

- `real` or `60x`: the first call is now; a gap of a minute in the file is a minute, or a second. Times in the requests are compressed
  with them, so that nothing ever comes from the future.
- `max`: everything is sent at once; the last call is now, and the true gaps stand before it.

A replay is laid once: the laying is kept in a small file, so that the same replay started again sends the very same requests under the
same keys, and what is stored already is recognised.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from standfast.demo.replay_files import CallRow, CallsFile
from standfast.demo.replay_mapping import Meaning, meaning_of
from standfast.demo.sendings import Sending, contact_sending, event_sendings, in_time_order, stamp
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.days import london_day, parse_instant
from standfast.foundation.kernel.errors import Refusal

VOICE = frozenset({IntakeChannel.CALL_999, IntakeChannel.CALL_101})
LARGEST_FACTOR = 100_000


class SpeedUnclear(Refusal):
    """A speed that is none."""


@dataclass(frozen=True)
class Speed:
    """How many times faster than life; `factor` 0 is as fast as the intake takes it."""

    factor: float

    def __str__(self) -> str:
        return "max" if not self.factor else "real" if self.factor == 1 else f"{self.factor:g}x"


@dataclass(frozen=True, kw_only=True)
class Laying:
    """The file's first and last call laid upon an instant of now."""

    starts_at: datetime
    first: datetime
    last: datetime
    speed: Speed

    def at(self, instant: datetime) -> datetime:
        """Return where an instant of the file lies."""
        if not self.speed.factor:
            return self.starts_at - (self.last - instant)
        return self.starts_at + (instant - self.first) / self.speed.factor


def read_speed(text: str) -> Speed:
    """
    Read `real`, `60x` or `max`.

    :raises SpeedUnclear: if it is none of them
    """
    if text in {"real", "max"}:
        return Speed(1.0 if text == "real" else 0.0)
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)x", text)
    if not found or not 0 < float(found[1]) <= LARGEST_FACTOR:
        raise SpeedUnclear(f"“{text[:20]}” is no speed; real, max or a number such as 60x was expected.")
    return Speed(float(found[1]))


def lay_calls(file: CallsFile, *, speed: Speed, target: str, folder: Path, now: datetime) -> Laying:
    """Return how the file is laid: as it was the last time for this target and speed, else from now on; keep it in `folder`."""
    first, last = file.calls[0].at, max(call.last_at for call in file.calls)
    name = hashlib.sha256(f"{file.identity}|{speed}|{target}".encode()).hexdigest()[:32]
    path = folder / f"{name}.json"
    if kept := _kept(path):
        return Laying(starts_at=kept["starts_at"], first=kept["first"], last=kept["last"], speed=speed)
    laying = Laying(starts_at=now, first=first, last=last, speed=speed)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    times = {"starts_at": laying.starts_at, "first": first, "last": last}
    draft.write_text(json.dumps({key: value.isoformat() for key, value in times.items()}), encoding="utf-8")
    draft.replace(path)
    return laying


def sendings_of_calls(file: CallsFile, laying: Laying) -> Iterator[Sending]:
    """Yield the requests of every call, in order of when they are due."""
    on = london_day(laying.starts_at)
    return in_time_order(_sendings(call, file, laying, on) for call in file.calls)


def unmapped_types(file: CallsFile, *, on: date) -> dict[str, int]:
    """Return the types no row of the mapping fits, and how many calls have each: they are sent with the type as their kind."""
    found: dict[str, int] = {}
    for call in file.calls:
        if call.terms and not meaning_of(call.terms, on=on).row:
            found[call.terms.type] = found.get(call.terms.type, 0) + 1
    return found


def call_key(file: CallsFile, call: CallRow) -> str:
    """Return the key of a call: the same for the same row of the same file, wherever the file lies."""
    return f"replay-{hashlib.sha256(f'{file.identity}|{call.row_id}'.encode()).hexdigest()[:40]}"


def _sendings(call: CallRow, file: CallsFile, laying: Laying, on: date) -> tuple[Sending, ...]:
    key, about = call_key(file, call), f"{file.name}, line {call.line}"
    meaning = meaning_of_call(call, on)
    found: list[Sending] = []
    if meaning.channel in VOICE:
        times = {
            "presented": call.presented_at,
            "answered": call.answered_at,
            "abandoned": call.abandoned_at,
            "ended": call.ended_at,
        }
        laid = {event: laying.at(at) if at else None for event, at in times.items()}
        found.extend(event_sendings(source_ref=key, channel=meaning.channel, times=laid, about=about))
    if not call.abandoned_at:
        body = _body(call, meaning, received_at=laying.at(call.at), key=key)
        found.append(contact_sending(key=key, due_at=laying.at(call.at), body=body, about=about))
    return tuple(sorted(found))


def _body(call: CallRow, meaning: Meaning, *, received_at: datetime, key: str) -> dict[str, Any]:
    return {
        "channel": meaning.channel,
        "received_at": stamp(received_at),
        "words": call.words,
        "caller": call.caller,
        "place": call.place,
        "kind": meaning.kind,
        "priority": meaning.priority,
        "source_ref": key,
    }


def meaning_of_call(call: CallRow, on: date) -> Meaning:
    """Return what a call means here: by the dated tables, or as a generic file says itself."""
    if call.terms:
        return meaning_of(call.terms, on=on)
    return Meaning(kind=call.kind, channel=call.channel, priority=call.priority, row="")


def _kept(path: Path) -> dict[str, datetime]:
    # A file that cannot be read is as good as none: the replay is then laid anew.
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return {name: parse_instant(kept[name]) for name in ("starts_at", "first", "last")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, Refusal):
        return {}
