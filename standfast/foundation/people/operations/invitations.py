"""How does a person get their first password, or a new one after losing everything? With a one-time code, never by an administrator."""

import hashlib
import hmac
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.refs import new_reference, normalise
from standfast.foundation.people import queries
from standfast.foundation.people.access import require
from standfast.foundation.people.events import AccountInvited, PasswordSet
from standfast.foundation.people.models import Invitation, StaffMember
from standfast.foundation.people.permissions import Permission

VALID_FOR = timedelta(days=3)
NO_CODE = "0" * 64


class BadCode(Refusal):
    """A code that does not open this account: wrong, used, replaced or too old. It is not said which."""


class WeakPassword(Refusal):
    """A password that would be guessed."""


@transaction.atomic
def invite_again(*, username: str, reason: str, by: Actor, now: datetime) -> str:
    """
    Make a one-time code for a person and return it; it is shown once and lasts three days.

    Their password and second factor so far stop working, so a lost telephone is answered by starting again, not by a weaker way in.

    :raises NotFound: if there is no such account
    :raises Refusal: if no reason is given
    """
    member = queries.lock_member(username)
    require(by, Permission.PEOPLE_ADMINISTER)
    if not reason.strip():
        raise Refusal("Say why: the reason is kept with the code.")
    Invitation.objects.filter(member=member, used_at=None).update(used_at=now)
    Authenticator.objects.filter(user=member).delete()
    member.set_unusable_password()
    member.save(update_fields=["password"])
    code = new_reference()
    Invitation.objects.create(member=member, code_hash=_hash(code), made_at=now, ends_at=now + VALID_FOR)
    record(AccountInvited(about=member.username, reason=reason.strip()), by=by, at=now)
    return code


@transaction.atomic
def accept_invitation(*, username: str, code: str, password: str, now: datetime) -> StaffMember:
    """
    Set the password of the person who holds the one-time code. They are not signed in by it.

    :raises BadCode: if the code does not open this account
    :raises WeakPassword: if the password would be guessed; the code stays good
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("member")
        .filter(member__username=username.strip().lower(), member__is_active=True, used_at=None, ends_at__gt=now)
        .first()
    )
    # Compared even where there is none, so that an unknown name takes as long as a wrong code.
    fits = hmac.compare_digest(invitation.code_hash if invitation else NO_CODE, _hash(code))
    if invitation is None or not fits:
        raise BadCode("The user name and code do not fit together, or the code was used or is over three days old.")
    member = invitation.member
    _give_password(member, password)
    invitation.used_at = now
    invitation.save(update_fields=["used_at"])
    record(PasswordSet(about=member.username), by=member.as_actor(), at=now)
    return member


@transaction.atomic
def set_password(*, username: str, password: str, by: Actor, now: datetime) -> StaffMember:
    """
    Set one's own password, or that of the first account at the server's terminal.

    :raises NotAllowed: if it is another person's and the one who acts may not administer accounts
    :raises WeakPassword: if the password would be guessed
    """
    member = queries.lock_member(username)
    if by.ref != member.as_actor().ref:
        require(by, Permission.PEOPLE_ADMINISTER)
    _give_password(member, password)
    record(PasswordSet(about=member.username), by=by, at=now)
    return member


def _give_password(member: StaffMember, password: str) -> None:
    try:
        validate_password(password, member)
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages)) from None
    member.set_password(password)
    member.save(update_fields=["password"])


def _hash(code: str) -> str:
    return hashlib.sha256(normalise(code).encode()).hexdigest()
