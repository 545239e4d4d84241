"""Which of these sessions may still listen? Asked every few seconds for all at once, so that a change of rights cuts streams off."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.models import Session
from django.utils.crypto import constant_time_compare

from standfast.faces.screens.session_life import DEMO_KEY, why_over
from standfast.foundation.people.access import may
from standfast.foundation.people.permissions import Permission


def standing_sessions(keys: Collection[str], *, now: datetime) -> frozenset[str]:
    """
    Return those of these session keys that are signed in, not over, and whose person may read contacts.

    Three questions to the database, whatever their number: sessions, people, second factors.
    """
    # Their own notes say when they end. The column of that name is by the computer's clock, which need not be the program's.
    rows = Session.objects.filter(session_key__in=list(keys))
    found = {row.session_key: row.get_decoded() for row in rows}
    ids = {str(data.get(SESSION_KEY, "")) for data in found.values()} - {""}
    people = get_user_model()._default_manager.select_related("team").filter(pk__in=ids, is_active=True)
    by_id = {str(person.pk): person for person in people}
    enrolled = set(Authenticator.objects.filter(user__in=ids, type="totp").values_list("user_id", flat=True))
    return frozenset(
        key
        for key, data in found.items()
        if _stands(data, by_id.get(str(data.get(SESSION_KEY, ""))), enrolled=enrolled, now=now)
    )


def _stands(data: Mapping[str, Any], person: Any, *, enrolled: Collection[int], now: datetime) -> bool:
    if person is None or why_over(data, now=now):
        return False
    if person.pk not in enrolled and not data.get(DEMO_KEY):
        return False
    same = constant_time_compare(str(data.get(HASH_SESSION_KEY, "")), person.get_session_auth_hash())
    return same and may(person.as_actor(), Permission.CONTACT_READ)
