"""Who is behind a session, and does a name fit its password?"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from standfast.foundation.kernel.rows import one_of


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Passwords. A disabled account is refused in the same words as a wrong password, and its sessions end at once."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """Return the person of a session with their team in one query, or None once they are disabled."""
        people = get_user_model()._default_manager.select_related("team")
        found = one_of(people.filter(pk=user_id))
        return found if found is not None and self.user_can_authenticate(found) else None

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> None:  # noqa: ARG003 - the library's signature
        # The library would remember a disabled person and send them to a page that tells a guesser the password was right.
        return None
