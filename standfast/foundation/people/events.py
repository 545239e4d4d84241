"""What can happen to staff accounts?"""

from dataclasses import dataclass

from standfast.foundation.eventlog.happening import Happening, Retention


@dataclass(frozen=True, kw_only=True)
class StaffMemberAdded(Happening):
    """A person was given an account."""

    kind = "people.staff.added"
    sentence = "Account {about} added with the roles {roles}"
    retention = Retention.SIX_YEARS

    about: str
    roles: str


@dataclass(frozen=True, kw_only=True)
class RolesChanged(Happening):
    """A person's roles were changed."""

    kind = "people.roles.changed"
    sentence = "Roles of {about} changed from {before} to {after}: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountDisabled(Happening):
    """A person may no longer sign in; their sessions ended."""

    kind = "people.account.disabled"
    sentence = "Account {about} disabled: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountEnabled(Happening):
    """A person may sign in again."""

    kind = "people.account.enabled"
    sentence = "Account {about} enabled: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class AccountInvited(Happening):
    """A one-time code was made with which the person sets a password; password and second factor so far are void."""

    kind = "people.account.invited"
    sentence = "One-time code made for {about}: {reason}"
    retention = Retention.SIX_YEARS

    about: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PasswordSet(Happening):
    """A person set their password."""

    kind = "people.password.set"
    sentence = "Password of {about} set"
    retention = Retention.SIX_YEARS

    about: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Happening):
    """A person signed in."""

    kind = "people.session.started"
    sentence = "{about} signed in ({method})"
    retention = Retention.SIX_YEARS

    about: str
    method: str


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Happening):
    """Somebody failed to sign in. A name that is no account's is not kept: it may be a password in the wrong field."""

    kind = "people.session.refused"
    sentence = "Sign-in as {about} refused ({step})"
    retention = Retention.SIX_YEARS

    about: str
    step: str


@dataclass(frozen=True, kw_only=True)
class SecondFactorChanged(Happening):
    """A person's second factor was added, removed, or their recovery codes were made anew."""

    kind = "people.factor.changed"
    sentence = "Second factor of {about}: {change}"
    retention = Retention.SIX_YEARS

    about: str
    change: str


@dataclass(frozen=True, kw_only=True)
class EventLogConsulted(Happening):
    """Somebody looked into the event log: what they asked for, and how many events they were shown."""

    kind = "people.eventlog.consulted"
    sentence = "Event log searched for {asked}: {shown} events shown"
    retention = Retention.SIX_YEARS

    about: str
    asked: str
    shown: int
