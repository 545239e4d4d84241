"""Who has an account here, and what is this installation?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.rows import values_of
from standfast.foundation.people.access import require
from standfast.foundation.people.models import Installation, StaffMember, Team
from standfast.foundation.people.permissions import Permission
from standfast.foundation.people.roles import Role


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as shown to who may see accounts."""

    username: str
    name: str
    roles: tuple[Role, ...]
    team: str
    partner: str
    active: bool
    has_password: bool


def list_accounts(*, by: Actor, words: str = "") -> Sequence[Account]:
    """
    Return the accounts whose name or user name holds the words, by name.

    :raises NotAllowed: if the one who asks may not see accounts
    """
    require(by, Permission.PEOPLE_READ)
    rows = StaffMember.objects.select_related("team").order_by("name", "username")
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(username__icontains=words))
    return [_shown(row) for row in rows]


def get_account(*, username: str, by: Actor) -> Account:
    """
    Return one account.

    :raises NotAllowed: if the one who asks may not see accounts
    :raises NotFound: if there is none
    """
    require(by, Permission.PEOPLE_READ)
    return _shown(_only(StaffMember.objects.select_related("team"), username))


def find_member(username: str) -> StaffMember | None:
    """Return the person of this user name, or None."""
    return StaffMember.objects.select_related("team").filter(username=username.strip().lower()).first()


def names_by_ref(refs: Iterable[str]) -> dict[str, str]:
    """Return the names of people by the reference their acts are stored under (`staff:asha`); machines have none."""
    usernames = {ref.removeprefix("staff:") for ref in refs if ref.startswith("staff:")}
    if not usernames:
        return {}
    found = values_of("SELECT username, name FROM people_staffmember WHERE username = ANY(%s)", [sorted(usernames)])
    return {f"staff:{username}": name for username, name in found}


def teams_by_ref() -> dict[str, str]:
    """Return the name of the team each person is in, by the reference their acts are stored under; those in none are left out."""
    rows = StaffMember.objects.filter(team__isnull=False).values_list("username", "team__name")
    return {f"staff:{username}": team for username, team in rows}


def list_with_role(role: Role) -> Sequence[tuple[str, str]]:
    """Return the reference and name of everybody who holds a role and may sign in, by name."""
    rows = StaffMember.objects.filter(roles__contains=[role.value], is_active=True).order_by("name")
    return [(each.as_actor().ref, each.name) for each in rows.select_related("team")]


def find_demo_member(role: Role) -> StaffMember | None:
    """Return the made-up person who holds exactly this role on a demonstration, or None."""
    if not is_demonstration():
        return None
    people = StaffMember.objects.select_related("team").filter(roles=[role.value], is_active=True)
    return people.order_by("id").first()


def list_demo_roles() -> Sequence[Role]:
    """Return the roles of which a demonstration has a person, in the settled order; none elsewhere."""
    if not is_demonstration():
        return []
    held = {tuple(roles) for roles in StaffMember.objects.filter(is_active=True).values_list("roles", flat=True)}
    return [role for role in Role if (role.value,) in held]


def is_demonstration() -> bool:
    """Say whether this database was made for the demonstration."""
    return Installation.objects.filter(demo=True).exists()


def get_team(code: str) -> Team:
    """
    Return the team of this code.

    :raises NotFound: if there is none
    """
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise NotFound(f"There is no team “{code}”.")
    return team


def list_teams() -> Sequence[tuple[str, str]]:
    """Return (code, name) of every team, by name."""
    return list(Team.objects.order_by("name").values_list("code", "name"))


def lock_member(username: str) -> StaffMember:
    """
    Return a person's row, locked for a change.

    :raises NotFound: if there is no such account
    """
    return _only(StaffMember.objects.select_for_update(), username)


def _only(rows: QuerySet[StaffMember], username: str) -> StaffMember:
    member = rows.filter(username=username.strip().lower()).first()
    if member is None:
        raise NotFound(f"There is no account “{username}”.")
    return member


def _shown(member: StaffMember) -> Account:
    return Account(
        username=member.username,
        name=member.name,
        roles=tuple(Role(role) for role in member.roles),
        team=member.team.name if member.team else "",
        partner=member.partner,
        active=member.is_active,
        has_password=member.has_usable_password(),
    )
