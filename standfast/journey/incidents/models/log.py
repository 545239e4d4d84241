"""What is kept of what was said and decided about an incident: its log, its links, its escalations, its transfers?"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Choice
from standfast.journey.incidents.models.incident import Incident
from standfast.journey.incidents.states import LogKind


class LogEntry(models.Model):
    """One line of an incident's log: append-only. `at` is when it happened, `entered_at` when it was written."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="log")
    kind = models.CharField(max_length=20, choices=LogKind.pairs())
    words = models.TextField()
    callsign = models.CharField(max_length=12, blank=True)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    entered_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="incidents_a_log_entry_says_something")]
        indexes = [models.Index(fields=["incident", "id"], name="incidents_log_of_one")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Escalation(models.Model):
    """One rung of the ladder that an unattended incident reached: somebody was told, once."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="escalations")
    rung = models.CharField(max_length=20)
    clock_due_at = models.DateTimeField()
    told = models.CharField(max_length=40)
    what = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "rung", "clock_due_at"], name="incidents_a_rung_of_a_clock_is_reached_once"
            ),
        ]

    def __str__(self) -> str:
        return self.rung


class LinkKind(Choice):
    """How two incidents belong together."""

    LINKED = "linked", "Linked"
    MERGED = "merged", "Merged into"


class Link(models.Model):
    """
    Two incidents that belong together; `merged` sends the reader of `incident` to `other`. Undone, it stays with who undid it and why.

    `carried` is what a merge took along and what the other had before: what is needed to part them again.
    """

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links")
    other = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="links_to")
    kind = models.CharField(max_length=10, choices=LinkKind.pairs())
    reason = models.CharField(max_length=400)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)
    undone_because = models.CharField(max_length=400, blank=True)
    carried = models.JSONField(default=dict)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "other", "kind"], condition=Q(undone_at=None), name="incidents_two_are_linked_once"
            ),
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(kind="merged", undone_at=None),
                name="incidents_one_is_merged_into_one_other",
            ),
            models.CheckConstraint(condition=~Q(incident=F("other")), name="incidents_none_is_linked_with_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Transfer(models.Model):
    """An offer of an incident to another desk or force: the one that has it keeps it until the other says yes."""

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="transfers")
    to_desk = models.CharField(max_length=40)
    from_desk = models.CharField(max_length=40)
    reason = models.CharField(max_length=400)
    offered_at = models.DateTimeField()
    offered_by = models.CharField(max_length=120)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    answer = models.CharField(max_length=10, blank=True)
    answer_because = models.CharField(max_length=400, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident"], condition=Q(answered_at=None), name="incidents_one_offer_of_an_incident_stands"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False, answer__in=["accepted", "refused", "timed_out"]),
                name="incidents_an_answered_offer_has_its_answer",
            ),
        ]

    def __str__(self) -> str:
        return self.to_desk
