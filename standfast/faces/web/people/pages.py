"""What do the pages about accounts show?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from standfast.foundation.people.queries import Account
from standfast.journey.triage.rules.partner import find_partner


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    """One account as a row: who, what they may do, and whether they can sign in, in words."""

    username: str
    name: str
    roles: str
    team: str
    access: str
    can_sign_in: bool


def person_row(account: Account, *, on: date) -> PersonRow:
    """Return an account as shown, its agency named as in the directory of a London day."""
    return PersonRow(
        username=account.username,
        name=account.name,
        roles=", ".join(role.label for role in account.roles) or "No role",
        team=account.team or _agency(account.partner, on=on) or "No team",
        access=_access(account),
        can_sign_in=account.active,
    )


def person_rows(accounts: Sequence[Account], *, on: date) -> list[PersonRow]:
    """Return accounts as shown, in their order."""
    return [person_row(account, on=on) for account in accounts]


def _agency(code: str, *, on: date) -> str:
    found = find_partner(code, on=on)
    return found.name if found else code


def _access(account: Account) -> str:
    if not account.active:
        return "Disabled"
    return "Can sign in" if account.has_password else "Has no password yet"
