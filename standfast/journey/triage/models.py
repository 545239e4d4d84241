"""What is kept of where a contact went: threshold tests, route decisions and referrals?"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Answer
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.triage.rules.diversion import Diversion
from standfast.journey.triage.rules.lawful_basis import LawfulBasis
from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.police_threshold import PoliceRole
from standfast.journey.triage.rules.route import Route
from standfast.journey.triage.states import ReferralState

CODE_LENGTH = 40


class ThresholdTest(models.Model):
    """One Right Care, Right Person test: append-only, the newest one stands. `relied_on` holds the reason for each answer."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey("contact.Contact", on_delete=models.PROTECT, related_name="+")
    crime = models.CharField(max_length=10, choices=Answer.pairs())
    danger_to_life = models.CharField(max_length=10, choices=Answer.pairs())
    serious_harm = models.CharField(max_length=10, choices=Answer.pairs())
    police_assumed = models.CharField(max_length=10, choices=Answer.pairs())
    statutory_duty = models.CharField(max_length=10, choices=Answer.pairs())
    relied_on = models.JSONField(default=dict)
    outcome = models.CharField(max_length=20, choices=PoliceRole.pairs())
    because = models.CharField(max_length=200)
    row = models.CharField(max_length=20)
    table = models.CharField(max_length=60)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.outcome


class RouteDecision(models.Model):
    """
    One decision where a contact goes: append-only, the newest one stands.

    The rule's answer, its row and both rules' facts stay beside the route a person chose. `told_caller` is what the caller was
    promised: what happens next, by whom, when.
    """

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey("contact.Contact", on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=20, choices=Route.pairs())
    reason = models.CharField(max_length=400, blank=True)
    need = models.CharField(max_length=CODE_LENGTH, choices=Need.pairs())
    rule_route = models.CharField(max_length=20, choices=Route.pairs())
    rule_row = models.CharField(max_length=20)
    rule_table = models.CharField(max_length=60)
    rule_because = models.CharField(max_length=200)
    rule_facts = models.JSONField()
    diversion = models.CharField(max_length=20, choices=Diversion.pairs())
    diversion_row = models.CharField(max_length=20)
    diversion_table = models.CharField(max_length=60)
    diversion_facts = models.JSONField()
    told_caller = models.JSONField(default=dict)
    slot_from = models.DateTimeField(null=True)
    slot_until = models.DateTimeField(null=True)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(route=F("rule_route")) | Q(reason__gt=""),
                name="triage_another_route_than_the_rules_says_why",
            ),
            models.CheckConstraint(
                condition=Q(slot_from=None, slot_until=None) | Q(slot_from__lt=F("slot_until")),
                name="triage_a_slot_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(route="appointment", slot_from__isnull=False)
                | (~Q(route="appointment") & Q(slot_from=None)),
                name="triage_an_appointment_and_nothing_else_has_a_slot",
            ),
        ]

    def __str__(self) -> str:
        return self.route


class Referral(models.Model):
    """
    A contact passed to a partner agency.

    While it runs the agency owns the contact. `shared` holds exactly what the agency may see, as it was when sent; `strands`
    what the police know of vulnerability, shared or not. `first_contact_at` is
    the contact's clock at sending, kept so that anybody can check that it never moved.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    contact = models.ForeignKey("contact.Contact", on_delete=models.PROTECT, related_name="+")
    journey = models.CharField(max_length=20)
    first_contact_at = models.DateTimeField()
    partner = models.CharField(max_length=CODE_LENGTH)
    partner_name = models.CharField(max_length=120)
    directory = models.CharField(max_length=60)
    need = models.CharField(max_length=CODE_LENGTH, choices=Need.pairs())
    summary = models.TextField()
    fields = ArrayField(models.CharField(max_length=CODE_LENGTH))
    shared = models.JSONField(default=dict)
    strands = ArrayField(models.CharField(max_length=CODE_LENGTH, choices=Strand.pairs()), default=list)
    consent = models.CharField(max_length=10, choices=Answer.pairs())
    override_reason = models.CharField(max_length=400, blank=True)
    lawful_basis = models.CharField(max_length=CODE_LENGTH, choices=LawfulBasis.pairs())
    told_caller = models.JSONField()
    state = models.CharField(max_length=20, choices=ReferralState.pairs(), default=ReferralState.SENT)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=120)
    accepted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=120, blank=True)
    spoken_to = models.CharField(max_length=120, blank=True)
    ending_reason = models.CharField(max_length=400, blank=True)
    result = models.TextField(blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"],
                condition=Q(state__in=["sent", "accepted"]),
                name="triage_one_referral_of_a_contact_runs_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(consent="yes") | Q(override_reason__gt=""),
                name="triage_a_referral_has_consent_or_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "accepted"], ended_at=None)
                | (~Q(state__in=["sent", "accepted"]) & Q(ended_at__isnull=False)),
                name="triage_a_referral_that_ended_has_a_time_and_no_other_has",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "completed"]) | Q(accepted_at__isnull=False),
                name="triage_an_accepted_referral_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "timed_out", "withdrawn"]) | Q(ending_reason__gt=""),
                name="triage_a_referral_that_came_back_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(state="completed") | Q(result__gt=""),
                name="triage_a_completed_referral_has_a_result",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "state"], name="triage_referrals_of_a_partner"),
            models.Index(fields=["journey"], name="triage_referrals_by_journey"),
        ]

    def __str__(self) -> str:
        return self.reference
