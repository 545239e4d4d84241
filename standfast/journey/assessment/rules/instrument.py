"""
Which structured assessment is offered, what does it ask, and to which level of risk do the answers come?

The instruments, their questions and what overrides a count are dated tables. The wording here is our own; a force lays its licensed
wording over `question_<instrument>` with its policy folder. An override that names a question the force's edition no longer has stops
the boot: it could never fire again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable, Edition, PolicyError
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk, higher_risk


class Reply(Choice):
    """What was answered. A question nobody asked has no reply; it is never a no."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NEVER = "never", "Never"
    ONCE = "once", "Once"
    SEVERAL = "several", "Several times"
    OFTEN = "often", "Often"
    NOT_KNOWN = "not_known", "Not known"


class Scale(Choice):
    """How the questions of an instrument are answered."""

    YES_NO = "yes_no", "Yes or no"
    HOW_OFTEN = "how_often", "How often"


REPLIES: dict[Scale, tuple[Reply, ...]] = {
    Scale.YES_NO: (Reply.YES, Reply.NO, Reply.NOT_KNOWN),
    Scale.HOW_OFTEN: (Reply.NEVER, Reply.ONCE, Reply.SEVERAL, Reply.OFTEN, Reply.NOT_KNOWN),
}
POINTS = {Reply.YES: 1, Reply.ONCE: 1, Reply.SEVERAL: 2, Reply.OFTEN: 3}
PRESENT = frozenset(POINTS)


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """
    One structured assessment.

    It is offered where one of `strands` was seen; above standard it flags `flags`. `medium_from` and `high_from` are counts, 0 where the
    count alone says nothing; `meeting` says that high goes to the multi-agency meeting on risk.
    """

    id: str
    title: str
    purpose: str
    scale: Scale
    strands: tuple[Strand, ...]
    flags: tuple[Strand, ...]
    medium_from: int = 0
    high_from: int = 0
    meeting: bool = False


@dataclass(frozen=True, kw_only=True)
class InstrumentQuestion:
    """One question: `ask` is read out, `why` is for the officer, `points` what a yes counts."""

    id: str
    ask: str
    why: str = ""
    points: int = 1


@dataclass(frozen=True, kw_only=True)
class Override:
    """Answers that set a level whatever the count: all of these questions, answered yes or more than never."""

    id: str
    instrument: str
    all_of: tuple[str, ...]
    level: Risk
    because: str


@dataclass(frozen=True, kw_only=True)
class Score:
    """What the answers come to: the count, the level and why, and which questions nobody has answered."""

    points: int
    level: Risk
    reasons: tuple[str, ...] = field(default=())
    unanswered: tuple[str, ...] = field(default=())


INSTRUMENTS = DatedTable.beside(__file__, "instrument", row=Instrument)
OVERRIDES = DatedTable.beside(__file__, "instrument_override", row=Override)
QUESTIONS_OF: dict[str, DatedTable[InstrumentQuestion]] = {
    code: DatedTable.beside(__file__, f"question_{code}", row=InstrumentQuestion)
    for code in ("dash_style", "dara_style", "stalking", "missing", "hate")
}


def questions_of(instrument: str, *, on: date) -> Edition[InstrumentQuestion]:
    """Return the questions of an instrument in force on a London day."""
    return QUESTIONS_OF[instrument].on(on)


def instruments_for(strands: Collection[str], *, on: date) -> list[Instrument]:
    """Return the instruments that belong to these vulnerabilities, in table order."""
    return [each for each in INSTRUMENTS.on(on).rows if set(each.strands) & set(strands)]


def score_instrument(
    instrument: Instrument,
    questions: Sequence[InstrumentQuestion],
    overrides: Sequence[Override],
    replies: Mapping[str, Reply],
) -> Score:
    """Return what the replies come to. The count and the overrides each may raise the level; nothing lowers it."""
    points = sum(POINTS.get(replies[each.id], 0) * each.points for each in questions if each.id in replies)
    present = {name for name, reply in replies.items() if reply in PRESENT}
    level, reasons = _by_count(instrument, points)
    for each in overrides:
        if each.instrument == instrument.id and set(each.all_of) <= present:
            level = higher_risk(level, each.level)
            reasons.append(f"{each.because} ({each.id}, {each.level.label.lower()})")
    unanswered = tuple(each.id for each in questions if replies.get(each.id, Reply.NOT_KNOWN) == Reply.NOT_KNOWN)
    return Score(points=points, level=level, reasons=tuple(reasons), unanswered=unanswered)


def _by_count(instrument: Instrument, points: int) -> tuple[Risk, list[str]]:
    for level, least in ((Risk.HIGH, instrument.high_from), (Risk.MEDIUM, instrument.medium_from)):
        if least and points >= least:
            return level, [f"{points} points; {level.label.lower()} from {least}"]
    return Risk.STANDARD, []


def check_instruments() -> None:
    """
    Check that every instrument has its questions, and every override names questions of every edition it may meet.

    :raises PolicyError: if one does not
    """
    known = {each.id for edition in INSTRUMENTS.editions.all for each in edition.rows}
    if without := known - set(QUESTIONS_OF):
        raise _wrong(
            "instrument", f"{min(without)} has no table of questions; one of {', '.join(QUESTIONS_OF)} was expected."
        )
    for edition in OVERRIDES.editions.all:
        for each in edition.rows:
            _check_override(each)


def _check_override(override: Override) -> None:
    if override.instrument not in QUESTIONS_OF:
        raise _wrong("instrument_override", f"{override.id} is of {override.instrument}, which is no instrument.")
    for questions in QUESTIONS_OF[override.instrument].editions.all:
        if missing := set(override.all_of) - set(questions.by_id):
            raise _wrong(
                f"question_{override.instrument}",
                f"{questions} must keep a question with the id {min(missing)}: override {override.id} depends on it.",
            )


def _wrong(table: str, expected: str) -> PolicyError:
    return PolicyError(Path(__file__).parent.parent / "tables" / table, 1, expected)


check_instruments()
