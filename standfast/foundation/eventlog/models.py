"""What is kept of each event? One row, written in the transaction of the change, never changed and never deleted."""

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now


class Xid8Field(models.Field):  # type: ignore[type-arg]
    """A PostgreSQL transaction id that never wraps."""

    def db_type(self, connection: object) -> str:
        """Return the column type."""
        return "xid8"

    def from_db_value(self, value: object, expression: object, connection: object) -> int | None:
        """Read the id as a number."""
        return None if value is None else int(str(value))

    def get_prep_value(self, value: object) -> str | None:
        """Write the id as PostgreSQL spells it."""
        return None if value is None else str(value)


class CurrentTransaction(Func):
    """The id of the transaction that writes the row."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = Xid8Field()


class Entry(models.Model):
    """
    One event.

    `at` is the application's time of the event, `stored_at` the database's (evidence), `transaction_id` what the sealer orders by:
    a sequence alone would skip rows that commit late.
    """

    id = models.BigAutoField(primary_key=True)
    transaction_id = Xid8Field(db_default=CurrentTransaction(), db_index=True)
    kind = models.CharField(max_length=80)
    about = models.CharField(max_length=80)
    journey = models.CharField(max_length=20, blank=True)
    by_ref = models.CharField(max_length=120)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["about", "id"], name="eventlog_entry_by_subject"),
            models.Index(fields=["journey", "id"], name="eventlog_entry_by_journey"),
            models.Index(fields=["by_ref", "id"], name="eventlog_entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class Seal(models.Model):
    """The place of one event in the chain. Written by the sealer only, apart from the request that made the event."""

    position = models.BigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    chain = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"seal {self.position}"


class Checkpoint(models.Model):
    """How far the sealer got: every event of a transaction below `horizon` is sealed, the newest at `position`."""

    id = models.BigAutoField(primary_key=True)
    horizon = Xid8Field()
    position = models.BigIntegerField()
    chain = models.BinaryField(max_length=32)
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"checkpoint {self.position}"
