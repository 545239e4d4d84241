"""What can happen while a contact is assessed?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class WordsScreened(Happening):
    """The words were read by the detector and the rules."""

    kind = "assessment.words.screened"
    sentence = "Words read: risk {risk} (row {row}, {table}), strands {strands}"
    retention = Retention.WITH_RECORD

    about: str
    risk: str
    row: str
    table: str
    strands: str
    detector: str


@dataclass(frozen=True, kw_only=True)
class LimbWritten(Happening):
    """A limb of THRIVE was written or rewritten; the rationale stays in the record."""

    kind = "assessment.limb.written"
    sentence = "THRIVE {limb} written, level {level}"
    retention = Retention.WITH_RECORD

    about: str
    limb: str
    level: str


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Happening):
    """A question of the grade table was answered."""

    kind = "assessment.question.answered"
    sentence = "{question}: {answer}"
    retention = Retention.WITH_RECORD

    about: str
    question: str
    answer: str


@dataclass(frozen=True, kw_only=True)
class StrandFlagged(Happening):
    """A vulnerability was seen, by the detector or a person."""

    kind = "assessment.strand.flagged"
    sentence = "Vulnerability {strand} seen by {source}"
    retention = Retention.WITH_RECORD

    about: str
    strand: str
    source: str


@dataclass(frozen=True, kw_only=True)
class StrandConfirmed(Happening):
    """A person confirmed a vulnerability."""

    kind = "assessment.strand.confirmed"
    sentence = "Vulnerability {strand} confirmed"
    retention = Retention.WITH_RECORD

    about: str
    strand: str


@dataclass(frozen=True, kw_only=True)
class StrandDismissed(Happening):
    """A person said that a suggested vulnerability is none, and why."""

    kind = "assessment.strand.dismissed"
    sentence = "Vulnerability {strand} dismissed: {reason}"
    retention = Retention.WITH_RECORD

    about: str
    strand: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class ChecksMade(Happening):
    """The look-ups were made; nothing found is a result."""

    kind = "assessment.checks.made"
    sentence = "Looked up {found}"
    retention = Retention.WITH_RECORD

    about: str
    found: str


@dataclass(frozen=True, kw_only=True)
class AdviceGiven(Happening):
    """Advice was read out or sent."""

    kind = "assessment.advice.given"
    sentence = "Advice {advice} given"
    retention = Retention.WITH_RECORD

    about: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class ResponseGraded(Happening):
    """A person confirmed the response grade the rule gave."""

    kind = "assessment.response.graded"
    sentence = "Graded {grade}: {because} (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    grade: str
    because: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class GradeOverridden(Happening):
    """A person set another grade than the rule's, which stays beside it."""

    kind = "assessment.grade.overridden"
    sentence = "Graded {grade} instead of {rule_grade} (row {row}, {table}): {reason}"
    retention = Retention.WITH_RECORD

    about: str
    grade: str
    rule_grade: str
    row: str
    table: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class GradeOutgrown(Happening):
    """A new fact means the rule now asks for a more urgent grade than the one that stands."""

    kind = "assessment.grade.outgrown"
    sentence = "Re-assess: the rule now gives {rule_grade}, {grade} stands (row {row}, {table})"
    retention = Retention.WITH_RECORD

    about: str
    grade: str
    rule_grade: str
    row: str
    table: str


@dataclass(frozen=True, kw_only=True)
class RiskReviewed(Happening):
    """The risk of a waiting contact was reviewed."""

    kind = "assessment.risk.reviewed"
    sentence = "Risk reviewed while waiting"
    retention = Retention.WITH_RECORD

    about: str


@dataclass(frozen=True, kw_only=True)
class StrandContradicted(Happening):
    """Somebody further on says that a vulnerability carried to them is none; it stays until that is settled."""

    kind = "assessment.strand.contradicted"
    sentence = (
        "Alert: vulnerability {strand} is contradicted at the stage {stage}; it stays until a supervisor settles it"
    )
    retention = Retention.WITH_RECORD

    about: str
    strand: str
    stage: str


@dataclass(frozen=True, kw_only=True)
class ContradictionSettled(Happening):
    """A supervisor said whether a contradicted vulnerability stands."""

    kind = "assessment.contradiction.settled"
    sentence = "Contradicted vulnerability {strand}: {verdict}. {because}"
    retention = Retention.WITH_RECORD

    about: str
    strand: str
    verdict: str
    because: str


@dataclass(frozen=True, kw_only=True)
class InstrumentAnswered(Happening):
    """Answers of a structured assessment were kept; the answers stay in the record."""

    kind = "assessment.instrument.answered"
    sentence = "{instrument}: {answered} of {questions} answered"
    retention = Retention.WITH_RECORD

    about: str
    instrument: str
    answered: int
    questions: int


@dataclass(frozen=True, kw_only=True)
class InstrumentRefused(Happening):
    """Somebody did not answer a structured assessment; it is offered again in time."""

    kind = "assessment.instrument.refused"
    sentence = "{instrument} not answered: {why}"
    retention = Retention.WITH_RECORD

    about: str
    instrument: str
    why: str


@dataclass(frozen=True, kw_only=True)
class InstrumentCompleted(Happening):
    """A structured assessment was completed with an officer's judgement beside what the answers come to."""

    kind = "assessment.instrument.completed"
    sentence = "{instrument}: {level} by judgement, {rule_level} by the answers ({points} points, {edition})"
    retention = Retention.WITH_RECORD

    about: str
    instrument: str
    level: str
    rule_level: str
    points: int
    edition: str


@dataclass(frozen=True, kw_only=True)
class InstrumentFollowedUp(Happening):
    """What had to follow a structured assessment was done."""

    kind = "assessment.instrument.followed_up"
    sentence = "{instrument}: {duty} done"
    retention = Retention.WITH_RECORD

    about: str
    instrument: str
    duty: str
