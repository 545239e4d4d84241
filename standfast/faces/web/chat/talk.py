"""What does the page show of one conversation: what was said, what was noted among staff, how it stands, and who may do what?"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from markupsafe import Markup

from standfast.faces.screens.times import Countdown, exact, short_moment
from standfast.faces.web.chat.dressing import dressed
from standfast.faces.web.chat.listing import duty_clock, title_of
from standfast.faces.web.contact.words import widest
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people import queries as people
from standfast.journey.assessment import queries as assessments
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.chat import queries
from standfast.journey.chat.queries import ConversationRecord, FactRecord, Line, PrivateNoteRecord
from standfast.journey.chat.rules.fact_kind import FactKind
from standfast.journey.chat.states import HELD, OPEN, AbandonedDecision, Break, ChatState
from standfast.journey.contact.rules.risk import Risk

DEVICE = {
    "no": "It is not safe for them to write on this device.",
    "short": "It is safe for them to write on this device for a short while only.",
}
MOST_LINES = 400
MOST_MARKS = 3
"""Under one line stand those the detector is surest of; all of them stand with the contact's flags."""


@dataclass(frozen=True, kw_only=True)
class MarkLine:
    """What the detector found in a line: a suggestion until a person confirms or dismisses it; no state yet, while it is being filed."""

    code: str
    label: str
    words: Sequence[str]
    state: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """
    One thing in the conversation, in order of time. `kind` is them, us, notice or note; `seq` is the place of a line, 0 for a note.

    A note is never shown to the visitor. `masked` counts the parts shown masked. `look` changes when anything of it looks different.
    """

    key: str
    kind: str
    seq: int
    head: str
    time: str
    text: Markup
    plain: str = ""
    masked: int = 0
    floor: str = ""
    floor_label: str = ""
    marks: Sequence[MarkLine] = ()
    other_words: Sequence[str] = ()
    is_new: bool = False

    @property
    def look(self) -> str:
        """Return a short mark of how it looks."""
        return hashlib.sha256(f"{self.text}{self.marks}{self.other_words}".encode()).hexdigest()[:12]


@dataclass(frozen=True, kw_only=True)
class FactShown:
    """A fact, the line it came from and who took it."""

    number: int
    label: str
    text: str
    source: str


@dataclass(frozen=True, kw_only=True)
class Talk:
    """The conversation. `cursor` says how far it is shown: last line, last note."""

    reference: str
    title: str
    risk: str
    risk_label: str
    state: str
    state_label: str
    owner: str
    is_mine: bool
    is_offered_to_me: bool
    offered_to: str
    summary: str
    clock: Countdown | None
    duty: str
    broken: str
    device: str
    taps_only: bool
    closed: str
    may_write: bool
    items: Sequence[Item]
    cursor: str
    earlier: int
    last_seq: int
    facts: Sequence[FactShown]
    colleagues: Sequence[tuple[str, str]]
    decisions: Sequence[tuple[str, str]] = tuple(AbandonedDecision.pairs())
    kinds: Sequence[tuple[str, str]] = tuple(FactKind.pairs())


@dataclass(frozen=True, kw_only=True)
class There:
    """What is known of the visitor at this moment, in words."""

    words: str
    is_typing: bool


def talk(chat: ConversationRecord, *, after: str = "", by: Actor, now: datetime) -> Talk:
    """Return a conversation as shown, its newest lines; those after a cursor are new."""
    since, noted = _read_cursor(after)
    newest = queries.newest_line(chat, by=by)
    lines = queries.list_messages(chat, after=max(0, newest - MOST_LINES), by=by)
    notes = queries.list_private_notes(chat, by=by)
    facts = queries.facts_of(reference=chat.reference)
    row = queries.row_of(chat, by=by, now=now) if chat.state in OPEN else None
    clock, duty = duty_clock(row, now=now) if row else (None, "")
    last = max((line.seq for line in lines), default=0)
    is_mine = bool(chat.owner and f"staff:{chat.owner.username}" == by.ref)
    return Talk(
        reference=chat.reference,
        title=title_of(who=chat.contact.caller_name, where=chat.contact.place_text, reference=chat.reference),
        risk=chat.contact.risk,
        risk_label=Risk(chat.contact.risk).label,
        state=chat.state,
        state_label=ChatState(chat.state).label,
        owner=chat.owner.name if chat.owner else "",
        is_mine=is_mine,
        is_offered_to_me=bool(chat.offered_to and f"staff:{chat.offered_to.username}" == by.ref),
        offered_to=chat.offered_to.name if chat.offered_to else "",
        summary=chat.summary if chat.state in {ChatState.TRANSFERRED, ChatState.WAITING} else "",
        clock=clock,
        duty=duty,
        broken=_broken(chat),
        device=DEVICE.get(chat.device_safe, ""),
        taps_only=chat.taps_only,
        closed=_closed(chat, now=now),
        may_write=is_mine and chat.state in HELD | {ChatState.ABANDONED},
        items=[
            replace(item, is_new=item.seq > since if item.seq else int(item.key[5:]) > noted)
            for item in _items(chat, lines, notes, facts, by=by)
        ],
        cursor=f"{last}.{max((note.pk for note in notes), default=0)}",
        earlier=max(0, newest - MOST_LINES),
        last_seq=last,
        facts=[_fact(each, now=now) for each in facts],
        colleagues=_colleagues(by=by, now=now) if is_mine else (),
    )


def there(chat: ConversationRecord, *, by: Actor, now: datetime) -> There:
    """Return what is known of the visitor now: that nothing is known is said too."""
    found = queries.visitor_now(chat, by=by, now=now)
    if found.has_left:
        return There(words="They left the page. Nothing you write would be seen.", is_typing=False)
    if found.is_typing:
        return There(words="They are typing…", is_typing=True)
    if found.seen_at is None:
        return There(words="Nothing has been heard from their page yet.", is_typing=False)
    kept_open = "" if found.is_streaming else "; it looks for answers only when they press the button"
    return There(words=f"Their page was last heard of at {exact(found.seen_at)}{kept_open}.", is_typing=False)


def _read_cursor(after: str) -> tuple[int, int]:
    seq, _, note = after.partition(".")
    return (int(seq) if seq.isdecimal() else 0, int(note) if note.isdecimal() else 0)


def _items(
    chat: ConversationRecord,
    lines: Sequence[Line],
    notes: Sequence[PrivateNoteRecord],
    facts: Sequence[FactRecord],
    *,
    by: Actor,
) -> list[Item]:
    names = people.names_by_ref({f"staff:{line.author}" for line in lines if line.author})
    states = assessments.flag_states(reference=chat.reference)
    taken: dict[int, list[tuple[int, int]]] = {}
    for fact in facts:
        taken.setdefault(fact.seq, []).append((fact.starts, fact.ends))
    said = [(line.at, _line(line, names=names, states=states, taken=taken, by=by)) for line in lines]
    noted = [(note.at, _note(note, by=by)) for note in notes]
    return [item for _, item in sorted([*said, *noted], key=lambda each: each[0])]


def _line(
    line: Line,
    *,
    names: Mapping[str, str],
    states: Mapping[str, str],
    taken: Mapping[int, Sequence[tuple[int, int]]],
    by: Actor,
) -> Item:
    marks = line.marks[:MOST_MARKS]
    causes = [(int(str(each["start"])), int(str(each["end"]))) for mark in marks for each in mark.because]
    return Item(
        key=f"line-{line.seq}",
        kind={ChatSide.VISITOR: "them", ChatSide.STAFF: "us"}.get(line.side, "notice"),
        seq=line.seq,
        head=_head(line, names=names, by=by),
        time=exact(line.at),
        text=dressed(line.text, causes=causes, facts=taken.get(line.seq, ())),
        plain=line.text,
        masked=line.masked,
        floor=line.floor,
        floor_label=Risk(line.floor).label if line.floor else "",
        marks=[
            MarkLine(
                code=mark.strand,
                label=Strand(mark.strand).label,
                words=widest(str(each["words"]) for each in mark.because),
                state=states.get(mark.strand, ""),
            )
            for mark in marks
        ],
        other_words=line.other_words,
    )


def _head(line: Line, *, names: Mapping[str, str], by: Actor) -> str:
    if line.side == ChatSide.VISITOR:
        return "They"
    if line.side == ChatSide.NOTICE:
        return "Said to them by itself"
    mine = f"staff:{line.author}" == by.ref
    return f"{'You' if mine else names.get(f'staff:{line.author}', 'A colleague')}, to them"


def _note(note: PrivateNoteRecord, *, by: Actor) -> Item:
    what = "Whisper to whoever has the chat" if note.is_whisper else "Private note"
    who = "you" if note.by_ref == by.ref else note.by_name
    return Item(
        key=f"note-{note.pk}",
        kind="note",
        seq=0,
        head=f"{what} · staff only, never sent · {who}",
        time=exact(note.at),
        text=Markup("{}").format(note.text),
    )


def _fact(fact: FactRecord, *, now: datetime) -> FactShown:
    return FactShown(
        number=fact.pk,
        label=FactKind(fact.kind).label,
        text=fact.text,
        source=f"line {fact.seq}, {fact.by_name} {short_moment(fact.at, now=now)}",
    )


def _broken(chat: ConversationRecord) -> str:
    if chat.broken_at is None:
        return ""
    return f"{Break(chat.broken_how).label}, {exact(chat.broken_at)}."


def _closed(chat: ConversationRecord, *, now: datetime) -> str:
    if chat.closed_at is None:
        return ""
    return f"{chat.closing_reason} ({short_moment(chat.closed_at, now=now)})"


def _colleagues(*, by: Actor, now: datetime) -> list[tuple[str, str]]:
    return [
        (each.username, f"{each.name}, load {each.carried} of {each.points}")
        for each in queries.list_operators(by=by, now=now)
        if each.is_taking and f"staff:{each.username}" != by.ref
    ]
