"""How do the answers of the online report reach the force? As one contact of the source `website`, the person's own words first."""

import json
from collections.abc import Iterator
from datetime import datetime

from standfast.faces.public.choices import Device, Now, Reach, Topic
from standfast.faces.public.drafts import Draft
from standfast.faces.public.steps import STEPS, Answers
from standfast.foundation.intake.operations.accepting import Intake
from standfast.foundation.intake.rules.arrival import ContactArrival
from standfast.foundation.intake.rules.words import digest_of
from standfast.foundation.kernel.choices import Answer, Choice

SOURCE, CHANNEL, FORM = "website", "online", "online report 1"
CHOICES: dict[str, type[Choice]] = {"device": Device, "now": Now, "topic": Topic, "reach": Reach}

# "Only in the way I say here" is no yes: somebody has to read how.
SAFE_TO_CALL = {Reach.YES: Answer.YES.value, Reach.NO: Answer.NO.value, Reach.ONLY_SO: Answer.NOT_KNOWN.value}


def arrival_of(draft: Draft, *, intake: Intake, now: datetime) -> ContactArrival:
    """
    Return the contact a draft makes: the same draft, the same text, whenever and however often it is sent.

    :raises Unreadable: if a character in it can be neither stored nor shown
    """
    body = body_of(draft.answers)
    return ContactArrival(
        source=SOURCE,
        key=draft.key,
        reference=intake.reference_of(source=SOURCE, key=draft.key),
        channel=CHANNEL,
        received_at=now,
        body=json.dumps(body, ensure_ascii=False),
        digest=digest_of(body),
        at=now,
    )


def body_of(answers: Answers) -> dict[str, object]:
    """Return the contact as the intake contract has it, and every answer as it was asked."""
    caller = {name: answers[name] for name in ("name", "phone") if answers.get(name)}
    if answers.get("reach"):
        caller["safe_to_call"] = SAFE_TO_CALL[Reach(answers["reach"])]
    place = {"text": answers["place"]} if answers.get("place") else {}
    return {
        "channel": CHANNEL,
        "words": words_of(answers),
        "kind": label_of("topic", answers),
        "caller": caller,
        "place": place,
        "form": FORM,
        "answers": [
            {"field": name, "asked": asked, "answer": answer} for name, asked, answer in asked_and_answered(answers)
        ],
    }


def words_of(answers: Answers) -> str:
    """Return the story, and under it what whoever reads it must not miss: is it now, and how is it safe to be in touch."""
    lines = [f"{lead}: {said}." for lead, said in _must_not_miss(answers) if said]
    return "\n".join([answers.get("words", ""), "", "[Asked on the form]", *lines])


def asked_and_answered(answers: Answers) -> Iterator[tuple[str, str, str]]:
    """Yield each answer by its field, the question as it was put, and the answer as it was shown."""
    for step in STEPS.values():
        for name, field in step.form.base_fields.items():
            if answers.get(name):
                yield name, str(field.label), label_of(name, answers)


def label_of(name: str, answers: Answers) -> str:
    """Return an answer as people read it."""
    value = answers.get(name, "")
    return CHOICES[name](value).label if value and name in CHOICES else value


def _must_not_miss(answers: Answers) -> Iterator[tuple[str, str]]:
    now = {
        Now.YES: "yes: happening now, or someone is in danger",
        Now.NO: "no",
        Now.NOT_KNOWN: "not known",
    }
    yield "Now", now.get(Now(answers["now"]), "") if answers.get("now") else "not asked"
    yield "When", answers.get("time", "").rstrip(".")
    yield "This device", label_of("device", answers)
    reach = label_of("reach", answers) or "Not asked"
    yield "May we be in touch", reach
    yield "How and when", answers.get("reach_how", "").rstrip(".")
