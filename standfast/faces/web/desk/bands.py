"""How fast are calls and chats answered and online reports read, in the last half hour?"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from statistics import median

from standfast.faces.screens.parts import Band, BandState
from standfast.faces.screens.times import span
from standfast.foundation.kernel import days
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.obligations.rules.obligation_limit import obligation_due_at
from standfast.journey.chat import queries as chats
from standfast.journey.chat.queries import DeskFigures
from standfast.journey.contact import queries
from standfast.journey.contact.queries import AnswerShares
from standfast.journey.contact.rules.answer_aim import AnswerAim, Measure, Standing, answer_aim, standing_of
from standfast.journey.contact.rules.answer_band import AnswerBand
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk

LOOKED_BACK = timedelta(minutes=30)
NOBODY = (0, 0, 0, 0)
_STATES = {Standing.INSIDE: BandState.OK, Standing.CLOSE: BandState.WARN, Standing.OUTSIDE: BandState.BAD}


def bands(*, now: datetime) -> list[Band]:
    """Return the band of each channel the desk serves."""
    on = days.london_day(now)
    unread, oldest = queries.oldest_unread(channel=Channel.ONLINE)
    return [
        _emergency(_answered(Channel.CALL_999, now=now), on=on),
        _other(_answered(Channel.CALL_101, now=now), on=on),
        _chat(chats.desk_figures(since=now - LOOKED_BACK, now=now), now=now),
        _online(unread, oldest, now=now),
    ]


def untold_band(*, now: datetime) -> Band | None:
    """Return the band of calls of which telephony told no line, or None while there are none: they count for neither line."""
    found = _answered("", now=now)
    if not found.offered:
        return None
    given_up = found.bands[AnswerBand.ABANDONED]
    return Band(
        name="Line not told",
        state=BandState.WARN,
        state_word="999 or 101?",
        figure=str(given_up),
        measure="gave up · in neither figure",
        shares=shares_of(found),
        offered=_offered(found),
        waiting=_waiting(found),
    )


def _answered(channel: str, *, now: datetime) -> AnswerShares:
    return queries.answer_shares(channel=channel, since=now - LOOKED_BACK, now=now)


def shares_of(found: AnswerShares) -> tuple[int, int, int, int]:
    """Return the whole per cent answered in 10 s, in 60 s, later, and given up or still waiting; they add up to 100."""
    counts = [
        found.bands[AnswerBand.IN_TEN],
        found.bands[AnswerBand.TEN_TO_SIXTY],
        found.bands[AnswerBand.OVER_SIXTY],
        found.bands[AnswerBand.ABANDONED] + found.bands[AnswerBand.WAITING],
    ]
    return whole_shares(counts)


def whole_shares(counts: Sequence[int]) -> tuple[int, int, int, int]:
    """Return four counts as whole per cent that add up to 100, or nothing of nobody."""
    total = sum(counts)
    if not total:
        return NOBODY
    whole = [100 * count // total for count in counts]
    # What rounding down left over goes to the largest remainders, so that no share is made up.
    order = sorted(range(4), key=lambda each: 100 * counts[each] % total, reverse=True)
    for each in order[: 100 - sum(whole)]:
        whole[each] += 1
    first, second, third, fourth = whole
    return first, second, third, fourth


def _emergency(found: AnswerShares, *, on: date) -> Band:
    aim = answer_aim(channel=Channel.CALL_999, measure=Measure.ANSWERED_IN_TEN, on=on)
    share = found.share_in_ten
    state, word = BandState.IDLE, "No call answered"
    if share is not None:
        standing = standing_of(share, aim=aim)
        words = {Standing.OUTSIDE: f"Below {_per_cent(aim)} in 10 s", Standing.CLOSE: f"Close to {_per_cent(aim)}"}
        state, word = _STATES[standing], words.get(standing, standing.label)
    return Band(
        name="999",
        state=state,
        state_word=word,
        figure="–" if share is None else f"{share:.1%}",
        measure=f"in 10 s · aim {_per_cent(aim)}",
        shares=shares_of(found),
        offered=_offered(found),
        waiting=_waiting(found),
    )


def _other(found: AnswerShares, *, on: date) -> Band:
    aim = answer_aim(channel=Channel.CALL_101, measure=Measure.GIVEN_UP, on=on)
    given_up = found.share_abandoned
    state, word = BandState.IDLE, "No call offered"
    if given_up is not None:
        standing = standing_of(given_up, aim=aim)
        words = {
            Standing.OUTSIDE: f"Giving up above {_per_cent(aim)}",
            Standing.CLOSE: f"Giving up close to {_per_cent(aim)}",
        }
        state, word = _STATES[standing], words.get(standing, standing.label)
    return Band(
        name="101",
        state=state,
        state_word=word,
        figure=span(int(median(found.waits))) if found.waits else "–",
        measure="median wait" + (f" · {given_up:.1%} gave up" if given_up is not None else ""),
        shares=shares_of(found),
        offered=_offered(found),
        waiting=_waiting(found),
    )


def _per_cent(aim: AnswerAim) -> str:
    return f"{100 * aim.share:g}%"


def _chat(found: DeskFigures, *, now: datetime) -> Band:
    aim = chat_aim(risk=Risk.STANDARD, began=now)
    late = sum(now > began + chat_aim(risk=Risk(risk), began=began) for risk, began in found.waiting)
    state, word = BandState.IDLE, "No chat lately" if found.taking else "Nobody takes chats"
    if found.first_replies:
        is_slow = median(found.first_replies) > aim.total_seconds()
        state, word = (BandState.WARN, "Slower than the aim") if is_slow else (BandState.OK, "Inside aim")
    if found.waiting and not found.taking:
        state, word = BandState.BAD, "Nobody takes chats"
    elif late:
        state, word = BandState.BAD, f"{late} over the limit"
    longest = f", {span(int((now - found.waiting[0][1]).total_seconds()))}" if found.waiting else ""
    return Band(
        name="Chat",
        state=state,
        state_word=word,
        figure=span(int(median(found.first_replies))) if found.first_replies else "–",
        measure=f"median first reply · aim {span(int(aim.total_seconds()))}",
        shares=_chat_shares(found, aim=aim),
        offered=f"{found.open} open · {found.taking} taking",
        waiting=f"{len(found.waiting)} waiting{longest}",
    )


def chat_aim(*, risk: Risk, began: datetime) -> timedelta:
    """Return how long a chat of this risk may wait for a person's first reply."""
    limit = obligation_due_at(kind=Duty.CHAT_ANSWER, case=risk, starts_at=began, on=days.london_day(began))
    return limit.due_at - began


def _chat_shares(found: DeskFigures, *, aim: timedelta) -> tuple[int, int, int, int]:
    seconds = aim.total_seconds()
    inside = sum(each <= seconds for each in found.first_replies)
    soon = sum(seconds < each <= 2 * seconds for each in found.first_replies)
    return whole_shares([inside, soon, len(found.first_replies) - inside - soon, len(found.waiting)])


def _online(unread: int, oldest: datetime | None, *, now: datetime) -> Band:
    state, word, figure, share = BandState.IDLE, "Nothing unread", "–", NOBODY
    limit = obligation_due_at(kind=Duty.RISK_READ, case=Risk.STANDARD, starts_at=oldest or now, on=days.london_day(now))
    aim = limit.due_at - (oldest or now)
    if oldest is not None:
        used = (now - oldest) / aim
        state, word = (BandState.OK, "Inside aim") if used < 0.75 else (BandState.WARN, "Nearly due")
        if used > 1:
            state, word = BandState.BAD, "Over its limit"
        part = min(100, max(0, int(100 * used)))
        figure, share = (
            span(int((now - oldest).total_seconds())),
            (100 - part, part, 0, 0) if used <= 1 else (0, 0, 0, 100),
        )
    return Band(
        name="Online reports",
        state=state,
        state_word=word,
        figure=figure,
        measure=f"oldest unread · aim {span(int(aim.total_seconds()))}",
        shares=share,
        offered=f"{unread} unread",
        waiting=f"due by {limit.due_at.astimezone(days.LONDON):%H:%M}" if oldest else "none due",
    )


def _offered(found: AnswerShares) -> str:
    longest = f" · longest {span(int(found.waits[-1]))}" if found.waits else ""
    return f"{found.offered} offered{longest}"


def _waiting(found: AnswerShares) -> str:
    if not found.waiting:
        return "0 waiting"
    return f"{found.waiting} waiting, {span(int(found.longest_waiting.total_seconds()))}"
