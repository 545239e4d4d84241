"""Do the lines that people write raise the strands they should, and everyday lines none?"""

import pytest

from standfast.science.detector import assessment, language, lexicon
from tests.detector.examples import rows


@pytest.mark.parametrize("row", rows("invented_lines.csv"), ids=lambda row: row["text"][:40])
def test_an_invented_line_is_flagged_for_its_strands(row: dict[str, str]) -> None:
    scores = assessment.strand_scores(assessment.assess_words(row["text"]))
    missed = {strand: scores.get(strand, 0) for strand in row["strands"].split() if scores.get(strand, 0) < 0.5}
    assert not missed


@pytest.mark.parametrize("row", rows("cue_lines.csv"), ids=lambda row: row["text"][:40])
def test_what_is_urgent_is_shown_with_the_words_that_say_so(row: dict[str, str]) -> None:
    cues = {cue.code: cue.because for cue in assessment.assess_words(row["text"]).urgency}
    assert row["cue"] in cues
    assert all(span.words in row["text"] for span in cues[row["cue"]])


@pytest.mark.parametrize(
    ("cue", "text"),
    [
        ("whispering", "the horse whisperer is on at the cinema"),
        ("whispering", "it is a quiet street, please ask them to keep the noise down"),
        ("locked_in", "I have locked myself out of the house"),
        ("locked_in", "we were stuck in the lift for an hour"),
        ("locked_in", "he locked the car and left it on my drive"),
        ("child_present", "children playing football in the road"),
        ("child_present", "I want to buy a baby monitor, is the seller known"),
    ],
)
def test_what_only_sounds_urgent_is_not(cue: str, text: str) -> None:
    assert cue not in {each.code for each in assessment.assess_words(text).urgency}


@pytest.mark.parametrize("row", rows("cues_not_given.csv"), ids=lambda row: row["text"][:40])
def test_what_is_denied_past_told_or_something_else_is_no_cue(row: dict[str, str]) -> None:
    assert row["cue"] not in {each.code for each in assessment.assess_words(row["text"]).urgency}


def test_what_is_past_is_no_cue_of_the_present_and_still_raises_its_strand() -> None:
    past = assessment.assess_words("he took an overdose last year")
    again = assessment.assess_words("he took an overdose last year and has taken one tonight")
    assert "suicide_means" not in {each.code for each in past.urgency}
    assert "suicide_means" in {each.code for each in again.urgency}
    assert assessment.strand_scores(past)["suicide_self_harm"] >= assessment.FLAGGED


@pytest.mark.parametrize("row", rows("hard_negatives.csv"), ids=lambda row: row["text"][:40])
def test_a_harmless_line_raises_no_flag_and_no_floor(row: dict[str, str]) -> None:
    found = assessment.assess_words(row["text"])
    assert [flag for flag in found.flags if flag.score >= assessment.FLAGGED] == []
    assert found.floors == ()


def test_every_strand_has_an_example_or_a_concept() -> None:
    concepts = lexicon.newest_lexicon().concepts.values()
    assert {strand for concept in concepts for strand in concept.raises} == set(lexicon.STRANDS)


def test_a_denial_is_shown_with_a_low_score_and_marked() -> None:
    found = assessment.assess_words("He did not hit me.")
    flag = next(flag for flag in found.flags if flag.strand == "domestic_abuse")
    assert 0.01 <= flag.score < 0.3
    assert {span.meant for span in flag.because} == {"denied"}


def test_told_and_denied_score_lower_than_said() -> None:
    said = assessment.assess_words("my husband hit me")
    denied = assessment.assess_words("my husband has never hit me")
    told = assessment.assess_words("i watched a film where a husband hit a woman")
    assert said.attention > told.attention > 0
    assert said.attention > denied.attention > 0


@pytest.mark.parametrize(
    "text",
    [
        "no he strangled me",
        "i do not think he will kill me but he might",
        "he has never strangled me before",
        "he will not stop hitting me",
        "not only did he hit me he strangled me",
        "he was in the middle of a video game and then he strangled me",
        "this is not a game he has a knife now",
    ],
)
def test_doubt_is_read_as_said(text: str) -> None:
    found = assessment.assess_words(text)
    assert found.attention > 0.3
    assert {span.meant for flag in found.flags for span in flag.because} == {"as_said"}


@pytest.mark.parametrize("text", ["", " ", "\n\n"])
def test_nothing_said_is_an_answer(text: str) -> None:
    assert assessment.assess_words(text) == assessment.Assessment((), (), 0.0, ())


@pytest.mark.parametrize("text", ["🙂🙂🙂", "????", "\x00\x01", "12345", "\ud800"])
def test_a_text_without_words_is_said_to_be_not_assessed(text: str) -> None:
    assert assessment.assess_words(text) == assessment.Assessment((), (), 0.0, (), language.NO_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "сегодня плохая погода и мне страшно",
        "他打我我很害怕",
        "mi vecino me grita todas las noches y tengo mucho miedo",
        "mój sąsiad krzyczy na mnie każdej nocy i boję się",
    ],
)
def test_another_language_is_said_and_never_lowers_attention(text: str) -> None:
    found = assessment.assess_words(text)
    assert found.note == language.OTHER_LANGUAGE
    assert found.attention >= assessment.SHOWN_ATTENTION


def test_another_language_does_not_hide_what_is_said_in_english() -> None:
    said = "he strangled me and he has a knife"
    found = assessment.assess_words(f"{said}\n" + "mój sąsiad krzyczy na mnie każdej nocy i boję się\n" * 9)
    assert {floor.code for floor in assessment.assess_words(said).floors} <= {floor.code for floor in found.floors}


@pytest.mark.parametrize(
    "text", ["crime number ea13b0ea, he picks up my sister", "ref CR/13/004512/15, his car was hit"]
)
def test_a_reference_is_no_age(text: str) -> None:
    concepts = {span.concept_id for flag in assessment.assess_words(text).flags for span in flag.because}
    assert "cse.signs" not in concepts


def test_more_evidence_ranks_above_less() -> None:
    one = assessment.assess_words("he has got a knife").attention
    two = assessment.assess_words("he has got a knife, he strangled me and the kids are upstairs").attention
    assert two > one >= assessment.FLOOR_ATTENTION["immediate"]


@pytest.mark.parametrize(
    "text",
    [
        "my great aunt ran away from a forced marriage in the fifties and we are making a film of it",
        "a colleague was mugged in london years ago and told me to ask for a free alarm",
        "my uncle was beaten by his first wife in the 1960s",
        "he absolutely battered me at darts",
        "the dentist is going to murder me for missing another slot",
    ],
)
def test_what_is_long_past_or_a_figure_of_speech_is_not_flagged(text: str) -> None:
    assert [flag for flag in assessment.assess_words(text).flags if flag.score >= assessment.FLAGGED] == []


@pytest.mark.parametrize(
    "text",
    [
        "i was raped twenty years ago",
        "years ago my uncle raped me",
        "my neighbour was beaten by her husband years ago and now he has beaten her again",
        "my friend was stabbed",
    ],
)
def test_long_past_weakens_nothing_of_ones_own_or_of_today(text: str) -> None:
    assert [flag for flag in assessment.assess_words(text).flags if flag.score >= assessment.FLAGGED]


@pytest.mark.parametrize(
    "text",
    [
        "my bike was taken from my shed last night and my neighbour has it on his camera",
        "hes parked across my drive again and i am late for my work",
        "my son lost his phone on the bus and he thinks he knows who has it, can you help him get it back please",
    ],
)
def test_an_ordinary_contact_is_not_taken_for_mental_ill_health(text: str) -> None:
    assert assessment.strand_scores(assessment.assess_words(text)).get("mental_health", 0.0) < assessment.FLAGGED


def test_words_of_mental_ill_health_are_still_flagged() -> None:
    found = assessment.assess_words("he keeps hearing voices and has stopped his medication")
    assert assessment.strand_scores(found)["mental_health"] >= assessment.FLAGGED


@pytest.mark.parametrize(
    "text", ["he has a knife ´ here", "´he has a knife", "he has a knife´", "\u00b8 he has a knife \u02dc"]
)
def test_a_letter_that_is_read_as_a_space_hides_nothing(text: str) -> None:
    found = assessment.assess_words(text)
    assert "weapon" in {floor.code for floor in found.floors}
