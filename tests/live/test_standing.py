"""Which sessions may go on listening? What they note of themselves decides, by the clock of the program."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from standfast.faces.live.standing import standing_sessions
from standfast.faces.screens.session_life import ABSOLUTE, DEMO_KEY, IDLE, SEEN_KEY, STARTED_KEY
from standfast.foundation.people.models import StaffMember
from tests.builders import staff

pytestmark = pytest.mark.django_db
# The computer's clock says today; the program's may be days ahead of it, as in a demonstration that begins on a Monday.
AHEAD = datetime.now(UTC) + timedelta(days=3)


def session_of(person: StaffMember, *, started: datetime, seen: datetime) -> str:
    kept = SessionStore()
    kept.update(
        {
            SESSION_KEY: str(person.pk),
            HASH_SESSION_KEY: person.get_session_auth_hash(),
            DEMO_KEY: True,
            STARTED_KEY: started.timestamp(),
            SEEN_KEY: seen.timestamp(),
        }
    )
    kept.create()
    return str(kept.session_key)


def test_a_session_stands_by_the_clock_of_the_program() -> None:
    staff("asha")
    person = StaffMember.objects.get(username="asha")
    standing = session_of(person, started=AHEAD, seen=AHEAD)
    idle = session_of(person, started=AHEAD, seen=AHEAD - IDLE - timedelta(seconds=1))
    old = session_of(person, started=AHEAD - ABSOLUTE - timedelta(seconds=1), seen=AHEAD)
    assert standing_sessions([standing, idle, old, "unknown"], now=AHEAD) == {standing}
