"""Does a chat always have somebody, or the queue, and a clock?"""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F

from standfast.cli.chat_filing import CHAT_FILER
from standfast.foundation.intake.models import ChatFiling
from standfast.foundation.intake.operations.chat_filing import file_waiting_chats
from standfast.foundation.obligations import queries as obligations
from standfast.foundation.people.access import WORKER
from standfast.journey.chat import operations as chat
from standfast.journey.chat import queries
from standfast.journey.chat.states import AbandonedDecision, ChatState
from tests.builders import staff
from tests.chat.steps import DANGER, Writer, answer, conversation, file_all, opened, operator, seconds

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    """The present: lines are stamped by the database's own clock."""
    return datetime.now(UTC)


def duties(writer: object) -> set[str]:
    subject = f"chat:{writer.reference}"
    return {duty.kind for duty in obligations.running_for([subject]).get(subject, [])}


def test_the_first_line_makes_a_contact_with_its_words_risk_and_clocks(now: datetime) -> None:
    writer = opened(DANGER, now=now)
    found = conversation(writer)
    assert (found.state, found.contact.channel, found.contact.risk) == (ChatState.WAITING, "chat", "immediate")
    assert found.contact.words == DANGER
    assert found.contact.first_contact_at == found.opened_at
    assert duties(writer) == {"chat_answer"}


def test_claiming_takes_the_contact_along_and_answering_meets_the_clocks(now: datetime) -> None:
    writer, asha = opened(now=now), operator(now=now)
    chat.claim_chat(reference=writer.reference, by=asha, now=now)
    assert conversation(writer).contact.owner.username == "asha"
    assert duties(writer) == {"chat_answer", "chat_reply"}
    answer(writer, by=asha, now=now)
    assert duties(writer) == set()
    lines = writer.look()["lines"]
    assert [line["text"] for line in lines] == ["Hello, can somebody help me", "I am here"]
    assert "asha" not in str(writer.look()).lower()


def test_a_line_of_risk_raises_the_contact_and_is_marked(now: datetime) -> None:
    writer, asha = opened(now=now), operator(now=now)
    chat.claim_chat(reference=writer.reference, by=asha, now=now)
    writer.say(DANGER, now=now)
    file_all(now=now)
    assert conversation(writer).contact.risk == "immediate"
    shown = queries.list_messages(conversation(writer), by=asha)
    assert any(mark.strand for line in shown for mark in line.marks)


def test_an_owner_who_goes_quiet_loses_the_chat_to_the_queue(now: datetime) -> None:
    writer, asha = opened(now=now), operator(now=now)
    chat.claim_chat(reference=writer.reference, by=asha, now=now)
    later = now + seconds(200)
    assert queries.replies_due(now=later) == [writer.reference]
    chat.return_quiet(reference=writer.reference, by=WORKER, now=later)
    found = conversation(writer)
    assert (found.state, found.owner, found.contact.state, found.times_returned) == ("waiting", None, "waiting", 1)
    assert duties(writer) == {"chat_answer"}
    assert writer.look()["told"] == "back_in_queue"


def test_an_offer_stays_with_its_owner_until_it_is_accepted(now: datetime) -> None:
    writer, asha, amir = opened(now=now), operator(now=now), operator("amir", now=now)
    chat.claim_chat(reference=writer.reference, by=asha, now=now)
    chat.offer_chat(reference=writer.reference, to="amir", summary="Neighbour, calm\nWants advice", by=asha, now=now)
    assert conversation(writer).owner.username == "asha"
    chat.refuse_chat(reference=writer.reference, reason="", by=amir, now=now)
    assert conversation(writer).state == ChatState.IN_HAND
    chat.offer_chat(reference=writer.reference, to="amir", summary="Neighbour, calm", by=asha, now=now)
    chat.expire_offer(reference=writer.reference, by=WORKER, now=now + seconds(61))
    assert conversation(writer).state == ChatState.IN_HAND
    chat.offer_chat(reference=writer.reference, to="amir", summary="Neighbour, calm", by=asha, now=now)
    chat.accept_chat(reference=writer.reference, by=amir, now=now)
    found = conversation(writer)
    assert (found.state, found.owner.username, found.contact.owner.username) == ("in_hand", "amir", "amir")


def test_exit_of_a_marked_chat_is_before_a_person_with_five_minutes(now: datetime) -> None:
    writer = opened(now=now)
    writer.say(DANGER, now=now)
    assert writer.leave(now=now)
    assert writer.look() is None
    file_all(now=now)
    found = conversation(writer)
    assert (found.state, found.broken_how) == ("abandoned", "left")
    subject = f"chat:{writer.reference}"
    (duty,) = obligations.running_for([subject])[subject]
    assert (duty.kind, (duty.due_at - duty.starts_at).total_seconds()) == ("abandoned_decision", 300)
    sana = staff("sana")
    decided = chat.decide_on_abandoned(
        reference=writer.reference, decision=AbandonedDecision.SEND_HELP, reason="Officers sent", by=sana, now=now
    )
    assert (decided.state, decided.owner.username) == ("in_hand", "sana")


def test_handing_over_leaves_nothing_to_nobody(now: datetime) -> None:
    writers, asha = [opened(now=now) for _ in range(2)], operator(now=now)
    for writer in writers:
        chat.claim_chat(reference=writer.reference, by=asha, now=now)
    with pytest.raises(chat.ChatsInHand):
        chat.stop_taking_chats(by=asha, now=now)
    assert chat.hand_over_all(summary="Shift over, both calm", by=asha, now=now) == 2
    assert all(conversation(writer).state == "waiting" and duties(writer) == {"chat_answer"} for writer in writers)
    assert queries.standing(now=now).state == "closed"
    assert sorted(queries.waiting_with_nobody(now=now)) == sorted(writer.reference for writer in writers)
    chat.tell_nobody(reference=writers[0].reference, by=WORKER, now=now)
    assert writers[0].look()["told"] == "nobody"
    assert queries.waiting_with_nobody(now=now) == [writers[1].reference]
    # Somebody is there again: nobody else is told that there is not.
    operator(now=now)
    assert queries.standing(now=now).state != "closed"
    assert queries.waiting_with_nobody(now=now) == []
    chat.tell_nobody(reference=writers[1].reference, by=WORKER, now=now)
    assert writers[1].look()["told"] != "nobody"


def test_a_chat_is_not_closed_over_words_nobody_saw(now: datetime) -> None:
    writer, asha = opened(now=now), operator(now=now)
    chat.claim_chat(reference=writer.reference, by=asha, now=now)
    seen = answer(writer, by=asha, now=now)
    writer.say("one more thing", now=now)
    with pytest.raises(chat.WroteSince):
        chat.close_chat(reference=writer.reference, reason="Advice given", after=seen, by=asha, now=now)
    file_all(now=now)
    chat.close_chat(reference=writer.reference, reason="Advice given", after=seen + 1, by=asha, now=now)
    assert writer.say("still there?", now=now)[0] == "closed"
    assert conversation(writer).contact.state == "in_hand"


def test_chats_are_filed_in_turn_whoever_goes_on_writing(now: datetime) -> None:
    writers = [opened(now=now) for _ in range(3)]

    def filed_next(minutes: int) -> list[int]:
        at = now + timedelta(minutes=minutes)
        assert file_waiting_chats(filer=CHAT_FILER, by=WORKER, now=at, limit=1) == 1
        waiting = ChatFiling.objects.filter(due_seq__gt=F("filed_seq")).values_list("thread__reference", flat=True)
        return [number for number, writer in enumerate(writers) if writer.reference not in waiting]

    for writer in writers:
        writer.say("one", now=now)
    assert filed_next(1) == [0]
    # The first writes on all the time: it waits until the others had their turn, and a new one comes before all.
    writers[0].say("two", now=now)
    assert filed_next(2) == [1]
    writers.append(Writer("new here"))
    writers[-1].open(now=now)
    assert filed_next(3) == [1, 3]
    assert filed_next(4) == [1, 2, 3]
    assert filed_next(5) == [0, 1, 2, 3]
