"""What is kept of a contact and of its telephone leg, the call?"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Answer
from standfast.journey.contact.rules.channel import Channel
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.contact.states import ContactState, Ending


class Contact(models.Model):
    """
    A person gets in touch, by whatever channel.

    `reference` is also the journey of everything that follows. `received_at` is when the source says it came, `stored_at` when the
    database had it, `first_contact_at` what every later clock counts from. `version` counts edits: a stale save is refused.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    channel = models.CharField(max_length=10, choices=Channel.pairs())
    state = models.CharField(max_length=20, choices=ContactState.pairs(), default=ContactState.WAITING)
    source = models.CharField(max_length=60, blank=True)
    source_ref = models.CharField(max_length=120, blank=True)

    received_at = models.DateTimeField()
    presented_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    first_contact_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    touched_at = models.DateTimeField()

    words = models.TextField(blank=True)
    kind = models.CharField(max_length=120, blank=True)
    source_priority = models.IntegerField(null=True)
    caller_name = models.CharField(max_length=200, blank=True)
    caller_phone = models.CharField(max_length=60, blank=True)
    caller_relation = models.CharField(max_length=80, blank=True)
    caller_born_on = models.DateField(null=True)
    safe_to_call = models.CharField(max_length=10, choices=Answer.pairs(), default=Answer.NOT_KNOWN)
    place_text = models.CharField(max_length=400, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    area_code = models.CharField(max_length=40, blank=True)
    urban_rural = models.CharField(max_length=10, blank=True)

    risk = models.CharField(max_length=10, choices=Risk.pairs(), default=Risk.STANDARD)
    attention = models.FloatField(default=0)
    risk_reasons = models.JSONField(default=list)

    owner = models.ForeignKey("people.StaffMember", null=True, on_delete=models.PROTECT, related_name="+")
    owned_since = models.DateTimeField(null=True)
    person = models.ForeignKey("parties.Person", null=True, on_delete=models.PROTECT, related_name="+")
    address = models.ForeignKey("parties.Address", null=True, on_delete=models.PROTECT, related_name="+")

    ending = models.CharField(max_length=30, choices=Ending.pairs(), blank=True)
    ending_reason = models.CharField(max_length=400, blank=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="in_hand", owner__isnull=False) | (~Q(state="in_hand") & Q(owner=None)),
                name="contact_in_hand_has_an_owner_and_no_other_state_has",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, ending__gt="")
                | (~Q(state="closed") & Q(closed_at=None, ending="")),
                name="contact_closed_has_a_time_and_an_ending",
            ),
        ]
        indexes = [
            models.Index(
                fields=["risk", "first_contact_at"],
                condition=~Q(state="closed"),
                name="contact_open_by_risk",
            ),
            models.Index(fields=["caller_phone", "first_contact_at"], name="contact_by_phone"),
            models.Index(fields=["first_contact_at"], name="contact_by_first_contact"),
        ]

    def __str__(self) -> str:
        return self.reference


class Call(models.Model):
    """The telephone leg of a contact, from its raw stamps; one that was abandoned has no contact unless a source sent one."""

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=60)
    source_ref = models.CharField(max_length=120)
    channel = models.CharField(max_length=10, choices=Channel.pairs(), blank=True)
    presented_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    contact = models.OneToOneField(Contact, null=True, on_delete=models.PROTECT, related_name="call")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "source_ref"], name="contact_call_is_known_once")]
        indexes = [models.Index(fields=["presented_at"], name="contact_call_by_presented")]

    def __str__(self) -> str:
        return f"{self.source} {self.source_ref}"


class Note(models.Model):
    """One line of a contact's log: append-only, a correction is a new line."""

    id = models.BigAutoField(primary_key=True)
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.by_name}"
