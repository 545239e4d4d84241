"""Which ready-made texts does the operator see, filled in for this chat, and was one sent as it stands?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.foundation.kernel import days
from standfast.journey.chat.queries import ConversationRecord
from standfast.journey.chat.rules.canned_text import CannedText, PlaceEmpty, fill_canned, list_canned, reading_age


@dataclass(frozen=True, kw_only=True)
class Ready:
    """One text: typed `::shortcut`. `lacks` says why it cannot be used yet; `ticks` the advice that is recorded by sending it."""

    code: str
    shortcut: str
    text: str
    age: int
    ticks: str
    lacks: str


def ready_texts(chat: ConversationRecord, *, now: datetime) -> Sequence[Ready]:
    """Return the texts in force, filled in with what is known."""
    values = _values(chat)
    return [_ready(each, values) for each in list_canned(on=days.london_day(now))]


def used(chat: ConversationRecord, *, code: str, text: str, now: datetime) -> str:
    """Return the code of the ready-made text if all of it still stands in what is sent: only then was its advice given."""
    found = next((each for each in ready_texts(chat, now=now) if each.code == code and not each.lacks), None)
    return code if found and " ".join(found.text.split()) in " ".join(text.split()) else ""


def text_of(chat: ConversationRecord, *, code: str, now: datetime) -> str:
    """Return a ready-made text filled in, or nothing if there is none or something it needs is not known."""
    return next((each.text for each in ready_texts(chat, now=now) if each.code == code and not each.lacks), "")


def _values(chat: ConversationRecord) -> dict[str, str]:
    return {"place": chat.contact.place_text, "name": chat.contact.caller_name, "reference": chat.reference}


def _ready(canned: CannedText, values: Mapping[str, str]) -> Ready:
    try:
        text, lacks = fill_canned(canned, values), ""
    except PlaceEmpty as empty:
        text, lacks = canned.text, str(empty)
    return Ready(
        code=canned.id,
        shortcut=canned.shortcut,
        text=text,
        age=reading_age(canned.text),
        ticks=", ".join(canned.advice),
        lacks=lacks,
    )
