"""What is remembered of each sign-in?"""

from datetime import datetime

from django.db import transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people import queries
from standfast.foundation.people.events import SecondFactorChanged, SignedIn, SignInRefused

NOBODY = Actor(ref="nobody", name="Nobody signed in", roles=frozenset())
UNKNOWN = "an unknown name"


@transaction.atomic
def note_sign_in(*, by: Actor, method: str, now: datetime) -> None:
    """Remember that a person signed in, and how: `password`, `password and code`, `demonstration`."""
    record(SignedIn(about=by.ref.removeprefix("staff:"), method=method), by=by, at=now)


@transaction.atomic
def note_refusal(*, username: str, step: str, now: datetime) -> None:
    """Remember that a sign-in failed at a step: `password`, `code`, `limit`. A name that is no account's is not kept."""
    known = queries.find_member(username)
    record(SignInRefused(about=known.username if known else UNKNOWN, step=step), by=NOBODY, at=now)


@transaction.atomic
def note_factor_change(*, by: Actor, change: str, now: datetime) -> None:
    """Remember that a person changed their own second factor."""
    record(SecondFactorChanged(about=by.ref.removeprefix("staff:"), change=change), by=by, at=now)
