"""Of what are pages made? The view-models the components take: plain text and enums, never a record."""

from collections.abc import Sequence
from dataclasses import dataclass

from standfast.faces.screens.times import Countdown
from standfast.foundation.kernel.choices import Choice

PIPS = 3


class BandState(Choice):
    """How a channel stands against its aim."""

    OK = "ok", "Inside aim"
    WARN = "warn", "Close to its aim"
    BAD = "bad", "Outside aim"
    IDLE = "idle", "Nothing to measure"


@dataclass(frozen=True, kw_only=True)
class Band:
    """
    How fast one channel is answered.

    `shares` are whole per cent in aim, next, slow and over; `offered` and `waiting` are sentences with their unit.
    """

    name: str
    state: BandState
    state_word: str
    figure: str
    measure: str
    shares: tuple[int, int, int, int]
    offered: str
    waiting: str

    def described(self) -> str:
        """Return what the strip shows, in words."""
        first, second, third, over = self.shares
        return f"{first}% in aim, {second}% next, {third}% slow, {over}% over; {self.offered}; {self.waiting}"


class Agreement(Choice):
    """Whether a piece of evidence speaks for a match."""

    AGREES = "agrees", "agrees"
    DIFFERS = "differs", "differs"
    NOT_KNOWN = "not-known", "not known"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One piece of evidence for or against a match."""

    agreement: Agreement
    text: str


@dataclass(frozen=True, kw_only=True)
class Match:
    """A person this may be: how sure, from 1 to 3 pips and the word, on which evidence, and what to know of them."""

    name: str
    level: str
    pips: int
    evidence: Sequence[Evidence]
    note: str = ""
    warning: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One line of a why panel: its sign (+, a number, an arrow), the sentence, where it comes from, and words that caused it."""

    sign: str
    text: str
    source: str = ""
    words: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why something is as it is: reasons, what would change it, and the edition that decided."""

    reasons: Sequence[Reason]
    changes: Sequence[Reason] = ()
    foot: str = ""


@dataclass(frozen=True, kw_only=True)
class PromptAnswer:
    """One answer to a prompt, the key that gives it and the value that is sent."""

    label: str
    value: str
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A question to ask next, because of these words; `risk` is the code of the risk it would raise to, if any."""

    name: str
    ask: str
    because: str
    answers: Sequence[PromptAnswer]
    risk: str = ""
    words: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class DutyRow:
    """A duty with a time limit as listed."""

    title: str
    countdown: Countdown
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class TimelineRow:
    """One thing that happened; `quiet` rows were written by the system."""

    time: str
    title: str
    icon: str
    text: str
    quiet: bool = False


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """
    One contact in a ranked list.

    `key` is stable, so that the row keeps its place, selection and focus. `since` is the instant from which the browser counts the wait
    on (empty: it stands still). A row is selected as long as its contact is shown, focused when somebody has just chosen it.
    """

    key: str
    href: str
    rank: int
    risk: str
    what: str
    why: str
    channel: str
    channel_label: str
    waiting: str
    countdown: Countdown
    duty: str
    owner: str = ""
    since: str = ""
    selected: bool = False
    focused: bool = False
