"""What do the pages of the chat desk show and do: the list, the conversation, replies, notes, facts, hand-over, the ends?"""

import re
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from standfast.foundation.eventlog.models import Entry
from standfast.foundation.intake.rules.chat_code import hash_of_code
from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from standfast.journey.assessment import queries as assessments
from standfast.journey.chat import operations, queries
from standfast.journey.chat.models import Fact, PrivateNote
from standfast.journey.chat.rules.fact_kind import FactKind
from tests.builders import claimed_contact
from tests.chat.steps import DANGER, Writer, answer, conversation, file_all, opened, operator, seconds
from tests.chat.steps import call as sql
from tests.entering import account, actor_of, signed_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def officer() -> Client:
    return signed_in(account(Role.CONTACT_OFFICER))


@pytest.fixture
def supervisor() -> Client:
    return signed_in(account(Role.CONTACT_SUPERVISOR))


def text(response: Any) -> str:
    return str(response.content.decode())


def address(name: str, writer: Writer) -> str:
    return reverse(f"chats:{name}", args=[writer.reference])


def mine(words: str = "Hello, can somebody help me") -> Writer:
    """A chat the officer has in hand."""
    now, by = clock.now(), actor_of(Role.CONTACT_OFFICER)
    operations.start_taking_chats(by=by, now=now)
    writer = opened(words, now=now)
    operations.claim_chat(reference=writer.reference, by=by, now=now)
    return writer


def said(client: Client, writer: Writer, words: str, **given: Any) -> Any:
    """Send a reply as the page does."""
    page = text(client.get(address("chat", writer)))
    after = re.search(r'name="after" id="after" form="form-reply" value="([\d.]+)"', page)
    assert after
    sent = {"id": token_urlsafe(16), "after": after[1], "text": words, **given}
    return client.post(address("reply", writer), sent)


def test_the_list_puts_danger_first_in_every_part(officer: Client) -> None:
    quiet, grave = mine("My bike was stolen"), mine(DANGER)
    opened("Somebody took my bin", now=clock.now() - timedelta(minutes=9))
    waiting = opened("he is outside with a knife, I am hiding", now=clock.now())
    page = text(officer.get("/chats?list=1"))
    assert page.index("My chats") < page.index(grave.reference) < page.index(quiet.reference)
    assert page.index(quiet.reference) < page.index("Waiting") < page.index(waiting.reference)
    assert "2 · load" in page
    assert page.count('class="unread"') == 4
    assert "last moved" in page


def test_opening_the_desk_opens_the_chat_in_most_danger(officer: Client) -> None:
    mine("My bike was stolen")
    grave = mine(DANGER)
    assert officer.get("/chats")["Location"] == address("chat", grave)


def test_an_empty_desk_says_what_to_do(officer: Client) -> None:
    page = text(officer.get("/chats"))
    assert "None waits." in page
    assert "press “Take chats” to begin" in page


def test_a_script_gets_the_list_alone(officer: Client) -> None:
    writer = mine()
    part = text(officer.get("/chats?list=1", headers=HTMX))
    assert "<html" not in part
    assert writer.reference in part


def test_a_reply_is_stored_and_the_visitor_reads_it(officer: Client) -> None:
    writer = mine()
    response = said(officer, writer, "I am Asha. Are you safe?")
    assert response["Location"] == address("chat", writer)
    lines = (writer.look() or {})["lines"]
    assert [line["text"] for line in lines if line["side"] == "staff"] == ["I am Asha. Are you safe?"]
    assert "You, to them" in text(officer.get(address("chat", writer)))


def test_the_same_reply_sent_twice_is_one_line(officer: Client) -> None:
    writer, name = mine(), token_urlsafe(16)
    for _ in range(2):
        officer.post(address("reply", writer), {"id": name, "after": "1.0", "text": "Once"})
    assert [line["text"] for line in (writer.look() or {})["lines"]].count("Once") == 1


def test_a_script_gets_the_new_lines_and_the_next_id(officer: Client) -> None:
    writer = mine()
    sent = {"id": "first-of-this", "after": "1.0", "text": "Where are you?"}
    part = text(officer.post(address("reply", writer), sent, headers=HTMX))
    assert "Where are you?" in part
    assert "<html" not in part
    assert 'hx-swap-oob="beforeend:#lines"' in part
    assert 'id="client-id"' in part
    assert "first-of-this" not in part


def test_a_colleagues_reply_is_shown_before_mine_is_sent_and_mine_is_kept(officer: Client) -> None:
    writer = mine()
    answer(writer, "I am on it", by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    sent = {"id": token_urlsafe(16), "after": "1.0", "text": "Half a thought"}
    response = officer.post(address("reply", writer), sent)
    assert response.status_code == 409
    page = text(response)
    assert "A colleague replied while you were typing" in page
    assert "Half a thought</textarea>" in page
    assert len([line for line in (writer.look() or {})["lines"] if line["side"] == "staff"]) == 1
    again = re.search(r'id="after" form="form-reply" value="([\d.]+)"', page)
    assert again
    officer.post(address("reply", writer), {**sent, "after": again[1]})
    assert [line["text"] for line in (writer.look() or {})["lines"]][-1] == "Half a thought"


def test_an_empty_reply_is_refused_where_it_belongs(officer: Client) -> None:
    writer = mine()
    response = said(officer, writer, "   ")
    assert response.status_code == 422
    assert "Write something first" in text(response)


def test_nobody_writes_in_a_colleagues_chat(supervisor: Client) -> None:
    writer = mine()
    page = text(supervisor.get(address("chat", writer)))
    assert 'id="form-reply"' not in page
    response = supervisor.post(address("reply", writer), {"id": "x" * 12, "after": "1.0", "text": "Hello"})
    assert response.status_code == 422
    assert "Take it first" in text(response)


def test_a_private_note_never_reaches_the_visitor(officer: Client) -> None:
    writer = mine()
    officer.post(address("note", writer), {"text": "Order in force, told the sergeant"})
    page = text(officer.get(address("chat", writer)))
    assert 'class="msg note"' in page
    assert "Private note · staff only, never sent" in page
    assert "Order in force" not in str(writer.look())


def test_a_supervisor_watches_whispers_and_takes_over(officer: Client, supervisor: Client) -> None:
    writer = mine()
    page = text(supervisor.get(address("chat", writer)))
    assert "Whisper to Contact.Officer" in page
    assert Entry.objects.filter(kind="chat.conversation.watched", about=writer.reference).count() == 1
    supervisor.post(address("whisper", writer), {"text": "Ask about the dog"})
    assert "Whisper to whoever has the chat" in text(officer.get(address("chat", writer)))
    assert "Ask about the dog" not in str(writer.look())
    assert supervisor.post(address("take_over", writer), {"reason": ""}).status_code == 422
    supervisor.post(address("take_over", writer), {"reason": "She asked for a woman"})
    assert conversation(writer).owner.username == "contact.supervisor"  # type: ignore[union-attr]


def test_an_officer_may_neither_whisper_nor_take_over(officer: Client) -> None:
    writer = mine()
    for name in ("whisper", "take_over"):
        assert officer.post(address(name, writer), {"text": "x", "reason": "x"}).status_code == 403


def test_a_ready_made_text_is_filled_in_and_ticks_its_advice_when_it_is_sent_whole(officer: Client) -> None:
    writer = mine(DANGER)
    page = text(officer.get(address("chat", writer)))
    assert 'data-shortcut="lock"' in page
    assert "reading age" in page
    assert "needs place, which is not known yet" in page
    lock = "If they may come back: lock the doors, go to a safe room or a neighbour."

    def given() -> set[str]:
        view = assessments.view_assessment(
            reference=writer.reference, by=actor_of(Role.CONTACT_OFFICER), now=clock.now()
        )
        return {entry.advice for entry in view.advice_given}

    said(officer, writer, "lock the doors", canned="CT-LOCK")
    assert given() == set()
    said(officer, writer, f"Please: {lock}", canned="CT-LOCK")
    assert given() == {"SAFE-NOW"}


def test_without_script_a_ready_made_text_is_put_into_the_box(officer: Client) -> None:
    writer = mine()
    response = officer.post(address("reply", writer), {"use": "CT-NOW", "text": "One thing:"})
    assert "One thing: Is it happening now?</textarea>" in text(response)
    assert len((writer.look() or {})["lines"]) == 1


def test_words_taken_as_facts_fill_the_contact_and_thrive_and_are_shown_where_they_stand(officer: Client) -> None:
    writer = mine("He is in the grey Astra at 3 Sowbrook Lane, he said he will kill me")
    for words, kind in (("3 Sowbrook Lane", "place"), ("he will kill me", "threat"), ("grey Astra", "vehicle")):
        officer.post(address("fact", writer), {"seq": 1, "words": words, "kind": kind})
    assert conversation(writer).contact.place_text == "3 Sowbrook Lane"
    page = text(officer.get(address("chat", writer)))
    assert '<span class="fact">grey Astra</span>' in page
    assert "Threat: “he will kill me” (their words in the chat)</textarea>" in page
    assert "3 taken from the words" in page
    assert "“he will kill me”" in text(officer.get(reverse("contact:contact", args=[writer.reference])))


def test_a_fact_fills_nothing_that_somebody_filled(officer: Client) -> None:
    writer = mine("I am Leanne, she is Jo")
    for words in ("Leanne", "Jo"):
        officer.post(address("fact", writer), {"seq": 1, "words": words, "kind": "writer"})
    assert conversation(writer).contact.caller_name == "Leanne"


def test_words_that_do_not_stand_there_are_no_fact(officer: Client) -> None:
    writer = mine("I am Leanne")
    response = officer.post(address("fact", writer), {"seq": 1, "words": "Somebody else", "kind": "writer"})
    assert response.status_code == 422
    assert not Fact.objects.exists()


def test_a_fact_taken_wrongly_is_dropped_and_stays_on_record(officer: Client) -> None:
    writer = mine("I am Leanne")
    fact = operations.take_fact(
        reference=writer.reference,
        seq=1,
        words="Leanne",
        kind=FactKind.SUSPECT,
        by=actor_of(Role.CONTACT_OFFICER),
        now=clock.now(),
    )
    officer.post(address("drop", writer), {"fact": fact.pk})
    assert queries.facts_of(reference=writer.reference) == []
    assert Fact.objects.count() == 1
    assert Entry.objects.filter(kind="chat.fact.dropped", about=writer.reference).exists()


def test_each_line_says_what_was_seen_in_it_and_a_person_accepts_or_dismisses_it(officer: Client) -> None:
    writer = mine("my husband hits me and the kids see it")
    page = text(officer.get(address("chat", writer)))
    assert "machine suggestion, because" in page
    strand = re.search(r'id="yes-1-(\w+)"', page)
    assert strand
    officer.post(reverse("contact:confirm_flag", args=[writer.reference]), {"strand": strand[1]})
    assert f'id="yes-1-{strand[1]}"' not in text(officer.get(address("chat", writer)))


def test_a_card_number_is_masked_and_shown_once_with_a_reason_that_is_logged(officer: Client) -> None:
    writer = mine("they took my card 4111 1111 1111 1111 yesterday")
    page = text(officer.get(address("chat", writer)))
    assert "4111 1111" not in page
    assert "1 part is masked" in page
    assert officer.post(address("reveal", writer), {"seq": 1, "reason": " "}).status_code == 422
    shown = officer.post(address("reveal", writer), {"seq": 1, "reason": "To tell the bank"})
    assert "4111 1111 1111 1111" in text(shown)
    logged = Entry.objects.get(kind="chat.mask.lifted", about=writer.reference)
    assert logged.facts["reason"] == "To tell the bank"
    assert "4111 1111" not in text(officer.get(address("chat", writer)))


def test_a_chat_is_offered_accepted_and_refused_with_its_summary(officer: Client, supervisor: Client) -> None:
    writer = mine()
    operations.start_taking_chats(by=actor_of(Role.CONTACT_SUPERVISOR), now=clock.now())
    offered = {"to": "contact.supervisor", "summary": "Wants to report a neighbour"}
    assert officer.post(address("offer", writer), {**offered, "summary": ""}).status_code == 422
    officer.post(address("offer", writer), offered)
    page = text(supervisor.get("/chats?list=1"))
    assert "Offered to you" in page
    supervisor.post(address("refuse", writer), {"reason": "On a 999 call"})
    assert conversation(writer).owner.username == "contact.officer"  # type: ignore[union-attr]
    officer.post(address("offer", writer), offered)
    supervisor.post(address("accept", writer))
    assert conversation(writer).owner.username == "contact.supervisor"  # type: ignore[union-attr]
    assert "Wants to report a neighbour" in text(supervisor.get(address("chat", writer)))


def test_at_the_end_of_a_shift_nothing_is_owned_by_nobody(officer: Client) -> None:
    first, second = mine(), mine("Another matter")
    refused = officer.post("/chats/stop")
    assert refused.status_code == 422
    assert "You still have 2 chats" in text(refused)
    assert officer.post("/chats/hand-over", {"summary": ""}).status_code == 422
    officer.post("/chats/hand-over", {"summary": "Both wait for my answer"})
    for writer in (first, second):
        assert conversation(writer).state == "waiting"
        assert PrivateNote.objects.filter(conversation=conversation(writer), text="Both wait for my answer").exists()
    assert "You do not take chats now" in text(officer.get("/chats"))


def test_a_chat_that_broke_off_stands_with_its_decision_clock_until_a_person_decides(officer: Client) -> None:
    writer = opened(DANGER, now=clock.now())
    writer.leave(now=clock.now())
    file_all(now=clock.now())
    page = text(officer.get("/chats?list=1"))
    assert "Broke off" in page
    assert "to decide" in page
    page = text(officer.get(address("chat", writer)))
    assert "The visitor left by “Exit this page”" in page
    assert officer.post(address("decide", writer), {"decision": "send_help", "reason": ""}).status_code == 422
    officer.post(address("decide", writer), {"decision": "send_help", "reason": "She wrote that he is in the house"})
    assert conversation(writer).state == "in_hand"


def test_a_chat_is_closed_only_when_everything_was_read(officer: Client) -> None:
    writer = mine()
    answer(writer, by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    writer.say("One more thing", now=clock.now())
    file_all(now=clock.now())
    response = officer.post(address("close", writer), {"reason": "All said", "after": "2.0"})
    assert response.status_code == 422
    assert "wrote something since" in text(response)
    officer.post(address("close", writer), {"reason": "All said", "after": "3.0"})
    page = text(officer.get(address("chat", writer)))
    assert "<b>Closed.</b> All said" in page
    assert 'id="form-reply"' not in page


def test_the_contact_and_the_chat_lead_to_each_other(officer: Client) -> None:
    writer = mine()
    contact = reverse("contact:contact", args=[writer.reference])
    assert address("chat", writer) in text(officer.get(contact))
    page = text(officer.get(address("chat", writer)))
    assert f'href="{contact}"' in page
    assert reverse("contact:grade", args=[writer.reference]) in page


def test_take_next_takes_what_stands_first(officer: Client) -> None:
    operator("asha", now=clock.now())
    opened("My bike was stolen", now=clock.now() - seconds(600))
    grave = opened(DANGER, now=clock.now())
    officer.post("/chats/take")
    assert officer.post("/chats/next")["Location"] == address("chat", grave)


def test_what_the_owner_has_seen_is_told_and_what_a_watcher_has_seen_is_not(
    officer: Client, supervisor: Client
) -> None:
    writer = mine()
    supervisor.post(address("read", writer), {"seq": 1})
    assert (writer.look() or {})["seen"] == 0
    officer.post(address("read", writer), {"seq": 1})
    assert (writer.look() or {})["seen"] == 1


def test_who_is_at_the_desk_is_noted_every_half_minute(officer: Client) -> None:
    by = actor_of(Role.CONTACT_OFFICER)
    operations.start_taking_chats(by=by, now=clock.now() - seconds(80))
    assert officer.post("/chats/here", {"by_script": "1"}).status_code == 204
    operator_row = queries.find_operator(by=by)
    assert operator_row
    assert clock.now() - operator_row.seen_at < seconds(60)


def test_the_visitors_page_is_told_of_in_words(officer: Client) -> None:
    writer = mine()
    assert "Their page was last heard of" in text(officer.get(address("there", writer), headers=HTMX))
    writer.leave(now=clock.now())
    assert "They left the page" in text(officer.get(address("there", writer), headers=HTMX))


def test_whoever_reads_contacts_reads_the_chat_and_is_offered_nothing() -> None:
    writer = mine()
    page = text(signed_in(account(Role.INSPECTOR)).get(address("chat", writer)))
    assert "Hello, can somebody help me" in page
    for act in ("form-reply", "form-private", "form-claim", "form-fact", "form-next"):
        assert f'id="{act}"' not in page


def test_the_list_asks_few_questions_however_many_wait(officer: Client) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert officer.get("/chats?list=1", headers=HTMX).status_code == 200
        return len(found)

    opened(now=clock.now())
    few = asked()
    for _ in range(8):
        opened(now=clock.now())
    assert asked() == few


def test_a_caller_goes_on_in_writing_by_a_code_and_it_is_the_same_contact(officer: Client) -> None:
    now, by = clock.now(), actor_of(Role.CONTACT_OFFICER)
    call = claimed_contact(by=by, now=now)
    code = re.search(r'class="mono">([\w-]+)</b>', text(officer.post(f"/chats/from-call/{call.reference}")))
    assert code
    writer = Writer()
    given = (hash_of_code(code[1]), writer.hash, now)
    assert sql("SELECT public_chat_come_back(%s, %s, %s)", *given)[0]
    assert not sql("SELECT public_chat_come_back(%s, %s, %s)", *given)[0]
    writer.say("it is me, I cannot talk any more", now=now)
    file_all(now=now)
    chat = queries.find_conversation(reference=call.reference)
    assert chat
    assert (chat.state, chat.owner and chat.owner.username) == ("in_hand", "contact.officer")
    assert "I cannot talk any more" in text(officer.get(reverse("contact:contact", args=[call.reference])))
    assert "I cannot talk any more" in text(officer.get(reverse("chats:chat", args=[call.reference])))


def test_only_whoever_has_the_call_moves_it_into_a_chat(supervisor: Client) -> None:
    call = claimed_contact(by=actor_of(Role.CONTACT_OFFICER), now=clock.now())
    assert supervisor.post(f"/chats/from-call/{call.reference}").status_code == 422


def test_a_chat_goes_on_by_telephone_only_where_that_is_known_to_be_safe(officer: Client) -> None:
    writer = mine()
    refused = officer.post(address("phone", writer), {"reason": "She asked", "after": "1.0"})
    assert refused.status_code == 422
    assert "whether a call is safe" in text(refused)
    safe = {"part": "caller", "caller_phone": "07700 900 123", "safe_to_call": "yes"}
    contact = reverse("contact:contact", args=[writer.reference])
    marks = dict(re.findall(r'name="(was_\w+)" value="(\w+)"', text(officer.get(contact))))
    officer.post(reverse("contact:fill", args=[writer.reference]), {**marks, **safe})
    officer.post(address("phone", writer), {"reason": "She asked, he is at work", "after": "1.0"})
    assert conversation(writer).state == "closed"
    assert "By telephone: She asked" in text(officer.get(address("chat", writer)))


def test_the_words_leave_only_in_a_way_agreed_to_in_writing(officer: Client) -> None:
    writer = mine("please send it to me, my card is 4111 1111 1111 1111")
    officer.post(address("note", writer), {"text": "Not for her eyes"})
    assert officer.post(address("transcript", writer), {"way": "email"}).status_code == 422
    assert officer.post(address("transcript", writer), {"way": "email", "seq": 99}).status_code == 422
    page = text(officer.post(address("transcript", writer), {"way": "email", "seq": 1}))
    assert "please send it to me" in page
    assert "4111 1111" not in page
    assert "Not for her eyes" not in page
    assert Entry.objects.filter(kind="chat.transcript.released", about=writer.reference).count() == 1


def test_who_can_only_tap_is_asked_what_yes_and_no_can_answer(officer: Client) -> None:
    writer = mine()
    officer.post(address("taps", writer), {"only": "yes"})
    page = text(officer.get(address("chat", writer)))
    assert "They can only tap" in page
    assert "Yes or no?" in page
    officer.post(address("taps", writer), {"only": "no"})
    assert "Yes or no?" not in text(officer.get(address("chat", writer)))
