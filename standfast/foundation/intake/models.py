"""
What is kept of everything that reaches the intake: the words exactly as received, and where each stands on its way to a record?

Rows of `Submission`, `CallEvent`, `UnitReport` and `RefusedBody` are never changed: triggers refuse it, whoever asks.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.intake.rules.call_event import CallEventKind, CallLine
from standfast.foundation.intake.rules.chat_side import ChatSide
from standfast.foundation.intake.rules.intake_channel import IntakeChannel


class Source(models.Model):
    """
    A registered sender: telephony, the force's website, another system.

    Only the SHA-256 of its key is kept. A fast hash is right here: the key is 256 random bits made by us, so there is nothing to
    guess, and it is checked on every request. A slow hash is for passwords that people choose.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    key_hash = models.BinaryField(max_length=32)
    channels = models.JSONField(default=list)
    rate_per_minute = models.PositiveBigIntegerField()
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key_hash"], name="intake_a_key_belongs_to_one_source"),
            models.CheckConstraint(condition=Q(rate_per_minute__gt=0), name="intake_a_rate_is_above_zero"),
        ]

    def __str__(self) -> str:
        return self.code


class Submission(models.Model):
    """
    One contact as a source sent it.

    `received_at` is the event time the source claims (ours where it claims none), `journalled_at` when the journal had it (only if it
    came while the database was away), `stored_at` the database's clock. `body` is the text as received, `digest` that of its
    canonical form, so that the same words spelt differently are the same words.
    """

    id = models.BigAutoField(primary_key=True)
    # No constraint in the database: it would make every contact lock its source's one row. A source is never deleted (trigger).
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    idempotency_key = models.CharField(max_length=64)
    reference = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=IntakeChannel.pairs())
    received_at = models.DateTimeField()
    journalled_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(db_default=Now())
    body = models.TextField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "idempotency_key"],
                name="intake_a_key_names_one_submission",
            ),
            models.UniqueConstraint(fields=["reference"], name="intake_a_reference_names_one_submission"),
        ]

    def __str__(self) -> str:
        return self.reference


class CallEvent(models.Model):
    """One queue event of a call, as telephony sent it; sent again, it changes nothing. `channel` is empty where no line was told."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    source_ref = models.CharField(max_length=120)
    event = models.CharField(max_length=10, choices=CallEventKind.pairs())
    channel = models.CharField(max_length=10, choices=CallLine.pairs(), blank=True, db_default="")
    at = models.DateTimeField()
    journalled_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "intake_call_event"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_ref", "event", "at"],
                name="intake_an_event_of_a_call_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["", *CallLine]),
                name="intake_a_call_comes_on_a_line_that_is_known_or_untold",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_ref} {self.event}"


class UnitReport(models.Model):
    """
    What a unit reported, as its terminal sent it: a status code or none, a position or none; sent again, it changes nothing.

    Whether the code and the callsign mean anything is found out when it is filed: nothing a terminal says is lost.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    callsign = models.CharField(max_length=12)
    code = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    device = models.CharField(max_length=80, blank=True, db_default="")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    journalled_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "intake_unit_report"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "callsign", "code", "at", "device"],
                nulls_distinct=False,
                name="intake_a_report_of_a_unit_is_kept_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.callsign} {self.code}"


class Filing(models.Model):
    """
    The outbox row of a submission, a call event or a unit's report: the worker files each once.

    `attempts` is counted before each try, so that a row that kills the worker is counted too. A parked row is tried no more, stays
    visible with its error, and does not hold up the rows behind it.
    """

    id = models.BigAutoField(primary_key=True)
    submission = models.OneToOneField(Submission, null=True, on_delete=models.PROTECT, related_name="filing")
    call_event = models.OneToOneField(CallEvent, null=True, on_delete=models.PROTECT, related_name="filing")
    unit_report = models.OneToOneField(UnitReport, null=True, on_delete=models.PROTECT, related_name="filing")
    filed_at = models.DateTimeField(null=True)
    contact_reference = models.CharField(max_length=20, blank=True, db_default="")
    attempts = models.PositiveIntegerField(db_default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, db_default="")
    parked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(submission__isnull=False, call_event=None, unit_report=None)
                | Q(submission=None, call_event__isnull=False, unit_report=None)
                | Q(submission=None, call_event=None, unit_report__isnull=False),
                name="intake_a_filing_is_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(filed_at=None) | Q(parked_at=None),
                name="intake_what_is_filed_is_not_parked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(filed_at=None, parked_at=None),
                name="intake_filing_waiting",
            ),
            models.Index(
                fields=["parked_at"],
                condition=Q(parked_at__isnull=False),
                name="intake_filing_parked",
            ),
        ]

    def __str__(self) -> str:
        return f"filing {self.pk}"


class Conflict(models.Model):
    """Other words under a key that was used before: both are kept, and a person says what to make of them."""

    id = models.BigAutoField(primary_key=True)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="conflicts")
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    body = models.TextField()
    digest = models.BinaryField(max_length=32)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(max_length=120, blank=True, db_default="")
    resolution = models.CharField(max_length=400, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "digest"], name="intake_other_words_are_kept_once"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by="", resolution="")
                | Q(resolved_at__isnull=False, resolved_by__gt="", resolution__gt=""),
                name="intake_a_resolved_conflict_says_who_and_how",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(resolved_at=None),
                name="intake_conflict_open",
            )
        ]

    def __str__(self) -> str:
        return f"conflict {self.pk}"


class RefusalCount(models.Model):
    """How many requests of one source were refused in one hour for one cause. An unknown sender has the empty source."""

    id = models.BigAutoField(primary_key=True)
    source_code = models.CharField(max_length=60, blank=True)
    hour = models.DateTimeField()
    kind = models.CharField(max_length=40)
    count = models.BigIntegerField()

    class Meta:
        db_table = "intake_refusal_count"
        constraints = [
            models.UniqueConstraint(
                fields=["source_code", "hour", "kind"],
                name="intake_refusals_are_counted_by_the_hour",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_code} {self.kind} {self.count}"


class RefusedBody(models.Model):
    """What a registered source sent and we could not read, byte for byte (the first 256 kB): refused, but not lost."""

    id = models.BigAutoField(primary_key=True)
    source_code = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    body = models.BinaryField()

    class Meta:
        db_table = "intake_refused_body"

    def __str__(self) -> str:
        return f"{self.source_code} {self.kind}"


class ChatThread(models.Model):
    """
    A visitor's end of a chat: what opens it, how far it has come, what the visitor is told of it.

    `token_hash` is the SHA-256 of the visitor's cookie; it is empty once the visitor has left, and then nothing opens it but a return
    code, once. `seq` is the last number given to a line; it is given out under this row's lock, so that no reader can pass over a line
    that commits late. `allowance` is how many lines may follow at once.
    """

    id = models.BigAutoField(primary_key=True)
    reference = models.CharField(max_length=20, unique=True)
    token_hash = models.BinaryField(max_length=32, null=True)
    opening = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    seq = models.BigIntegerField(db_default=0)
    seen_seq = models.BigIntegerField(db_default=0)
    told = models.CharField(max_length=20, db_default="waiting")
    allowance = models.FloatField(db_default=20.0)
    counted_at = models.DateTimeField(db_default=Now())
    left_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    return_hash = models.BinaryField(max_length=32, null=True)
    return_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_chat_thread"
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], name="intake_a_cookie_opens_one_chat"),
            models.UniqueConstraint(fields=["return_hash"], name="intake_a_return_code_opens_one_chat"),
            models.CheckConstraint(
                condition=Q(return_hash=None, return_until=None)
                | Q(return_hash__isnull=False, return_until__isnull=False),
                name="intake_a_return_code_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ChatLine(models.Model):
    """
    One line of a chat, word for word. Never changed.

    `client_id` is made by whoever sends it, before the first try. `floor` is the lowest risk the visitor's words allow, found before the
    line was stored; empty where they set none. `by_ref` says who of the staff wrote it and is never shown to the visitor.
    """

    id = models.BigAutoField(primary_key=True)
    thread = models.ForeignKey(ChatThread, on_delete=models.PROTECT, related_name="lines", db_index=False)
    seq = models.BigIntegerField()
    side = models.CharField(max_length=10, choices=ChatSide.pairs())
    client_id = models.CharField(max_length=64)
    text = models.TextField()
    floor = models.CharField(max_length=10, blank=True, db_default="")
    by_ref = models.CharField(max_length=120, blank=True, db_default="")
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "intake_chat_line"
        constraints = [
            models.UniqueConstraint(fields=["thread", "seq"], name="intake_a_line_of_a_chat_has_its_place"),
            models.UniqueConstraint(
                fields=["thread", "side", "client_id"], name="intake_a_line_of_a_chat_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}:{self.seq}"


class ChatOtherWords(models.Model):
    """Other words that came under the id of a stored line: both are kept, and the operator sees both."""

    id = models.BigAutoField(primary_key=True)
    line = models.ForeignKey(ChatLine, on_delete=models.PROTECT, related_name="other_words", db_index=False)
    text = models.TextField()
    digest = models.BinaryField(max_length=32)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "intake_chat_other_words"
        constraints = [
            models.UniqueConstraint(fields=["line", "digest"], name="intake_other_words_of_a_line_are_kept_once")
        ]

    def __str__(self) -> str:
        return f"other words for {self.line_id}"


class ChatFiling(models.Model):
    """
    How far a chat has been filed: lines after `filed_seq` up to `due_seq` wait.

    A worker takes a chat for a while (`next_try_at`) rather than locking it, so that a visitor who writes never waits for the worker.
    `filed_at` is when it was last filed: of those that wait, the one that waited through the most of the worker's rounds is next.
    """

    thread = models.OneToOneField(ChatThread, primary_key=True, on_delete=models.PROTECT, related_name="filing")
    due_seq = models.BigIntegerField(db_default=0)
    filed_seq = models.BigIntegerField(db_default=0)
    filed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(db_default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, db_default="")
    parked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_chat_filing"
        constraints = [
            models.CheckConstraint(condition=Q(filed_seq__lte=F("due_seq")), name="intake_no_more_is_filed_than_came")
        ]
        indexes = [
            models.Index(
                fields=["thread"],
                condition=Q(due_seq__gt=F("filed_seq"), parked_at=None),
                name="intake_chat_filing_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"filing of chat {self.thread_id}"


class ChatPresence(models.Model):
    """
    Who is there right now? Unlogged, so that saying "still here" every few seconds costs nothing: after a crash it fills again.

    `is_streaming` says whether the visitor's page keeps a line open, so that a lost one can be noticed at all.
    """

    thread = models.OneToOneField(
        ChatThread, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="presence"
    )
    seen_at = models.DateTimeField(null=True)
    is_streaming = models.BooleanField(db_default=False)
    typing_at = models.DateTimeField(null=True)
    staff_typing_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_chat_presence"

    def __str__(self) -> str:
        return f"presence in chat {self.thread_id}"


class ChatStanding(models.Model):
    """What the public page may say of the desk: open or not, how long it takes. One row, written by the worker, never about people."""

    id = models.BigAutoField(primary_key=True)
    says = models.JSONField(default=dict)
    written_at = models.DateTimeField()

    class Meta:
        db_table = "intake_chat_standing"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="intake_chat_standing_is_one_row")]

    def __str__(self) -> str:
        return "how the chat desk stands"
