"""
Where are sessions kept? In the database, as the framework's own store keeps them.

Each request of somebody signed in reads one, so that question is not put together anew each time (docs/decisions/0010).
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from standfast.foundation.kernel.rows import rows_of

_STANDING = "SELECT {columns} FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """The framework's store in the database, with its reading by a kept statement."""

    def _get_session_from_db(self) -> Session | None:
        # By the clock the framework ended it by, which no test moves.
        found = rows_of(Session, _STANDING, [self.session_key, timezone.now()])
        if not found:
            # As the framework's does: a key that nobody was given, or that is over, is never taken on.
            self._session_key = None
            return None
        return found[0]
