"""What is kept of a conversation beside its words, which lie in the intake exactly as they came?"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from standfast.journey.chat.rules.fact_kind import FactKind
from standfast.journey.chat.states import Break, ChatState


class Conversation(models.Model):
    """
    A chat as the force holds it: beside its contact, which has its own owner and clocks, and its thread, which has its words.

    `unanswered_since` is when the oldest visitor's line came that nobody has answered; it is empty while it is the visitor's turn.
    `listen_until` keeps silence from counting: a person decided to go on listening. `reference` is the contact's.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    contact = models.OneToOneField("contact.Contact", on_delete=models.PROTECT, related_name="+")
    thread = models.OneToOneField("intake.ChatThread", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=ChatState.pairs(), default=ChatState.WAITING)
    owner = models.ForeignKey("people.StaffMember", null=True, on_delete=models.PROTECT, related_name="+")
    owned_since = models.DateTimeField(null=True)

    opened_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    visitor_at = models.DateTimeField()
    staff_at = models.DateTimeField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    unanswered_since = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    visitor_seq = models.BigIntegerField(default=0)
    read_seq = models.BigIntegerField(default=0)
    listen_until = models.DateTimeField(null=True)

    device_safe = models.CharField(max_length=10, blank=True)
    taps_only = models.BooleanField(default=False)

    offered_to = models.ForeignKey("people.StaffMember", null=True, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField(null=True)
    summary = models.CharField(max_length=400, blank=True)

    broken_how = models.CharField(max_length=12, choices=Break.pairs(), blank=True)
    broken_at = models.DateTimeField(null=True)
    told_nobody = models.BooleanField(default=False)
    times_returned = models.PositiveIntegerField(default=0)

    closed_at = models.DateTimeField(null=True)
    closing_reason = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["in_hand", "transferred"], owner__isnull=False)
                | Q(state__in=["waiting", "closed"], owner=None)
                | Q(state="abandoned"),
                name="chat_in_hand_has_an_owner_and_waiting_has_none",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", waiting_since__isnull=False)
                | (~Q(state="waiting") & Q(waiting_since=None)),
                name="chat_waiting_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state="transferred", offered_to__isnull=False, offered_at__isnull=False, summary__gt="")
                | (~Q(state="transferred") & Q(offered_to=None, offered_at=None)),
                name="chat_an_offer_says_to_whom_and_what",
            ),
            models.CheckConstraint(
                condition=Q(state="abandoned", broken_at__isnull=False, broken_how__gt="")
                | (~Q(state="abandoned") & Q(broken_at=None, broken_how="")),
                name="chat_abandoned_says_how_and_when",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closing_reason__gt="")
                | (~Q(state="closed") & Q(closed_at=None)),
                name="chat_closed_says_why_and_when",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "waiting_since"], condition=~Q(state="closed"), name="chat_open_by_state"),
            models.Index(fields=["owner"], condition=~Q(state="closed"), name="chat_open_by_owner"),
        ]

    def __str__(self) -> str:
        return self.reference


class Mark(models.Model):
    """What the detector found in one line: a strand, its score, and the words that caused it. It adds attention, never removes any."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="marks")
    seq = models.BigIntegerField()
    strand = models.CharField(max_length=40)
    score = models.FloatField()
    because = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "seq", "strand"], name="chat_a_line_is_marked_once_for_a_strand"
            )
        ]

    def __str__(self) -> str:
        return f"{self.strand} in line {self.seq}"


class PrivateNote(models.Model):
    """A line among staff, apart from the words of the chat: append-only. A whisper is a supervisor's to the owner."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField()
    is_whisper = models.BooleanField(default=False)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        db_table = "chat_private_note"

    def __str__(self) -> str:
        return f"{self.at:%H:%M:%S} {self.by_name}"


class Fact(models.Model):
    """Words of a visitor's line taken as a fact by a person. One that was taken wrongly is dropped, and stays on record as dropped."""

    id = models.BigAutoField(primary_key=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="facts")
    seq = models.BigIntegerField()
    starts = models.PositiveIntegerField()
    ends = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=FactKind.pairs())
    text = models.CharField(max_length=400)
    by_ref = models.CharField(max_length=120)
    by_name = models.CharField(max_length=120)
    at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "seq", "starts", "ends", "kind"],
                condition=Q(dropped_at=None),
                name="chat_words_are_taken_once_for_a_kind",
            ),
            models.CheckConstraint(condition=Q(starts__lt=models.F("ends")), name="chat_a_fact_has_words"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} in line {self.seq}"


class Operator(models.Model):
    """Somebody who takes chats, or has: until when they were seen at the desk, and how many load points they take."""

    id = models.BigAutoField(primary_key=True)
    member = models.OneToOneField("people.StaffMember", on_delete=models.PROTECT, related_name="+")
    is_taking = models.BooleanField(default=False)
    points = models.PositiveIntegerField()
    since = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"operator {self.member_id}"
