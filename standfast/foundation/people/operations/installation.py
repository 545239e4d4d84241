"""What kind of installation does this database belong to?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people.models import Installation, StaffMember


class AlreadyInstalled(Refusal):
    """The database was filled as the other kind."""


@transaction.atomic
def note_installation(*, demo: bool, now: datetime) -> Installation:
    """
    Write down, once, whether this database is a demonstration.

    :raises AlreadyInstalled: if it was written down as the other kind, or a demonstration is asked of a database with staff in it
    """
    found = Installation.objects.select_for_update().first()
    if found is None and demo and StaffMember.objects.exists():
        raise AlreadyInstalled("This database already has staff: a demonstration needs an empty one.")
    if found is None:
        return Installation.objects.create(id=1, demo=demo, made_at=now)
    if found.demo != demo:
        raise AlreadyInstalled(f"This database was made {'for' if found.demo else 'without'} the demonstration.")
    return found
