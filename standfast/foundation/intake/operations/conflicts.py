"""How is it settled which of two texts under one key was meant?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.events import ConflictResolved
from standfast.foundation.intake.models import Conflict
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


@transaction.atomic
def resolve_conflict(*, conflict: int, resolution: str, by: Actor, now: datetime) -> None:
    """
    Write down what a person made of other words under a key that was used before. Both texts stay.

    :raises NotFound: if there is no such open conflict
    """
    require(by, Permission.CONFLICT_RESOLVE)
    rows = Conflict.objects.select_for_update(of=("self",)).select_related("submission")
    row = rows.filter(pk=conflict, resolved_at=None).first()
    if row is None:
        raise NotFound("There is no such open conflict.")
    row.resolved_at, row.resolved_by, row.resolution = now, by.ref, resolution
    row.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    reference = row.submission.reference
    resolved = ConflictResolved(about=reference, conflict=row.pk, resolution=resolution)
    record(resolved, by=by, at=now, journey=reference)
