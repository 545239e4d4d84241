"""Which duties with a time limit run, were met or were stopped? The only timer table."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.obligations.rules.obligation_limit import ObligationKind


class Obligation(models.Model):
    """
    One duty with a time limit.

    `subject` is the reference of the record it is about, `journey` the reference of the first contact. A running duty is neither met
    nor stopped; a duty that was late stays visible as late, because `due_at` never moves.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=80)
    journey = models.CharField(max_length=20)
    kind = models.CharField(max_length=40, choices=ObligationKind.pairs())
    case = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    warn_at = models.DateTimeField()
    due_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stopped_because = models.CharField(max_length=200, blank=True)
    limit_row = models.CharField(max_length=20)
    limit_table = models.CharField(max_length=60)
    started_by = models.CharField(max_length=120)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "kind"],
                condition=Q(met_at=None, stopped_at=None),
                name="obligations_one_duty_of_a_kind_runs_for_a_subject",
            ),
            models.CheckConstraint(
                condition=Q(met_at=None) | Q(stopped_at=None), name="obligations_a_duty_is_met_or_stopped_not_both"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None, stopped_because="") | Q(stopped_at__isnull=False, stopped_because__gt=""),
                name="obligations_a_stopped_duty_says_why",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lte=F("warn_at"), warn_at__lte=F("due_at")),
                name="obligations_a_duty_starts_then_warns_then_is_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["kind", "due_at"], condition=Q(met_at=None, stopped_at=None), name="obligations_running_by_due"
            ),
            models.Index(fields=["journey"], name="obligations_by_journey"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject}"


class Setback(models.Model):
    """
    A row whose time had come and that a job could not do. It ends when the job has done it, or it is due no longer.

    `reference` is empty where the job could not even ask which rows are due. `because` names the kind of fault and, if somebody's rule
    refused it, the sentence of the refusal; never words of a record.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.CharField(max_length=80)
    reference = models.CharField(max_length=80, blank=True)
    tries = models.PositiveIntegerField(default=0)
    because = models.CharField(max_length=300)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["job", "reference"],
                condition=Q(ended_at=None),
                name="obligations_a_row_of_a_job_has_one_setback_at_a_time",
            ),
            models.CheckConstraint(condition=Q(tries__gte=1), name="obligations_a_setback_was_tried"),
        ]

    def __str__(self) -> str:
        return f"{self.job}: {self.reference}"
