"""What holds for every text there is?"""

from hypothesis import given, settings
from hypothesis import strategies as st

from standfast.science.detector import assessment, lexicon
from tests.detector.examples import rows

RISKS = [row["text"] for row in rows("floor_phrases.csv")] + [row["text"] for row in rows("invented_lines.csv")]
HARMLESS = [row["text"] for row in rows("injections.csv")] + [row["text"] for row in rows("hard_negatives.csv")]
LINES = st.lists(st.sampled_from(RISKS + HARMLESS), max_size=4).map("\n".join)
TEXTS = st.one_of(st.text(max_size=200), LINES, st.tuples(st.text(max_size=30), LINES).map(" ".join))


def floor_codes(found: assessment.Assessment) -> set[tuple[str, str]]:
    """Return the floors set, with the risk each demands."""
    return {(floor.code, floor.risk) for floor in found.floors}


def flagged(found: assessment.Assessment) -> set[str]:
    """Return the strands that count as flagged."""
    return {flag.strand for flag in found.flags if flag.score >= assessment.FLAGGED}


def least_attention(found: assessment.Assessment) -> float:
    """Return what no further words may take the attention below."""
    shown = assessment.SHOWN_ATTENTION if flagged(found) else 0.0
    return max((assessment.FLOOR_ATTENTION[floor.risk] for floor in found.floors), default=shown)


def assert_nothing_taken(before: assessment.Assessment, after: assessment.Assessment) -> None:
    """Assert that what was raised is still raised."""
    assert floor_codes(before) <= floor_codes(after)
    assert flagged(before) <= flagged(after)
    assert after.attention >= least_attention(before)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, risk=st.sampled_from(RISKS))
def test_adding_a_risk_takes_nothing_away(text: str, risk: str) -> None:
    before = assessment.assess_words(text)
    for longer in (f"{text}\n{risk}", f"{risk}\n{text}"):
        after = assessment.assess_words(longer)
        assert_nothing_taken(before, after)
        assert_nothing_taken(assessment.assess_words(risk), after)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, more=st.one_of(st.sampled_from(HARMLESS), st.text(max_size=100)))
def test_adding_any_words_takes_nothing_away(text: str, more: str) -> None:
    assert_nothing_taken(assessment.assess_words(text), assessment.assess_words(f"{text}\n{more}"))


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, more=st.one_of(st.sampled_from(HARMLESS), st.text(max_size=100)))
def test_by_rules_alone_adding_words_never_lowers_anything(text: str, more: str) -> None:
    rules = lexicon.newest_lexicon()
    before, after = assessment.assess_with(rules, text), assessment.assess_with(rules, f"{text}\n{more}")
    scores = assessment.strand_scores(after)
    assert all(scores[flag.strand] >= flag.score for flag in before.flags)
    assert floor_codes(before) <= floor_codes(after)


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_every_span_quotes_the_original(text: str) -> None:
    found = assessment.assess_words(text)
    causes = [flag.because for flag in found.flags] + [cue.because for cue in found.urgency]
    for span in (span for spans in [*causes, *(floor.spans for floor in found.floors)] for span in spans):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.words


@settings(max_examples=500, deadline=None)
@given(text=st.text(alphabet=st.characters(), max_size=400))
def test_no_text_is_refused(text: str) -> None:
    found = assessment.assess_words(text)
    assert 0 <= found.attention < 1
    assert all(0.01 <= flag.score < 1 for flag in found.flags)


@given(text=TEXTS)
def test_the_same_text_gets_the_same_answer(text: str) -> None:
    assert assessment.assess_words(text) == assessment.assess_words(text)
