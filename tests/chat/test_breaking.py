"""SUR8: exit, silence, a lost link and an announced end are before a person in time, and never lead to a call by themselves."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.obligations import queries as obligations
from standfast.journey.chat import operations as chat
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.states import ChatState
from standfast.schedule import JOBS
from tests.chat.steps import DANGER, Writer, answer, call, conversation, file_all, opened, operator, seconds

pytestmark = pytest.mark.django_db
MANY = 1_000
WATCH = {"notice lost links of chats", "notice silent chats", "notice visitors who are back"}
KINDS = {
    "left": "chat.visitor.left",
    "silence": "chat.visitor.silent",
    "lost_link": "chat.visitor.link_lost",
    "end_phrase": "chat.visitor.end_announced",
}


@pytest.fixture
def now() -> datetime:
    """The present: lines are stamped by the database's own clock."""
    return datetime.now(UTC)


def watch(*, now: datetime) -> None:
    """Run the jobs that notice chats that break off, as the worker does."""
    for job in JOBS:
        if job.name in WATCH:
            for reference in job.due(now):
                job.operation(reference, now)


def hear_last(writer: Writer, *, at: datetime) -> None:
    """Let the visitor's page have been heard of last at an instant."""
    call("SELECT count(*) FROM public_chat_beat(%s)", [writer.hash])
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE intake_chat_presence SET seen_at = %s WHERE thread_id = (SELECT id FROM intake_chat_thread WHERE reference = %s)",
            [at, writer.reference],
        )


def decision_of(reference: str) -> tuple[str, float]:
    subject = f"chat:{reference}"
    (duty,) = obligations.running_for([subject])[subject]
    return duty.kind, (duty.due_at - duty.starts_at).total_seconds()


@pytest.mark.parametrize("marker_is_last", [False, True], ids=["marked before", "marked by the last line"])
def test_each_way_is_on_the_abandoned_queue_within_a_minute(now: datetime, marker_is_last: bool) -> None:  # noqa: FBT001
    amir = operator("amir", now=now)
    writers = {how: opened("hello" if marker_is_last else DANGER, now=now) for how in KINDS}
    if marker_is_last:
        for writer in writers.values():
            writer.say(DANGER, now=now)
    chat.claim_chat(reference=writers["silence"].reference, by=amir, now=now)
    file_all(now=now)
    answer(writers["silence"], by=amir, now=now)
    writers["left"].leave(now=now)
    writers["end_phrase"].say("gtg he's coming", now=now)
    hear_last(writers["lost_link"], at=now)
    file_all(now=now)
    assert conversation(writers["lost_link"]).state == ChatState.WAITING
    watch(now=now + seconds(60))
    for how, writer in writers.items():
        found = conversation(writer)
        assert (found.state, found.broken_how) == (ChatState.ABANDONED, how)
        assert decision_of(writer.reference) == ("abandoned_decision", 300)
        kinds = set(Entry.objects.filter(about=writer.reference).values_list("kind", flat=True))
        assert kinds & set(KINDS.values()) == {KINDS[how]}, "three different events"
        # Nobody is rung, written to or otherwise reached for: nothing was said after the visitor's last sign.
        assert not any("contact_back" in kind or "call" in kind.split(".")[-1] for kind in kinds)


def test_an_ordinary_chat_is_left_alone_for_longer(now: datetime) -> None:
    writer = opened(now=now)
    hear_last(writer, at=now)
    watch(now=now + seconds(60))
    assert conversation(writer).state == ChatState.WAITING
    watch(now=now + seconds(301))
    assert conversation(writer).broken_how == "lost_link"
    assert decision_of(writer.reference) == ("abandoned_decision", 1800)


def test_a_page_that_is_there_again_and_a_visitor_who_writes_again_go_on(now: datetime) -> None:
    writer = opened(DANGER, now=now)
    hear_last(writer, at=now)
    watch(now=now + seconds(40))
    assert conversation(writer).state == ChatState.ABANDONED
    hear_last(writer, at=now + seconds(50))
    watch(now=now + seconds(51))
    assert conversation(writer).state == ChatState.WAITING
    hear_last(writer, at=now)
    watch(now=now + seconds(90))
    writer.say("I am still here", now=now)
    file_all(now=now + seconds(91))
    assert conversation(writer).state == ChatState.WAITING
    assert "chat.visitor.came_back" in set(Entry.objects.filter(about=writer.reference).values_list("kind", flat=True))


def test_every_one_of_many(now: datetime) -> None:
    """Half leave, half are lost. Before the watch has run, the lost ones are unnoticed: it is the watch that finds them."""
    writers = [Writer(DANGER) for _ in range(MANY)]
    for number, writer in enumerate(writers):
        writer.open(now=now)
        if number % 2:
            writer.leave(now=now)
        else:
            hear_last(writer, at=now)
    file_all(now=now)
    of_these = Conversation.objects.filter(reference__in=[writer.reference for writer in writers])
    assert of_these.filter(state=ChatState.ABANDONED).count() == MANY // 2
    watch(now=now + seconds(60))
    assert of_these.filter(state=ChatState.ABANDONED).count() == MANY
