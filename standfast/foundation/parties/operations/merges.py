"""How are two records found to be one person, and how is that taken back?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel import refs
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.parties import events, queries
from standfast.foundation.parties.models import Merge, Person
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission


class AlreadyMerged(Refusal):
    """One of the records is not free to be merged."""


class MergeIsUndone(Refusal):
    """The merge was taken back before."""


@transaction.atomic
def merge_persons(*, keep: str, merge: str, reason: str, by: Actor, now: datetime) -> Merge:
    """
    Make one record of a person point at another that is kept. Nothing is moved, so nothing of one shows as the other's own.

    :raises NotFound: if there is no such person
    :raises AlreadyMerged: if both are one record, or one of them already points elsewhere
    """
    kept, merged = _lock_both(keep, merge)
    require(by, Permission.PARTY_MERGE, kept)
    if kept.id == merged.id:
        raise AlreadyMerged("A record cannot be merged with itself.")
    for person in (kept, merged):
        if person.merged_into_id:
            raise AlreadyMerged(f"{person.reference} is already merged into another record: use the one that is kept.")
    if not reason.strip():
        raise AlreadyMerged("Say why these two records are one person.")
    done = Merge(
        reference=refs.new_reference(),
        kept=kept,
        merged=merged,
        reason=reason.strip(),
        merged_at=now,
        merged_by=by.ref,
        version_before=merged.version,
    )
    done.save(force_insert=True)
    merged.merged_into, merged.version = kept, merged.version + 1
    merged.save(update_fields=["merged_into", "version"])
    happened = events.PersonsMerged(
        about=kept.reference, merged=merged.reference, reason=done.reason, merge=done.reference
    )
    record(happened, by=by, at=now)
    return done


@transaction.atomic
def undo_merge(*, merge_ref: str, reason: str, by: Actor, now: datetime) -> Merge:
    """
    Part two records again and leave both as they were before, to the byte.

    :raises NotFound: if there is no such merge
    :raises MergeIsUndone: if it was taken back before, or no reason is given
    """
    done = queries.lock_merge(merge_ref)
    require(by, Permission.PARTY_MERGE, done)
    if done.undone_at:
        raise MergeIsUndone("This merge was taken back before.")
    if not reason.strip():
        raise MergeIsUndone("Say why these two records are not one person.")
    merged = queries.lock_person(done.merged.reference)
    merged.merged_into, merged.version = None, done.version_before
    merged.save(update_fields=["merged_into", "version"])
    done.undone_at, done.undone_by, done.undone_because = now, by.ref, reason.strip()
    done.save(update_fields=["undone_at", "undone_by", "undone_because"])
    happened = events.MergeUndone(
        about=done.kept.reference, merged=merged.reference, reason=done.undone_because, merge=done.reference
    )
    record(happened, by=by, at=now)
    return done


def _lock_both(keep: str, merge: str) -> tuple[Person, Person]:
    # Always in the same order, so that two people merging the same pair wait for each other instead of blocking both.
    locked = {reference: queries.lock_person(reference) for reference in sorted({keep, merge})}
    return locked[keep], locked[merge]
