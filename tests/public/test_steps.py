"""Which page follows which, and what does a report say? Without a database."""

import pytest

from standfast.faces.public.choices import Device, Now, Reach, Topic
from standfast.faces.public.forms import LONGEST_WORDS, ReachPage, WordsPage
from standfast.faces.public.report import body_of, words_of
from standfast.faces.public.steps import STEPS, advice_for, back_from, first_open, may_open, path_of
from standfast.foundation.intake.rules.words import digest_of
from standfast.science.detector.assessment import FLAGGED, SHOWN_ATTENTION, assess_words
from tests.public.visitor import ANSWERS

WHOLE = {name: value for step in ANSWERS.values() for name, value in step.items()}


def names(answers: dict[str, str]) -> list[str]:
    return [step.name for step in path_of(answers)]


def test_somebody_with_time_is_asked_everything() -> None:
    assert names({"device": Device.YES}) == list(STEPS)


def test_somebody_with_a_short_time_is_asked_what_is_needed() -> None:
    assert names({"device": Device.SHORT}) == ["device", "now", "topic", "words"]
    assert first_open({"device": "short", "now": "yes", "topic": "harm", "words": "he is here"}) == "check"


@pytest.mark.parametrize("name", [*STEPS, "check"])
def test_no_page_opens_before_what_it_needs(name: str) -> None:
    assert may_open(name, {}) is (name == "device")
    assert may_open(name, WHOLE)


def test_an_empty_answer_is_an_answer() -> None:
    assert first_open({**WHOLE, "place": "", "time": "", "name": "", "phone": ""}) == "check"


def test_back_leads_along_the_path_taken() -> None:
    assert back_from("check", {"device": Device.SHORT}) == "words"
    assert back_from("check", WHOLE) == "reach"
    assert back_from("device", {}) == ""


@pytest.mark.parametrize(
    ("step", "answer", "advice"),
    [
        ("device", Device.NO, "device"),
        ("device", Device.YES, ""),
        ("now", Now.YES, "ring"),
        ("now", Now.NOT_KNOWN, "ring"),
        ("now", Now.NO, ""),
        ("topic", Topic.MONEY, "money"),
        ("topic", Topic.CANNOT_FIND, "cannot_find"),
        ("topic", Topic.ELSE, ""),
    ],
)
def test_advice_follows_the_answers_that_call_for_it(step: str, answer: str, advice: str) -> None:
    assert advice_for(step, {step: answer}) == advice


def test_the_report_keeps_the_words_first_and_says_how_it_is_safe_to_be_in_touch() -> None:
    body = body_of(WHOLE)
    words = str(body["words"])
    assert words.startswith(ANSWERS["words"]["words"])
    assert "Only in the way I say here" in words
    assert "text only, weekdays 9 to 3" in words
    assert body["caller"] == {"name": "Ann Other", "phone": "01632 960001", "safe_to_call": "not_known"}
    assert body["place"] == {"text": "12 Made Up Road"}
    assert body["kind"] == Topic.TAKEN.label


def test_the_same_answers_are_the_same_words() -> None:
    assert digest_of(body_of(WHOLE)) == digest_of(body_of(dict(reversed(WHOLE.items()))))


@pytest.mark.parametrize("device", Device)
@pytest.mark.parametrize("now", [Now.NO, Now.NOT_KNOWN])
@pytest.mark.parametrize("reach", Reach)
def test_what_the_form_adds_raises_nothing_by_itself(device: Device, now: Now, reach: Reach) -> None:
    added = words_of({"words": "My bicycle was taken", "device": device, "now": now, "reach": reach})
    found = assess_words(added)
    flagged = [flag for flag in found.flags if flag.score >= FLAGGED]
    assert (flagged, found.urgency, found.floors) == ([], (), ())
    assert found.attention < SHOWN_ATTENTION


def test_happening_now_is_seen_by_the_detector() -> None:
    found = assess_words(words_of({"words": "My bicycle was taken", "now": Now.YES}))
    assert "happening_now" in {cue.code for cue in found.urgency}


def test_characters_that_cannot_be_shown_are_left_out_and_the_words_stay() -> None:
    form = WordsPage({"words": "he\x00 came\x1b[31m\r\nback\u202e"})
    assert form.is_valid()
    assert form.cleaned_data["words"] == "he came[31m\nback\u202e"


def test_words_too_long_are_said_to_be_and_not_cut() -> None:
    form = WordsPage({"words": "a" * (LONGEST_WORDS + 1)})
    assert "20,000" in str(form.errors["words"])
    assert form["words"].value() == "a" * (LONGEST_WORDS + 1)


def test_only_in_the_way_i_say_asks_for_the_way() -> None:
    assert "reach_how" in ReachPage({"reach": Reach.ONLY_SO, "reach_how": " "}).errors
    assert ReachPage({"reach": Reach.NO}).is_valid()
