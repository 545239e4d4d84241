"""Which member of staff is the one who acts?"""

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotAllowed
from standfast.foundation.people.models import StaffMember


def member_of(by: Actor) -> StaffMember:
    """
    Return the account of a person who acts.

    :raises NotAllowed: if the actor is a machine, or the account is closed
    """
    member = StaffMember.objects.filter(username=by.ref.removeprefix("staff:"), is_active=True).first()
    if member is None:
        raise NotAllowed(f"{by.name} has no open account and cannot own a contact.")
    return member
