"""How well should calls be answered, and does a share stand inside that aim? The aims are a dated table."""

from dataclasses import dataclass
from datetime import date

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable
from standfast.journey.contact.rules.channel import Channel


class Measure(Choice):
    """What an aim is about: the first should be high, the second low."""

    ANSWERED_IN_TEN = "answered_in_ten", "Answered within 10 s"
    GIVEN_UP = "given_up", "Gave up"


class Origin(Choice):
    """Whether an aim is somebody's standard or ours for want of one."""

    SOURCED = "sourced", "From the named source"
    SUGGESTED = "suggested", "Suggested default"


class Standing(Choice):
    """How a share stands against its aim."""

    INSIDE = "inside", "Inside aim"
    CLOSE = "close", "Close to the aim"
    OUTSIDE = "outside", "Outside aim"


@dataclass(frozen=True, kw_only=True)
class AnswerAim:
    """One aim: a share from 0 to 1, and how near to it, inside, counts as close."""

    id: str
    channel: Channel
    measure: Measure
    share: float
    close: float
    origin: Origin
    because: str


class NoAim(LookupError):
    """The table has no aim for this channel: a fault in the policy."""


TABLE = DatedTable.beside(__file__, "answer_aim", row=AnswerAim)


def answer_aim(*, channel: Channel, measure: Measure, on: date) -> AnswerAim:
    """
    Return the aim of a channel in the edition in force on a London day.

    :raises NoAim: if it has none
    """
    edition = TABLE.on(on)
    for row in edition.rows:
        if (row.channel, row.measure) == (channel, measure):
            return row
    raise NoAim(f"{edition} has no aim for {measure} on {channel}.")


def standing_of(share: float, *, aim: AnswerAim) -> Standing:
    """Return how a share from 0 to 1 stands; one that is exactly the aim is close to it."""
    room = share - aim.share if aim.measure == Measure.ANSWERED_IN_TEN else aim.share - share
    # A share is a quotient of counts: what differs by less than that is the same.
    room = round(room, 9)
    if room < 0:
        return Standing.OUTSIDE
    return Standing.CLOSE if room < aim.close else Standing.INSIDE
