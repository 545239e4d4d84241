"""Who gets an account, with which roles, and who loses it?"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.people import queries
from standfast.foundation.people.access import require
from standfast.foundation.people.events import AccountDisabled, AccountEnabled, RolesChanged, StaffMemberAdded
from standfast.foundation.people.models import StaffMember, Team
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import MACHINE_ROLES, Role

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,78}")


class BadUsername(Refusal):
    """A user name that cannot be used."""


class AlreadyAdded(Refusal):
    """There is an account of this name."""


class BadRoles(Refusal):
    """Roles a person cannot hold, or not together."""


class ReasonMissing(Refusal):
    """A change to an account needs a reason."""


class LastAdministrator(Refusal):
    """Nobody would be left to administer accounts."""


@dataclass(frozen=True, kw_only=True)
class NewStaffMember:
    """A person to give an account. `team` is a team's code, `partner` the code of a partner agency for its staff."""

    username: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    team: str = ""
    partner: str = ""
    email: str = ""


@transaction.atomic
def add_staff_member(*, new: NewStaffMember, by: Actor, now: datetime) -> StaffMember:
    """
    Give a person an account without a password; `invite_again` makes the code with which they set one.

    :raises BadUsername: if the user name has other than small letters, digits, dot, dash and underscore
    :raises AlreadyAdded: if the user name is taken
    :raises BadRoles: if a role is a machine's, or partner staff are given no agency or another role
    """
    require(by, Permission.PEOPLE_ADMINISTER)
    username = new.username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise BadUsername("A user name has 2 to 79 small letters, digits, dots, dashes or underscores.")
    if StaffMember.objects.filter(username=username).exists():
        raise AlreadyAdded(f"There is already an account “{username}”.")
    roles = checked_roles(new.roles, partner=new.partner)
    member = StaffMember(
        username=username,
        name=new.name.strip(),
        email=new.email,
        roles=roles,
        team=queries.get_team(new.team) if new.team else None,
        partner=new.partner,
    )
    member.set_unusable_password()
    member.save()
    record(StaffMemberAdded(about=member.username, roles=_told(roles)), by=by, at=now)
    return member


@transaction.atomic
def change_roles(*, username: str, roles: Iterable[Role], reason: str, by: Actor, now: datetime) -> StaffMember:
    """
    Change what a person may do. Their sessions end: they sign in again with the new roles.

    :raises NotFound: if there is no such account
    :raises BadRoles: if a role is a machine's, or does not fit the agency
    :raises ReasonMissing: if no reason is given
    :raises LastAdministrator: if nobody else administers accounts
    """
    member = queries.lock_member(username)
    require(by, Permission.PEOPLE_ADMINISTER)
    _require_reason(reason)
    wanted = checked_roles(roles, partner=member.partner)
    if Role.ADMINISTRATOR not in wanted:
        _keep_an_administrator(member)
    before, member.roles = member.roles, wanted
    member.save(update_fields=["roles"])
    event = RolesChanged(about=member.username, before=_told(before), after=_told(wanted), reason=reason.strip())
    record(event, by=by, at=now)
    return member


@transaction.atomic
def disable_account(*, username: str, reason: str, by: Actor, now: datetime) -> StaffMember:
    """
    End a person's access. It holds from their next request on.

    :raises NotFound: if there is no such account
    :raises ReasonMissing: if no reason is given
    :raises LastAdministrator: if nobody else administers accounts
    """
    member = queries.lock_member(username)
    require(by, Permission.PEOPLE_ADMINISTER)
    _require_reason(reason)
    _keep_an_administrator(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    record(AccountDisabled(about=member.username, reason=reason.strip()), by=by, at=now)
    return member


@transaction.atomic
def enable_account(*, username: str, reason: str, by: Actor, now: datetime) -> StaffMember:
    """
    Let a person sign in again.

    :raises NotFound: if there is no such account
    :raises ReasonMissing: if no reason is given
    """
    member = queries.lock_member(username)
    require(by, Permission.PEOPLE_ADMINISTER)
    _require_reason(reason)
    member.is_active = True
    member.save(update_fields=["is_active"])
    record(AccountEnabled(about=member.username, reason=reason.strip()), by=by, at=now)
    return member


@transaction.atomic
def add_team(*, code: str, name: str, by: Actor) -> Team:
    """Add a team, or return the one of this code."""
    require(by, Permission.PEOPLE_ADMINISTER)
    return Team.objects.get_or_create(code=code, defaults={"name": name})[0]


def checked_roles(roles: Iterable[Role], *, partner: str) -> list[str]:
    """
    Return the codes of roles a person may hold together, in the settled order.

    :raises BadRoles: if one is a machine's, or partner staff have no agency or another role
    """
    wanted = [role for role in Role if role in set(roles)]
    if MACHINE_ROLES & set(wanted):
        raise BadRoles("A machine's role cannot be given to a person.")
    if (Role.PARTNER in wanted) != bool(partner):
        raise BadRoles("Partner staff have the role “Partner agency” and an agency; nobody else has either.")
    if partner and len(wanted) > 1:
        raise BadRoles("Partner staff have no other role.")
    return [role.value for role in wanted]


def _keep_an_administrator(member: StaffMember) -> None:
    if Role.ADMINISTRATOR.value not in member.roles or not member.is_active:
        return
    others = StaffMember.objects.select_for_update().filter(is_active=True, roles__contains=[Role.ADMINISTRATOR.value])
    if not others.exclude(pk=member.pk).exists():
        raise LastAdministrator("This is the last administrator: give somebody else the role first.")


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing("Say why: the reason is kept with the change.")


def _told(roles: Iterable[str]) -> str:
    return ", ".join(Role(role).label for role in roles) or "no role"
