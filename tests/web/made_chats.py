"""Which chats lie behind the pages browser tests open? Run as a program against a database; prints their references, as JSON."""

import json
import sys

import django


def main(payloads: list[str]) -> None:
    """Make chats in every state, and one whose every text is a payload, by the operations people use."""
    from datetime import timedelta

    from standfast.foundation.kernel import clock
    from standfast.foundation.people.roles import Role
    from standfast.journey.chat import operations as chat
    from standfast.journey.chat.rules.fact_kind import FactKind
    from tests.chat.steps import DANGER, Writer, answer, call, conversation, file_all, opened
    from tests.entering import actor_of

    now = clock.now()
    officer, supervisor = actor_of(Role.CONTACT_OFFICER), actor_of(Role.CONTACT_SUPERVISOR)
    for by in (officer, supervisor):
        chat.start_taking_chats(by=by, now=now)

    def mine(words: str, **opening: object) -> Writer:
        writer = Writer(words, **opening)
        writer.open(now=now)
        file_all(now=now)
        chat.claim_chat(reference=writer.reference, by=officer, now=now)
        return writer

    def add(writer: Writer, side: str, words: str, number: int) -> None:
        thread = conversation(writer).thread_id
        call("SELECT seq FROM intake_chat_add(%s, %s, %s, %s, '', '', %s)", thread, side, f"p-{number}", words, now)

    made = {"waiting": opened("My bike was taken from the shed", now=now).reference}
    # First: whoever carries a chat in danger takes no other.
    hostile = mine(payloads[0], where=payloads[-1])
    grave = mine(DANGER, device="no", where="3 Sowbrook Lane")
    answer(grave, "Are you safe?", by=officer, now=now)
    grave.say("he took my card 4111 1111 1111 1111 and my husband hits me", now=now)
    file_all(now=now)
    chat.add_private_note(reference=grave.reference, text="Order in force", by=officer, now=now)
    chat.take_fact(reference=grave.reference, seq=1, words="knife", kind=FactKind.THREAT, by=officer, now=now)
    made["grave"] = grave.reference
    left = opened(DANGER, now=now - timedelta(seconds=40))
    left.leave(now=now)
    file_all(now=now)
    made["left"] = left.reference
    for number, words in enumerate(payloads):
        add(hostile, "visitor", words, number)
        add(hostile, "staff", words, number)
    file_all(now=now)
    for words in payloads[:10]:
        chat.add_private_note(reference=hostile.reference, text=words, by=officer, now=now)
    for seq, words in enumerate(payloads[:10]):
        said = {"reference": hostile.reference, "seq": 2 + 2 * seq, "words": words}
        chat.take_fact(**said, kind=FactKind.WRITER, by=officer, now=now)
    made["hostile"] = hostile.reference
    print(json.dumps(made))  # noqa: T201 - read by the tests


if __name__ == "__main__":
    django.setup()
    main(json.load(sys.stdin))
