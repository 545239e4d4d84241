"""What does the contact desk show?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from standfast.faces.screens.parts import QueueRow
from standfast.faces.screens.times import ClockState, Countdown, count_down, short_moment, span
from standfast.faces.web.contact.words import in_words, line_of
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.obligations.queries import ObligationRecord
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.journey.assessment import queries as assessments
from standfast.journey.contact import queries as contacts
from standfast.journey.contact.queries import ContactRecord, DeskFilter
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk

MOST_ROWS = 100
QUEUES = {
    "all": "All open",
    "mine": "Mine",
    "nobody": "Nobody’s",
    "partner": "With a partner",
    "breaching": "Breaching",
    "unfinished": "Unfinished",
}
# How each queue reads in its heading, when there is something in it and when there is nothing.
ORDER = "most danger first, then longest wait"
EMPTY = {
    "all": "Nobody is waiting and nothing is open",
    "mine": "You have no contact in hand",
    "nobody": "Nobody is waiting",
    "partner": "No contact is with a partner agency",
    "breaching": "Nothing is over its limit",
    "unfinished": "No contact was left unfinished",
}
# Channels as a narrow column says them.
SHORT: dict[str, str] = {Channel.ONLINE: "Online", Channel.COUNTER: "Counter", Channel.OFFICER: "Officer"}
RUNS_NOTHING = Countdown(state=ClockState.PAUSED, figure="No duty", word="runs")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which part of the desk is asked for, as the address says it. Anything not understood counts as not said."""

    queue: str = "all"
    channel: str = ""
    risk: str = ""
    chosen: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Asked":
        """Read what the address says."""
        queue, channel, risk = (given.get(name, "") for name in ("queue", "channel", "risk"))
        return cls(
            queue=queue if queue in QUEUES else "all",
            channel=channel if channel in set(Channel) else "",
            risk=risk if risk in set(Risk) else "",
            chosen=given.get("chosen", ""),
        )

    def but(self, **other: str) -> str:
        """Return the address of this part of the desk with something else asked for."""
        named = vars(replace(self, **other))
        found = {name: value for name, value in named.items() if value and (name, value) != ("queue", "all")}
        return f"?{urlencode(found)}"


@dataclass(frozen=True, kw_only=True)
class RailLink:
    """One queue or channel of the rail."""

    label: str
    href: str
    count: str
    here: bool
    is_bad: bool = False


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The list, the rail and the filters."""

    title: str
    note: str
    rows: Sequence[tuple[QueueRow, str]]
    more: int
    queues: Sequence[RailLink]
    channels: Sequence[RailLink]
    filters: Sequence[tuple[str, str, bool]]
    empty: str
    reset: str
    refresh: str
    chosen: str
    waiting: int


def desk(asked: Asked, *, by: Actor, now: datetime) -> Desk:
    """Return the desk. It asks the database a constant number of questions, whatever the number of rows."""
    overdue = obligations.overdue_journeys(now=now)
    unfinished = frozenset(each.reference for each in contacts.list_unfinished(by=by, now=now))
    found = contacts.desk(by=by, where=_where(asked, overdue=overdue, unfinished=unfinished))
    total = found.count()
    shown = list(found[:MOST_ROWS])
    chosen = asked.chosen or (shown[0].reference if shown else "")
    counts = contacts.desk_counts(by=by)
    breaching = contacts.desk(by=by, where=DeskFilter(only=overdue)).count()
    told = {**{name: str(counts[name]) for name in QUEUES}, "unfinished": str(len(unfinished))}
    told["breaching"] = f"{breaching} over" if breaching else "0"
    return Desk(
        title=_title(asked),
        note=f"{total}, {ORDER}" if total else "",
        rows=_rows(shown, asked=asked, chosen=chosen, now=now),
        more=max(0, total - MOST_ROWS),
        queues=[_queue(name, asked, told[name]) for name in QUEUES],
        channels=[_channel(channel, asked, counts[f"channel:{channel}"]) for channel in Channel],
        filters=_filters(asked, {risk: counts[f"risk:{risk}"] for risk in Risk}),
        empty=EMPTY[asked.queue],
        reset=asked.but(channel="", risk="", chosen="") if asked.channel or asked.risk else "",
        refresh=asked.but(),
        chosen=chosen,
        waiting=counts["nobody"],
    )


def _where(asked: Asked, *, overdue: Collection[str], unfinished: Collection[str]) -> DeskFilter:
    only = {"breaching": overdue, "unfinished": unfinished}.get(asked.queue)
    queue = "all" if only is not None else asked.queue
    return DeskFilter(queue=queue, channel=asked.channel, risk=asked.risk, only=only)


def _title(asked: Asked) -> str:
    parts = [QUEUES[asked.queue]]
    parts += [Channel(asked.channel).label] if asked.channel else []
    parts += [Risk(asked.risk).label] if asked.risk else []
    return ", ".join(parts)


def _queue(name: str, asked: Asked, count: str) -> RailLink:
    return RailLink(
        label=QUEUES[name],
        href=Asked(queue=name).but(),
        count=count,
        here=asked.queue == name and not asked.channel,
        is_bad=name == "breaching" and count != "0",
    )


def _channel(channel: Channel, asked: Asked, count: int) -> RailLink:
    return RailLink(
        label=channel.label,
        href=Asked(channel=channel).but(),
        count=str(count),
        here=asked.channel == channel,
    )


def _filters(asked: Asked, counts: Mapping[Risk, int]) -> list[tuple[str, str, bool]]:
    # The counts are those of all open contacts, so they are told only where those are what is listed.
    plain = asked.queue == "all" and not asked.channel
    links = [("All risk", asked.but(risk="", chosen=""), not asked.risk)]
    for risk in Risk:
        label = f"{risk.label} {counts[risk]}" if plain else risk.label
        links.append((label, asked.but(risk=risk, chosen=""), asked.risk == risk))
    return links


def _rows(shown: Sequence[ContactRecord], *, asked: Asked, chosen: str, now: datetime) -> list[tuple[QueueRow, str]]:
    running = obligations.running_in_journeys([each.reference for each in shown])
    strands = assessments.strands_by_contact(shown)
    repeats = assessments.repeats_by_contact(shown)
    return [
        (
            replace(
                _row(each, duty=next(iter(running.get(each.reference, ())), None), now=now),
                rank=rank,
                href=asked.but(chosen=each.reference),
                why=why_line(each, strands=strands.get(each.reference, ()), repeats=repeats.get(each.reference, 0)),
                selected=each.reference == chosen,
                focused=each.reference == asked.chosen,
            ),
            each.get_risk_display(),
        )
        for rank, each in enumerate(shown, start=1)
    ]


def _row(each: ContactRecord, *, duty: ObligationRecord | None, now: datetime) -> QueueRow:
    waited = int((now - each.first_contact_at) / timedelta(seconds=1))
    return QueueRow(
        key=each.reference,
        href="",
        rank=0,
        risk=each.risk,
        what=line_of(words=each.words, kind=each.kind),
        why="",
        channel=each.channel,
        channel_label=SHORT.get(each.channel, each.get_channel_display()),
        waiting=span(max(waited, 0)),
        since=each.first_contact_at.isoformat(),
        countdown=count_down(duty.due_at, now=now, warn_at=duty.warn_at) if duty else RUNS_NOTHING,
        duty=f"{Duty(duty.kind).label} by {short_moment(duty.due_at, now=now)}" if duty else "",
        owner=each.owner.name if each.owner else ("Partner agency" if each.state == "with_partner" else ""),
    )


def why_line(contact: ContactRecord, *, strands: Sequence[str], repeats: int) -> str:
    """Return why a contact stands where it stands, in one line: strands, what was said, repeats, the rule."""
    rule, *floors = contact.risk_reasons or [""]
    parts = [*strands[:2], *(in_words(floor) for floor in floors[:2])]
    if repeats:
        parts.append(f"{repeats + 1} contacts in 90 days")
    parts.append(rule)
    return " · ".join(dict.fromkeys(part for part in parts if part)) or "No vulnerability found so far"
