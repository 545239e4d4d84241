"""What is kept of an incident: a matter officers go to, and the reviews of its risk while it waits?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents.states import IncidentState


class Incident(models.Model):
    """
    A matter officers go to, opened from one contact, or split from another that was.

    What was known at opening is carried over, so that it is known here without asking the contact: `first_contact_at` and `graded_at`
    start the two attendance clocks and never move; `urban_rural` is frozen as it was. `slot_from` and `slot_until` hold an agreed time.
    `opening_code` and `qualifiers` say what it was recorded as, once a person chose; `kind` is what the contact was told as.
    `attended_at` is the crew's own time of the first arrival. The closing code, its reason and who chose them stand from when closing
    is asked for; where a second person is needed it is resolved only when one other has agreed. One that is `merged_into` another keeps
    all that is its own, so that its reference leads there for ever and they can be parted again.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    journey = models.CharField(max_length=20)
    contact = models.ForeignKey("contact.Contact", on_delete=models.PROTECT, related_name="+")
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="split")
    state = models.CharField(max_length=20, choices=IncidentState.pairs(), default=IncidentState.WAITING)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=120)
    first_contact_at = models.DateTimeField()

    grade = models.CharField(max_length=20, choices=ResponseGrade.pairs())
    graded_at = models.DateTimeField()
    grade_because = models.CharField(max_length=400)
    grade_row = models.CharField(max_length=20)
    grade_table = models.CharField(max_length=60)
    risk = models.CharField(max_length=10, choices=Risk.pairs())
    slot_from = models.DateTimeField(null=True)
    slot_until = models.DateTimeField(null=True)

    kind = models.CharField(max_length=120, blank=True)
    place_text = models.CharField(max_length=400, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    area_code = models.CharField(max_length=40, blank=True)
    urban_rural = models.CharField(max_length=10, blank=True)
    strands = ArrayField(models.CharField(max_length=40, choices=Strand.pairs()), default=list)
    child_mentioned = models.BooleanField(default=False)
    warnings = models.JSONField(default=list)

    desk = models.CharField(max_length=40, default="control")
    opening_code = models.CharField(max_length=40, blank=True, default="", db_default="")
    qualifiers = ArrayField(models.CharField(max_length=40), default=list)
    attended_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    closing_code = models.CharField(max_length=40, blank=True)
    closing_reason = models.CharField(max_length=400, blank=True)
    closing_by = models.CharField(max_length=120, blank=True)
    closing_at = models.DateTimeField(null=True)
    second_person = models.CharField(max_length=120, blank=True)

    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    merged_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False) | (~Q(state="resolved") & Q(resolved_at=None)),
                name="incidents_resolved_has_a_time_and_no_other_state_has",
            ),
            models.CheckConstraint(
                condition=~Q(state="resolved") | ~Q(closing_code="") & ~Q(closing_reason="") & ~Q(closing_by=""),
                name="incidents_a_resolved_one_says_with_which_code_and_why",
            ),
            models.CheckConstraint(
                condition=Q(second_person="") | ~Q(second_person=F("closing_by")),
                name="incidents_the_second_person_is_another",
            ),
            models.CheckConstraint(
                condition=Q(slot_from=None, slot_until=None) | Q(slot_from__lt=F("slot_until")),
                name="incidents_a_slot_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["contact"], condition=Q(split_from=None), name="incidents_a_contact_opens_one_incident"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False, merged_at__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None, merged_at=None)),
                name="incidents_a_merged_one_says_into_which_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")) & ~Q(split_from=F("id")),
                name="incidents_none_is_merged_into_or_split_from_itself",
            ),
        ]
        indexes = [
            models.Index(
                fields=["risk", "first_contact_at"], condition=~Q(state="resolved"), name="incidents_open_by_risk"
            ),
            models.Index(fields=["journey"], name="incidents_by_journey"),
            models.Index(fields=["opened_at"], name="incidents_by_opening"),
        ]

    def __str__(self) -> str:
        return self.reference


class Review(models.Model):
    """One review of the risk of a waiting incident (re-THRIVE): append-only."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reviews")
    found = models.TextField()
    level = models.CharField(max_length=10, choices=Risk.pairs())
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.level}"
