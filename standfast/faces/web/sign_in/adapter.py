"""How does the sign-in library work here: what it says, what it remembers, how it keeps secrets?"""

import base64
import hashlib
import re
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from standfast.faces.screens.session_life import STARTED_KEY
from standfast.faces.web.sign_in.factors import ENROLLED_KEY
from standfast.faces.web.sign_in.sessions import is_recent, start_session
from standfast.foundation.kernel import clock
from standfast.foundation.people import operations

WRONG = "The user name and password do not fit together."
TOO_MANY = "Too many tries for this user name. Wait before the next one: the wait grows with each."


class SignInAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    """Sign-in by user name. Nobody signs up; every sign-in and refusal is remembered."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are added by an administrator."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer pages only."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try; one beyond the limit is refused before the password is looked at."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            operations.note_refusal(username=credentials.get("username", ""), step="limit", now=clock.now())
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Remember a wrong password, at the same cost whether or not there is such an account."""
        operations.note_refusal(username=credentials.get("username", ""), step="password", now=clock.now())

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin a session with a new id."""
        super().login(request, user)
        start_session(request, now=clock.now())

    def post_login(self, request: HttpRequest, user: Any, **hook: Any) -> HttpResponse:
        """Remember the sign-in."""
        response: HttpResponse = super().post_login(request, user, **hook)
        operations.note_sign_in(by=user.as_actor(), method="password and code or first time", now=clock.now())
        return response

    def set_password(self, user: Any, password: str) -> None:
        """Change one's own password."""
        actor = user.as_actor()
        changed = operations.set_password(username=user.username, password=password, by=actor, now=clock.now())
        user.password = changed.password

    def is_reauthentication_required(self, *, app: str, **also: Any) -> bool:
        """Ask for the password again before sensitive changes, but not of who gave it a moment ago to add their second factor."""
        request, now = context.request, clock.now()
        if getattr(request, "lacks_second_factor", False) and is_recent(request, STARTED_KEY, now=now):
            return False
        if is_recent(request, ENROLLED_KEY, now=now):
            return False
        return bool(super().is_reauthentication_required(app=app, **also))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # The library adds the host name, which the guesser chooses.
        return str(credentials.get("username", "")).strip().lower()


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Second factors: their secrets are stored encrypted under the key that signs sessions."""

    def get_totp_issuer(self) -> str:
        """Return the name an authenticator app shows."""
        return f"Standfast, {settings.FORCE_NAME}"

    def build_totp_svg(self, url: str) -> str:
        """Return the code to scan as SVG to stand inside the page: no prolog, no fixed size."""
        drawn = re.sub(r"^<\?xml.*?\?>\s*", "", super().build_totp_svg(url))
        return re.sub(r'<svg width="[^"]*" height="[^"]*"', '<svg role="img" aria-label="Code to scan"', drawn)

    def encrypt(self, text: str) -> str:
        """Return a secret as stored."""
        return _cipher(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret in clear."""
        return _cipher(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()


def _cipher(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"standfast.second-factor" + key.encode()).digest()))
