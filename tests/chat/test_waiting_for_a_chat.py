"""Two take one chat: does the one who waits for the other see whose it has become?"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg
import pytest
from django.db import connection, transaction

from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.operations import AlreadyTaken
from tests.chat.steps import opened, operator
from tests.conftest import System

_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def system(fresh_system: Callable[[], System], speak_to: Callable[[System], None]) -> System:
    found = fresh_system()
    speak_to(found)
    return found


def while_taken(system: System, reference: str, *, look: Callable[[], object], now: datetime) -> object:
    """Return what `look` gave to somebody who began while a colleague was taking the chat, and had to wait for them."""
    taken = threading.Event()

    def take() -> None:
        try:
            with transaction.atomic():
                chat.claim_chat(reference=reference, by=operator("asha", now=now), now=now)
                taken.set()
                with psycopg.connect(system.admin_url, autocommit=True) as admin:
                    until = time.monotonic() + 20
                    while not admin.execute(_WAITS).fetchone()[0] and time.monotonic() < until:
                        time.sleep(0.02)
        finally:
            taken.set()
            connection.close()

    def wait() -> object:
        assert taken.wait(20)
        try:
            with transaction.atomic():
                return look()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        taking, waiting = both.submit(take), both.submit(wait)
        taking.result(60)
        return waiting.result(60)


def test_who_waits_for_a_chat_is_told_who_has_it(system: System, now: datetime) -> None:
    reference = opened(now=now).reference
    second = operator("amir", now=now)

    def claim() -> object:
        try:
            return chat.claim_chat(reference=reference, by=second, now=now)
        except AlreadyTaken as taken:
            return str(taken)

    assert str(while_taken(system, reference, look=claim, now=now)).startswith("Asha Handler has this chat since 14:00")


def test_a_chat_joined_to_its_owner_would_seem_to_be_nobodys(system: System, now: datetime) -> None:
    reference = opened(now=now).reference

    def joined() -> object:
        # The sabotage: the owner is read with the row, before the lock is there, and is not joined again to the row as it is afterwards.
        rows = Conversation.objects.select_for_update(of=("self",)).select_related("owner")
        return rows.get(reference=reference)

    found = while_taken(system, reference, look=joined, now=now)
    assert isinstance(found, Conversation)
    assert found.owner_id is not None
    assert found.owner is None
    other = opened(now=now).reference
    found = while_taken(system, other, look=lambda: queries.lock_conversation(other), now=now)
    assert isinstance(found, Conversation)
    assert found.owner is not None
    assert found.owner.username == "asha"
