"""Who is behind a session, and does a name fit its password?"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from standfast.foundation.kernel.rows import find_row, read_along


class StaffBackend(AuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """Passwords. A disabled account is refused in the same words as a wrong password, and its sessions end at once."""

    def get_user(self, user_id: Any) -> AbstractBaseUser | None:
        """Return the person of a session with their team, or None once they are disabled. Asked for every page."""
        found = find_row(get_user_model(), id=user_id)
        if found is None or not self.user_can_authenticate(found):
            return None
        read_along([found], "team")
        return found

    @classmethod
    def _stash_user(cls, user: AbstractBaseUser | None) -> None:  # noqa: ARG003 - the library's signature
        # The library would remember a disabled person and send them to a page that tells a guesser the password was right.
        return None
