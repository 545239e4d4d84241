"""Does this person still have to show, or to add, a second factor?"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest

from standfast.faces.screens.session_life import DEMO_KEY

ENROLLED_KEY = "enrolled_at"


def lacks_second_factor(request: HttpRequest, member: Any) -> bool:
    """Say whether a second factor must be added first. One-click people of a demonstration have none."""
    if request.session.get(DEMO_KEY):
        return False
    return not is_mfa_enabled(member, [Authenticator.Type.TOTP])
