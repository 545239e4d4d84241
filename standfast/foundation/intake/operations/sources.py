"""How does a sender get its key, and lose it? The key is shown once: only its hash is kept."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from standfast.foundation.eventlog.operations import record
from standfast.foundation.intake.events import (
    SourceKeyRenewed,
    SourceRegistered,
    SourceStopped,
)
from standfast.foundation.intake.models import Source
from standfast.foundation.intake.operations.key_ring import hash_of_key
from standfast.foundation.intake.rules.intake_channel import IntakeChannel
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import NotFound, Refusal
from standfast.foundation.people.access import require
from standfast.foundation.people.permissions import Permission

KEY_BYTES = 32


class SourceIsRegistered(Refusal):
    """A source of this code is there already."""


@dataclass(frozen=True, kw_only=True)
class NewSource:
    """A sender to be registered: `rate_per_minute` counts contacts of every channel but 999, which is never refused."""

    code: str
    name: str
    channels: Sequence[IntakeChannel] = tuple(IntakeChannel)
    rate_per_minute: int = 600


@transaction.atomic
def register_source(*, new: NewSource, by: Actor, now: datetime) -> str:
    """
    Register a sender and return its key, which nobody can be shown again.

    :raises SourceIsRegistered: if the code is taken
    """
    require(by, Permission.SOURCE_ADMINISTER)
    key = _new_key()
    source = Source(
        code=new.code,
        name=new.name,
        key_hash=hash_of_key(key),
        channels=[channel.value for channel in new.channels],
        rate_per_minute=new.rate_per_minute,
        made_at=now,
    )
    try:
        with transaction.atomic():
            source.save(force_insert=True)
    except IntegrityError:
        raise SourceIsRegistered(f"A source called “{new.code}” is registered already.") from None
    registered = SourceRegistered(
        about=new.code,
        channels=", ".join(source.channels),
        rate_per_minute=new.rate_per_minute,
    )
    record(registered, by=by, at=now)
    return key


@transaction.atomic
def renew_key(*, code: str, reason: str, by: Actor, now: datetime) -> str:
    """
    Give a source a new key and return it; the old one is refused within seconds. A stopped source is started again.

    :raises NotFound: if there is no such source
    """
    require(by, Permission.SOURCE_ADMINISTER)
    source, key = _locked(code), _new_key()
    source.key_hash, source.active = hash_of_key(key), True
    source.save(update_fields=["key_hash", "active"])
    record(SourceKeyRenewed(about=code, reason=reason), by=by, at=now)
    return key


@transaction.atomic
def stop_source(*, code: str, reason: str, by: Actor, now: datetime) -> None:
    """
    Refuse a source's key from now on. What it sent stays.

    :raises NotFound: if there is no such source
    """
    require(by, Permission.SOURCE_ADMINISTER)
    source = _locked(code)
    source.active = False
    source.save(update_fields=["active"])
    record(SourceStopped(about=code, reason=reason), by=by, at=now)


def _locked(code: str) -> Source:
    source = Source.objects.select_for_update().filter(code=code).first()
    if source is None:
        raise NotFound(f"There is no source called “{code}”.")
    return source


def _new_key() -> str:
    return f"sfk_{secrets.token_urlsafe(KEY_BYTES)}"
