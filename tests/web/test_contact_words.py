"""Words that raised a contact are marked where they stand, whatever was edited since; nothing typed can become HTML."""

from hypothesis import given
from hypothesis import strategies as st

from standfast.faces.web.contact.pages import mark_of
from standfast.faces.web.contact.words import in_words, line_of, marked_words, spans_in, widest


def cause(start: int, words: str) -> dict[str, object]:
    return {"start": start, "end": start + len(words), "words": words}


def test_a_cause_is_marked_in_the_words_though_it_was_found_in_kind_and_words_together() -> None:
    kind, words = "Domestic", "he is outside again"
    start = f"{kind}. {words}".index("outside")
    assert spans_in(words=words, kind=kind, causes=[cause(start, "outside")]) == [(6, 13)]


def test_a_cause_that_moved_is_found_again_and_one_that_went_is_not_marked() -> None:
    words = "well, he is outside again"
    assert spans_in(words=words, kind="", causes=[cause(6, "outside"), cause(0, "knife")]) == [(12, 19)]


def test_a_cause_that_lay_in_the_kind_marks_nothing_else() -> None:
    assert spans_in(words="my bike went", kind="Domestic", causes=[cause(0, "Domestic")]) == []


@given(words=st.text(), kind=st.text(max_size=20), start=st.integers(0, 50), length=st.integers(0, 20))
def test_whatever_is_marked_the_words_stay_as_they_were(words: str, kind: str, start: int, length: int) -> None:
    causes = [cause(start, words[start : start + length])]
    shown = str(marked_words(words=words, kind=kind, causes=causes))
    assert shown.replace("<mark>", "").replace("</mark>", "").count("<") == 0
    for first, last in spans_in(words=words, kind=kind, causes=causes):
        assert 0 <= first < last <= len(words)


def test_a_line_is_the_first_words_else_the_kind() -> None:
    assert line_of(words="", kind="") == "Nothing typed yet"
    assert line_of(words="", kind="Noise") == "Noise"
    assert line_of(words="two\n lines", kind="") == "“two lines”"
    assert line_of(words="a " * 200, kind="Noise").endswith("…”")


def test_phrases_within_others_are_left_out() -> None:
    assert widest(["he pushed", "he pushed me", "Pushed me", "kids"]) == ["he pushed me", "kids"]
    assert in_words("he_is_here") == "He is here"


def test_marks_of_values_differ_as_the_values_do() -> None:
    values = [None, "", "None", "a", "a ", "b"]
    assert len({mark_of(value) for value in values}) == len(values)
