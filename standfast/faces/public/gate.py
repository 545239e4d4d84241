"""Which way in does the public process use? Made once, when the process starts."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from standfast.faces.public.chats import Chats
from standfast.faces.public.drafts import Drafts
from standfast.foundation.intake.operations.accepting import Intake

# A journal of its own: the log-in that brings it in may send as the website only.
FOLDER = "public"


@lru_cache(maxsize=1)
def intake() -> Intake:
    """
    Return the intake of this process, open.

    :raises ImproperlyConfigured: if one of the three settings it stands on is missing
    :raises JournalUnwritable: if the journal's folder cannot be written: the process must not start without it
    """
    environment = settings.ENVIRONMENT
    if not (environment.database_url and environment.journal_dir and environment.reference_secret):
        raise ImproperlyConfigured(
            "The public process needs DATABASE_URL, STANDFAST_JOURNAL_DIR and STANDFAST_REFERENCE_SECRET."
        )
    return Intake(
        address=environment.database_url,
        folder=Path(environment.journal_dir) / FOLDER,
        secret=environment.reference_secret,
        door="public",
    ).open()


@lru_cache(maxsize=1)
def drafts() -> Drafts:
    """Return the drafts of this process."""
    return Drafts(address=settings.ENVIRONMENT.database_url, secret=settings.ENVIRONMENT.reference_secret)


@lru_cache(maxsize=1)
def chats() -> Chats:
    """Return the chats of this process."""
    return Chats(address=settings.ENVIRONMENT.database_url)
