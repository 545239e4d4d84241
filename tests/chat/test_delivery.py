"""DEL2, DEL3 and DEL5: no line is lost, doubled or mixed up, whoever is there and however often it is sent."""

import contextlib
import queue
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import WORKER
from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries
from standfast.journey.chat.models import Conversation
from standfast.journey.chat.states import ChatState
from tests.chat.steps import Writer, answer, call, conversation, file_all, opened, operator, seconds
from tests.conftest import System

MANY = 1_000
COUNTED = "UPDATE public.intake_chat_thread SET allowance = allowed - 1, counted_at = moment WHERE id = standing.id;"
HEARD = "UPDATE public.intake_chat_presence SET seen_at = moment, typing_at = NULL WHERE thread_id = standing.id;"
GIVEN_OUT = "UPDATE public.intake_chat_thread t SET"
WEAKENED = {
    "intake_chat_add": {"FOR UPDATE": "", GIVEN_OUT: f"PERFORM pg_sleep(0.05); {GIVEN_OUT}"},
    "public_chat_say": {"FOR UPDATE": "", COUNTED: "", HEARD: ""},
}
SENT = "SELECT outcome, seq FROM public_chat_say(%s, %s, %s, '', now())"


@pytest.fixture
def now() -> datetime:
    """The present: lines are stamped by the database's own clock."""
    return datetime.now(UTC)


@pytest.mark.django_db
def test_first_lines_with_nobody_there_are_stored_queued_timed_and_told_what_to_do(now: datetime) -> None:
    night = datetime(now.year, now.month, now.day, 3, 0, tzinfo=UTC)
    writers = [Writer(f"line of {number}") for number in range(MANY)]
    for writer in writers:
        assert writer.open(now=night)[0] == "stored"
    file_all(now=now)
    for reference in [writer.reference for writer in writers]:
        chat.tell_nobody(reference=reference, by=WORKER, now=now)
    assert Conversation.objects.filter(state=ChatState.WAITING).count() == MANY
    duties = obligations.running_for(f"chat:{writer.reference}" for writer in writers)
    assert all([duty.kind for duty in each] == ["chat_answer"] for each in duties.values())
    assert len(duties) == MANY
    for number, writer in enumerate(writers):
        seen = writer.look()
        assert seen is not None
        first, told = seen["lines"]
        assert (first["text"], told["side"]) == (f"line of {number}", "notice")
        assert "999" in told["text"]


@pytest.mark.django_db
def test_all_staff_gone_in_the_middle_leaves_a_queue_a_clock_and_an_honest_word(now: datetime) -> None:
    asha = operator(now=now)
    writers = [opened(now=now) for _ in range(3)]
    for writer in writers:
        chat.claim_chat(reference=writer.reference, by=asha, now=now)
        answer(writer, by=asha, now=now)
    # The operator's computer dies: nobody says that they are at the desk any more.
    later = now + seconds(100)
    chat.release_gone(username="asha", by=WORKER, now=later)
    for writer in writers:
        found = conversation(writer)
        assert (found.state, found.owner) == (ChatState.WAITING, None)
        writer.say("hello?", now=later)
    file_all(now=later)
    for writer in writers:
        chat.tell_nobody(reference=writer.reference, by=WORKER, now=later)
        seen = writer.look()
        assert seen is not None
        assert seen["told"] == "nobody"
        assert [duty.kind for duty in obligations.running_for([f"chat:{writer.reference}"]).popitem()[1]] == [
            "chat_answer"
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("after", [timedelta(0), timedelta(minutes=1), timedelta(days=30)], ids=str)
def test_the_same_line_again_is_the_same_line(now: datetime, after: timedelta) -> None:
    writer = opened(now=now)
    first = writer.say("once", client_id="line-one", now=now)
    file_all(now=now)
    again = writer.say("once", client_id="line-one", now=now + after)
    assert (first[0], again[0]) == ("stored", "again")
    assert first[1:3] == again[1:3]
    assert call("SELECT count(*) FROM intake_chat_line WHERE client_id = 'line-one'") == (1,)


@pytest.mark.django_db
def test_other_words_under_the_same_id_are_both_kept_and_seen_by_the_operator(now: datetime) -> None:
    writer, asha = opened(now=now), operator(now=now)
    writer.say("he has gone", client_id="line-one", now=now)
    assert writer.say("he is here", client_id="line-one", now=now)[0] == "conflict"
    assert writer.say("he is here", client_id="line-one", now=now)[0] == "conflict"
    file_all(now=now)
    shown = queries.list_messages(conversation(writer), by=asha)
    assert [line.other_words for line in shown if line.text == "he has gone"] == [("he is here",)]


def test_two_senders_with_the_same_id_at_once_have_one_line_each(fresh_system: Callable[[], System]) -> None:
    system = fresh_system()
    hashes = [bytes([number]) * 32 for number in (1, 2)]
    with psycopg.connect(system.urls["public"], autocommit=True) as public:
        for number, hash_ in enumerate(hashes):
            public.execute(
                "SELECT public_chat_open(%s, 'first', %s, '{}', 'hello', '', now())", [hash_, f"REF-{number}"]
            )
    outcomes = at_once(
        system, [(hashes[number % 2], "same-id", f"words of {number % 2}") for number in range(2 * MANY)]
    )
    assert sorted(outcomes) == ["again"] * (2 * MANY - 2) + ["stored"] * 2
    assert ask(system, "SELECT text FROM intake_chat_line WHERE client_id = 'same-id' ORDER BY 1") == [
        ("words of 0",),
        ("words of 1",),
    ]


def test_without_the_unique_key_the_same_test_finds_doubles(fresh_system: Callable[[], System]) -> None:
    """The control: a line that is looked for and then added, without the lock and the key, is added twice."""
    system = fresh_system()
    with psycopg.connect(system.urls["migrator"], autocommit=True) as owner:
        owner.execute("ALTER TABLE intake_chat_line DROP CONSTRAINT intake_a_line_of_a_chat_is_kept_once")
        owner.execute("ALTER TABLE intake_chat_line DROP CONSTRAINT intake_a_line_of_a_chat_has_its_place")
        for name, changes in WEAKENED.items():
            (body,) = owner.execute(f"SELECT pg_get_functiondef('{name}'::regproc)".encode()).fetchone() or ("",)
            for before, after in changes.items():
                assert before in body
                body = body.replace(before, after)
            owner.execute(body.encode())
        hash_ = bytes([7]) * 32
        owner.execute("SELECT public_chat_open(%s, 'first', 'REF', '{}', 'hello', '', now())", [hash_])
    at_once(system, [(hash_, "same-id", "words")] * 40)
    ((count,),) = ask(system, "SELECT count(*) FROM intake_chat_line WHERE client_id = 'same-id'")
    assert count > 1


def test_places_are_given_out_without_a_gap_however_many_write_at_once(fresh_system: Callable[[], System]) -> None:
    system = fresh_system()
    with psycopg.connect(system.urls["migrator"], autocommit=True) as owner:
        owner.execute("SELECT public_chat_open(%s, 'first', 'REF', '{}', 'hello', '', now())", [bytes([9]) * 32])
        owner.execute("UPDATE intake_chat_thread SET allowance = 1e9")

    def write(number: int) -> None:
        with psycopg.connect(system.urls["worker"], autocommit=True) as staff:
            for each in range(20):
                staff.execute("SELECT intake_chat_add(1, 'staff', %s, 'x', '', 'staff:t', now())", [f"{number}-{each}"])

    ((thread,),) = ask(system, "SELECT id FROM intake_chat_thread")
    assert thread == 1
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    ((count, last),) = ask(system, "SELECT count(*), max(seq) FROM intake_chat_line")
    assert (count, last) == (161, 161)


def at_once(system: System, lines: list[tuple[bytes, str, str]]) -> list[str]:
    """Send lines over eight connections at once and return what became of each."""
    free: queue.SimpleQueue[psycopg.Connection[Any]] = queue.SimpleQueue()

    def send(line: tuple[bytes, str, str]) -> str:
        public = free.get()
        try:
            return str((public.execute(SENT, line).fetchone() or ("",))[0])
        finally:
            free.put(public)

    with contextlib.ExitStack() as stack, ThreadPoolExecutor(8) as pool:
        for _ in range(8):
            free.put(stack.enter_context(psycopg.connect(system.urls["public"], autocommit=True)))
        return list(pool.map(send, lines))


def ask(system: System, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(system.urls["migrator"], autocommit=True) as owner:
        return owner.execute(query.encode()).fetchall()
