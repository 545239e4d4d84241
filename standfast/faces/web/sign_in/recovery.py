"""How does a person see the codes that let them in without their telephone? Once, and only when they ask: looking changes nothing."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from standfast.foundation.kernel.errors import Refusal


class AlreadyShown(Refusal):
    """Recovery codes are shown once."""


def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Say how many codes are left; show them when they are asked for the first time after they were made."""
    raise_if_reauthentication_required(request, app="allauth.mfa")
    shown = _show_once(request) if request.method == "POST" else []
    found = _codes_of(request)
    page = {
        "codes": shown,
        "left": len(found.get_unused_codes()) if found else 0,
        "total": app_settings.RECOVERY_CODE_COUNT,
        "may_show": found is not None and not found.did_view,
        "may_make": found is not None,
    }
    return render(request, "mfa/recovery_codes/index.html", page)


@transaction.atomic
def _show_once(request: HttpRequest) -> list[str]:
    found = _codes_of(request, for_update=True)
    if found is None or found.did_view:
        raise AlreadyShown("These codes were shown before. Make new ones if you did not write them down.")
    found.mark_as_viewed()
    codes: list[str] = found.get_unused_codes()
    return codes


def _codes_of(request: HttpRequest, *, for_update: bool = False) -> RecoveryCodes | None:
    rows = Authenticator.objects.select_for_update() if for_update else Authenticator.objects
    row = rows.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    return row.wrap() if row else None
