"""What is kept of an assessment? Every judgement is a new row with who and when; the newest one stands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from standfast.foundation.kernel.choices import Answer, Choice
from standfast.journey.assessment.rules.instrument import Reply
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.assessment.rules.thrive import Limb
from standfast.journey.assessment.states import InstrumentState, Refused
from standfast.journey.contact.rules.risk import Risk

RAN, DID_NOT_RUN = "ran", "did not run"
"""Whether the words of a contact were read by the detector."""


class FlagState(Choice):
    """What a person made of a flag."""

    SUGGESTED = "suggested", "Suggested"
    CONFIRMED = "confirmed", "Confirmed"
    DISMISSED = "dismissed", "Dismissed"


class CheckKind(Choice):
    """The look-ups that are made for every contact."""

    REPEAT_CALLER = "repeat_caller", "Earlier contacts from this number or person"
    PERSON = "person", "Who it may be"
    ADDRESS = "address", "History, markers and household at the address"


class Assessment(models.Model):
    """
    The assessment of one contact.

    The rule's grade and the facts it was given stay beside the grade a person set. `floor` is the lowest risk the words allow, `floors`
    the codes of the phrases that say so.
    """

    id = models.BigAutoField(primary_key=True)
    contact = models.OneToOneField("contact.Contact", on_delete=models.PROTECT, related_name="+")
    floor = models.CharField(max_length=10, choices=Risk.pairs(), default=Risk.STANDARD)
    floors = ArrayField(models.CharField(max_length=60), default=list)
    cues = models.JSONField(default=list)
    attention = models.FloatField(default=0)
    repeat_contacts = models.PositiveIntegerField(default=0)
    detector = models.CharField(max_length=40, blank=True)

    grade = models.CharField(max_length=20, choices=ResponseGrade.pairs(), blank=True)
    graded_at = models.DateTimeField(null=True)
    graded_by = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    rule_grade = models.CharField(max_length=20, choices=ResponseGrade.pairs(), blank=True)
    rule_row = models.CharField(max_length=20, blank=True)
    rule_table = models.CharField(max_length=60, blank=True)
    rule_because = models.CharField(max_length=200, blank=True)
    rule_facts = models.JSONField(default=dict)
    outgrown = models.BooleanField(default=False)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grade="", graded_at=None)
                | Q(
                    grade__gt="",
                    graded_at__isnull=False,
                    rule_row__gt="",
                    rule_table__gt="",
                ),
                name="assessment_a_grade_has_its_time_and_its_row",
            )
        ]
        indexes = [
            # Asked for every few seconds, and nearly always empty.
            models.Index(fields=["id"], condition=Q(detector=DID_NOT_RUN), name="assessment_unread"),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class LimbEntry(models.Model):
    """A rationale for one limb of THRIVE."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="limbs")
    limb = models.CharField(max_length=20, choices=Limb.pairs())
    text = models.TextField()
    level = models.CharField(max_length=10, choices=Risk.pairs())
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.limb


class AnswerEntry(models.Model):
    """An answer to a question of the grade table."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    answer = models.CharField(max_length=10, choices=Answer.pairs())
    by_ref = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.question}: {self.answer}"


class Flag(models.Model):
    """A vulnerability seen in a contact. `because` holds the spans of the words; a machine's flag is a suggestion until confirmed."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="flags")
    strand = models.CharField(max_length=40, choices=Strand.pairs())
    state = models.CharField(max_length=10, choices=FlagState.pairs(), default=FlagState.SUGGESTED)
    score = models.FloatField(null=True)
    because = models.JSONField(default=list)
    source = models.CharField(max_length=120)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "strand"],
                name="assessment_a_strand_is_flagged_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | Q(reason__gt=""),
                name="assessment_a_dismissed_flag_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.strand


class Check(models.Model):
    """A look-up that was made: what was searched, what was found. Nothing found is a result."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=20, choices=CheckKind.pairs())
    searched = models.CharField(max_length=200)
    found = models.PositiveIntegerField()
    result = models.JSONField(default=dict)
    by_ref = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.kind


class AdviceEntry(models.Model):
    """Advice that was read out or sent."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="advice")
    advice = models.CharField(max_length=40)
    table = models.CharField(max_length=60)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "advice"],
                name="assessment_advice_is_recorded_once",
            )
        ]

    def __str__(self) -> str:
        return self.advice


class GradeEntry(models.Model):
    """One grading: the rule's answer on its facts, and what the person set."""

    id = models.BigAutoField(primary_key=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="grades")
    grade = models.CharField(max_length=20, choices=ResponseGrade.pairs())
    rule_grade = models.CharField(max_length=20, choices=ResponseGrade.pairs())
    rule_row = models.CharField(max_length=20)
    rule_table = models.CharField(max_length=60)
    facts = models.JSONField()
    reason = models.CharField(max_length=400, blank=True)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grade=models.F("rule_grade")) | Q(reason__gt=""),
                name="assessment_another_grade_than_the_rules_says_why",
            )
        ]

    def __str__(self) -> str:
        return self.grade


class Contradiction(models.Model):
    """
    Somebody further on says that a vulnerability carried to them is none. It changes nothing until a supervisor settles it.

    `stage` and `record` name where it was said; `stands` is the verdict, null while it is open.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="contradictions")
    strand = models.CharField(max_length=40, choices=Strand.pairs())
    stage = models.CharField(max_length=20)
    record = models.CharField(max_length=20)
    found = models.CharField(max_length=400)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    stands = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    settled_because = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "strand"],
                condition=Q(settled_at=None),
                name="assessment_a_strand_is_in_doubt_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, stands=None)
                | Q(settled_at__isnull=False, stands__isnull=False, settled_because__gt=""),
                name="assessment_a_settled_doubt_has_its_verdict_and_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class InstrumentRecord(models.Model):
    """
    One structured assessment of a contact.

    `rule_level` is what the answers come to under the `edition` it was completed on, `level` what the officer judged, never lower.
    `refused` and its words stay when it is taken up again: that somebody declined is a fact.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="instruments")
    instrument = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=InstrumentState.pairs(), default=InstrumentState.STARTED)
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=120)
    refused = models.CharField(max_length=20, choices=Refused.pairs(), blank=True)
    refused_words = models.CharField(max_length=400, blank=True)
    refused_at = models.DateTimeField(null=True)
    edition = models.CharField(max_length=60, blank=True)
    points = models.PositiveIntegerField(default=0)
    rule_level = models.CharField(max_length=10, choices=Risk.pairs(), blank=True)
    level = models.CharField(max_length=10, choices=Risk.pairs(), blank=True)
    reasons = models.JSONField(default=list)
    judgement = models.TextField(blank=True)
    for_meeting = models.BooleanField(default=False)
    completed_at = models.DateTimeField(null=True)
    completed_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "instrument"], name="assessment_an_instrument_is_recorded_once_for_a_contact"
            ),
            models.CheckConstraint(
                condition=~Q(state="completed")
                | Q(completed_at__isnull=False, level__gt="", rule_level__gt="", edition__gt="", judgement__gt=""),
                name="assessment_a_completed_instrument_has_its_level_and_a_judgement",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(refused_at__isnull=False, refused__gt=""),
                name="assessment_a_declined_instrument_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ReplyEntry(models.Model):
    """A reply to a question of a structured assessment: append-only, the newest one stands."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(InstrumentRecord, on_delete=models.PROTECT, related_name="replies")
    question = models.CharField(max_length=40)
    reply = models.CharField(max_length=10, choices=Reply.pairs())
    by_ref = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.question}: {self.reply}"
