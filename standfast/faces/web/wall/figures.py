"""What does each figure of the wall count, over which time, and where is the list behind it?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from standfast.journey.contact.rules.answer_aim import TABLE, Measure, answer_aim
from standfast.journey.contact.rules.channel import Channel


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of the wall: its anchor, what it counts, its aim, and the list behind it (empty where the reader may open none)."""

    key: str
    name: str
    counts: str
    aim: str
    href: str = ""
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class _Definition:
    key: str
    name: str
    counts: str
    aim: str | tuple[Channel, Measure]
    entry: str
    query: str
    label: str


DEFINITIONS = (
    _Definition(
        key="answer-999",
        name="999 in 10 s",
        counts="Of the 999 calls presented in the last 30 minutes and answered, the share answered in 10.000 seconds or less, "
        "from the raw stamps of the telephone system. The bar shows all that were offered: in 10 s, in 60 s, later, and given up "
        "or still waiting.",
        aim=(Channel.CALL_999, Measure.ANSWERED_IN_TEN),
        entry="desk:desk",
        query="?channel=999",
        label="Open 999 contacts",
    ),
    _Definition(
        key="abandoned-101",
        name="101 gave up",
        counts="Of the 101 calls presented in the last 30 minutes, the share whose caller rang off before an answer. Calls given up "
        "in under 5 seconds are left out of both counts: nobody could have answered them.",
        aim=(Channel.CALL_101, Measure.GIVEN_UP),
        entry="desk:desk",
        query="?channel=101",
        label="Open 101 contacts",
    ),
    _Definition(
        key="untold",
        name="Calls whose line was not told",
        counts="Calls presented in the last 30 minutes of which the telephone system did not say whether they came on 999 or 101, "
        "and that nobody answered, so that no contact says it either. They are in neither of the two figures before this one; the "
        "line is shown only while there are such calls.",
        aim="None: every call tells its line",
        entry="desk:desk",
        query="",
        label="Every open contact",
    ),
    _Definition(
        key="chat",
        name="Chat",
        counts="The median time from the opening of a chat to the first reply of a person, over the chats opened in the last 30 "
        "minutes. The bar shows all of them: inside the aim, inside twice the aim, later, and still waiting. A chat over its limit "
        "is one that waits longer than its risk allows.",
        aim="The limit to answer a chat, from the table of duty limits",
        entry="desk:desk",
        query="?channel=chat",
        label="Open chat contacts",
    ),
    _Definition(
        key="online",
        name="Online oldest",
        counts="How long the oldest online report that nobody has opened has waited, from its receipt.",
        aim="The limit to read for risk, from the table of duty limits",
        entry="desk:desk",
        query="?channel=online",
        label="Open online reports",
    ),
    _Definition(
        key="waiting",
        name="Waiting now",
        counts="Contacts nobody has taken, by risk, with the longest wait since first contact. The bar shows how their duty to be "
        "taken stands: in time, more than half gone, close to its limit, over it.",
        aim="None over",
        entry="desk:desk",
        query="?queue=nobody",
        label="The contacts that wait",
    ),
    _Definition(
        key="people",
        name="People",
        counts="People who have at least one contact in hand now, by how many. Who is on duty, on a break or free is not known "
        "here: the rosters published to Standfast are those of response units.",
        aim="None set",
        entry="wall:people",
        query="",
        label="Who has how many",
    ),
    _Definition(
        key="emergencies",
        name="Emergencies",
        counts="Open incidents graded immediate, by state, and how many have passed their limit to attend, which runs from the "
        "first contact.",
        aim="None over",
        entry="incidents:incidents",
        query="?grade=immediate",
        label="The open emergencies",
    ),
    _Definition(
        key="setbacks",
        name="Should have happened by itself",
        counts="Rows whose time had come and that a job of the worker failed to do three times in a row, such as a referral nobody "
        "answered that should have come back. Each is tried again every five minutes; until it works, somebody does by hand what the "
        "job would have done. The line is shown only while there are such rows.",
        aim="None",
        entry="upkeep:intake",
        query="",
        label="What failed, and at which record",
    ),
    _Definition(
        key="overdue",
        name="Overdue duties",
        counts="Every duty with a time limit that is over its limit and neither done nor stopped, of whatever kind: to answer, take, "
        "assess, decide, review, attend, or hear from an agency.",
        aim="None",
        entry="desk:desk",
        query="?queue=breaching",
        label="The contacts with one",
    ),
)


def figures(*, may: Callable[[str], bool], on: date) -> Sequence[Figure]:
    """Return every figure with its aim on a London day and the list behind it, where the reader may open that."""
    return [
        Figure(
            key=each.key,
            name=each.name,
            counts=each.counts,
            aim=each.aim if isinstance(each.aim, str) else _aim(*each.aim, on=on),
            href=reverse(each.entry) + each.query if may(each.entry) else "",
            label=each.label,
        )
        for each in DEFINITIONS
    ]


def _aim(channel: Channel, measure: Measure, *, on: date) -> str:
    aim = answer_aim(channel=channel, measure=measure, on=on)
    return f"{aim.because}. {aim.origin.label} (row {aim.id} of {TABLE.on(on)})"
