"""What does the wall show? Counts and times only: nothing that could name a person."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standfast.faces.screens.parts import Band, BandState
from standfast.faces.screens.times import ago, span
from standfast.faces.web.desk.bands import LOOKED_BACK, bands, untold_band
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents import queries as incidents

HALF = 0.5
IN_TIME, HALF_GONE, CLOSE, OVER = range(1, 5)
WORDS = {IN_TIME: "in time", HALF_GONE: "half gone", CLOSE: "close", OVER: "over"}
SEVERAL = 3


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One figure at the top: its key among the definitions, the number with its unit, how it stands, and what waits."""

    key: str
    name: str
    number: str
    unit: str
    state: BandState
    state_word: str
    strip: Sequence[tuple[int, int]]
    described: str
    waiting: str


@dataclass(frozen=True, kw_only=True)
class RiskLine:
    """How many contacts of one risk wait, the longest wait, and how their duties stand (kind of share, whole per cent)."""

    risk: str
    label: str
    count: int
    oldest: str
    strip: Sequence[tuple[int, int]]
    room: int
    described: str


@dataclass(frozen=True, kw_only=True)
class Wall:
    """The wall at one instant."""

    minutes: int
    tiles: Sequence[Tile]
    untold: str
    waiting: int
    risks: Sequence[RiskLine]
    people: int
    loads: Sequence[tuple[str, int]]
    most_held: str
    emergencies: incidents.Emergencies
    overdue: int
    oldest_overdue: str
    setbacks: str


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """A person and what they have in hand."""

    name: str
    team: str
    in_hand: int
    since: str


def wall_page(*, by: Actor, now: datetime) -> Wall:
    """
    Return the wall.

    :raises NotAllowed: if the one who asks may not see it
    """
    waiting = contacts.list_waiting(by=by)
    loads = contacts.list_loads(by=by)
    emergency, other, chat, online = bands(now=now)
    oldest = obligations.oldest_overdue(now=now)
    return Wall(
        minutes=int(LOOKED_BACK.total_seconds() // 60),
        tiles=[
            _tile("answer-999", "999 in 10 s", emergency),
            _tile("abandoned-101", "101 gave up", other, figure=_given_up(now=now)),
            _tile("chat", "Chat", chat),
            _tile("online", "Online oldest", online),
        ],
        untold=_untold(now=now),
        waiting=len(waiting),
        risks=_risk_lines(waiting, now=now),
        people=len(loads),
        loads=_by_load(loads),
        most_held=_longest(loads, now=now),
        emergencies=incidents.emergencies(by=by, now=now),
        overdue=obligations.count_overdue(now=now),
        oldest_overdue=span(int((oldest - now).total_seconds())) if oldest else "",
        setbacks=_setbacks(now=now),
    )


def load_rows(*, by: Actor, now: datetime) -> list[LoadRow]:
    """Return who has how many contacts in hand, most first."""
    return [
        LoadRow(name=each.name, team=each.team, in_hand=each.in_hand, since=ago(each.longest_since, now=now))
        for each in contacts.list_loads(by=by)
    ]


def _untold(*, now: datetime) -> str:
    band = untold_band(now=now)
    return f"Calls whose line was not told: {band.offered}, {band.figure} gave up, {band.waiting}" if band else ""


def _setbacks(*, now: datetime) -> str:
    rows = obligations.list_setbacks()
    if not rows:
        return ""
    jobs = ", ".join(dict.fromkeys(f"“{row.job}”" for row in rows))
    many = f"{len(rows)} things" if len(rows) > 1 else "One thing"
    return (
        f"{many} that should happen by itself fails and needs a person: {jobs}, since {ago(rows[0].first_at, now=now)}"
    )


def _given_up(*, now: datetime) -> str:
    share = contacts.answer_shares(channel=Channel.CALL_101, since=now - LOOKED_BACK, now=now).share_abandoned
    return "–" if share is None else f"{share:.1%}"


def _tile(key: str, name: str, shown: Band, *, figure: str = "") -> Tile:
    number = figure or shown.figure
    is_share = number.endswith("%")
    return Tile(
        key=key,
        name=name,
        number=number.removesuffix("%"),
        unit="%" if is_share else "",
        state=shown.state,
        state_word=shown.state_word,
        strip=[(place, share) for place, share in enumerate(shown.shares, start=1) if share],
        described=shown.described(),
        waiting=shown.waiting,
    )


def _risk_lines(waiting: Sequence[contacts.WaitingContact], *, now: datetime) -> list[RiskLine]:
    duties = obligations.running_for(each.reference for each in waiting)
    standing = {each.reference: _standing(duties.get(each.reference, ()), now=now) for each in waiting}
    most = max(Counter(each.risk for each in waiting).values(), default=1)
    return [
        _risk_line(risk, [each for each in waiting if each.risk == risk], standing, most=most, now=now) for risk in Risk
    ]


def _risk_line(
    risk: Risk, waiting: Sequence[contacts.WaitingContact], standing: dict[str, int], *, most: int, now: datetime
) -> RiskLine:
    counts = Counter(standing[each.reference] for each in waiting)
    # Widths are of the longest line, so that lines can be compared; nobody waiting is an empty line.
    strip = [(place, max(1, 100 * counts[place] // most)) for place in WORDS if counts[place]]
    oldest = span(int((now - waiting[0].first_contact_at).total_seconds())) if waiting else ""
    stands = ", ".join(f"{counts[place]} {word}" for place, word in WORDS.items() if counts[place])
    return RiskLine(
        risk=risk,
        label=risk.label,
        count=len(waiting),
        oldest=oldest,
        strip=strip,
        room=max(0, 100 - sum(share for _, share in strip)),
        described=f"{len(waiting)} waiting, oldest {oldest}: {stands}" if waiting else "Nobody is waiting",
    )


def _standing(duties: Iterable[Any], *, now: datetime) -> int:
    claim = next((each for each in duties if each.kind in {Duty.CLAIM, Duty.RISK_READ}), None)
    if claim is None:
        return IN_TIME
    if now > claim.due_at:
        return OVER
    if now >= claim.warn_at:
        return CLOSE
    used = (now - claim.starts_at) / (claim.due_at - claim.starts_at)
    return HALF_GONE if used >= HALF else IN_TIME


def _by_load(loads: Sequence[contacts.Load]) -> list[tuple[str, int]]:
    counts = Counter(min(each.in_hand, SEVERAL) for each in loads)
    return [("With one contact", counts[1]), ("With two", counts[2]), ("With three or more", counts[SEVERAL])]


def _longest(loads: Sequence[contacts.Load], *, now: datetime) -> str:
    return span(int((now - min(each.longest_since for each in loads)).total_seconds())) if loads else ""
