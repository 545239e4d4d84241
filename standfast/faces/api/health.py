"""Is this process alive, and what can it do now?"""

from django.http import HttpRequest, HttpResponse

from standfast.faces.api import gate
from standfast.faces.api.receiving import json_answer


def healthz(_: HttpRequest) -> HttpResponse:
    """Say that the process answers."""
    return json_answer({"state": "alive"}, status=200)


def readyz(_: HttpRequest) -> HttpResponse:
    """Say where contacts go now. In journal mode they are still taken, so the answer is 200."""
    journalling = gate.intake().is_journalling
    body = {
        "state": "ready",
        "database": "away" if journalling else "there",
        "contacts_go_to": "journal" if journalling else "database",
        "senders_known": gate.intake().keys.count() > 0,
    }
    return json_answer(body, status=200)
