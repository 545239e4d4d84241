"""Which way in does this process use? Made once, when the process starts."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from standfast.foundation.intake.operations import Intake


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
            "The intake process needs DATABASE_URL, STANDFAST_JOURNAL_DIR and STANDFAST_REFERENCE_SECRET."
        )
    return Intake(
        address=environment.database_url,
        folder=Path(environment.journal_dir),
        secret=environment.reference_secret,
    ).open()
