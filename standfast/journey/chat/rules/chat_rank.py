"""Which chat is answered first, and why? Most danger first, then the longest wait; nothing else moves anybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from standfast.journey.contact.rules.risk import Risk, risk_rank


@dataclass(frozen=True, kw_only=True)
class WaitingChat:
    """What the ranking looks at. `waiting_since` is when the visitor began to wait, whatever happened since."""

    reference: str
    risk: Risk
    waiting_since: datetime
    is_broken_off: bool = False


@dataclass(frozen=True, kw_only=True)
class RankedChat:
    """A place in the queue from 1 up, and the reasons for it, fit to show to staff."""

    reference: str
    place: int
    because: tuple[str, ...]


def rank_chats(chats: Sequence[WaitingChat], *, now: datetime) -> list[RankedChat]:
    """
    Return the chats in the order in which they should be answered.

    Risk decides. Within a risk, one that broke off goes before one that waits, because somebody may be in danger; then the longest
    wait. A machine's score overtakes nobody.
    """
    ordered = sorted(
        chats,
        key=lambda each: (risk_rank(each.risk), not each.is_broken_off, each.waiting_since, each.reference),
    )
    return [
        RankedChat(reference=each.reference, place=place, because=_because(each, now=now))
        for place, each in enumerate(ordered, start=1)
    ]


def _because(chat: WaitingChat, *, now: datetime) -> tuple[str, ...]:
    waited = max(0, int((now - chat.waiting_since).total_seconds()))
    reasons = [f"Risk {chat.risk.label.lower()}"]
    if chat.is_broken_off:
        reasons.append("broke off")
    return (*reasons, f"waiting {waited // 60} min {waited % 60} s")
