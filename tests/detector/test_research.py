"""Is a model for research read back as it was written, and is anything else refused?"""

from pathlib import Path

import pytest

from standfast.science.detector.assessment import Assessment, strand_scores
from standfast.science.detector.evidence import read_text
from standfast.science.detector.learning.shares import Labelled, read_own
from standfast.science.detector.lexicon import newest_lexicon

ABUSE = "he hit me and he checks my phone every night"


def made_up() -> list[Labelled]:
    """Return our own contacts, in the places of the labelled sets."""
    own = read_own()
    found = []
    for source in ("dreaddit", "sdcnl", "abuse_posts"):
        for each in own:
            topic = "domesticviolence" if "domestic_abuse" in each.topic else "depression"
            found.append(Labelled(each.text, source, topic, each.label, each.group))
    return found


def test_a_model_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import research

    texts = made_up()
    lexicon = newest_lexicon()
    model = research.train(texts, [read_text(lexicon, each.text) for each in texts], encoders={})
    research.write_model(model, tmp_path / "model.npz")
    again = research.read_model(tmp_path / "model.npz")
    request = "what time does the front desk open on saturday"
    for text in (ABUSE, request, "", "🙂"):
        assert again.assess_words(text) == model.assess_words(text)
    assert again.assess_words(ABUSE).attention > again.assess_words(request).attention
    assert again.assess_words("he strangled me").attention >= 0.8


def test_encoders_take_part_and_are_missed_where_they_are_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import packaged, research

    both = packaged.packaged_encoders()
    if len(both) < 2:
        pytest.skip("the encoders are not installed (extra: research)")
    light = {packaged.MINILM.name: both[packaged.MINILM.name]}
    texts, lexicon = made_up()[::40], newest_lexicon()
    readings = [read_text(lexicon, each.text) for each in texts]
    trained = {len(each): research.train(texts, readings, encoders=each) for each in ({}, light, both)}
    for number, model in trained.items():
        research.write_model(model, tmp_path / f"{number}.npz")
        assert research.read_model(tmp_path / f"{number}.npz").assess_words(ABUSE) == model.assess_words(ABUSE)
    none, one, two = (trained[number].assess_words(ABUSE) for number in (0, 1, 2))
    assert none.attention != one.attention == two.attention
    assert suicide_in(none) != suicide_in(one) != suicide_in(two)
    for number, there in ((1, {}), (2, {}), (2, light)):
        monkeypatch.setattr(research, "packaged_encoders", lambda there=there: there)
        assert research.read_model(tmp_path / "0.npz").assess_words(ABUSE) == none
        with pytest.raises(research.NoEncoder, match=r"all-.* was expected; .*standfast\[research\]"):
            research.read_model(tmp_path / f"{number}.npz")


def test_what_was_read_ahead_is_answered_as_if_it_was_not(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import packaged, research

    installed = packaged.packaged_encoders()
    if not installed:
        pytest.skip("the encoders are not installed (extra: research)")
    texts, lexicon = made_up()[::40], newest_lexicon()
    model = research.train(texts, [read_text(lexicon, each.text) for each in texts], encoders=installed)
    for encoder in installed.values():
        encoder._said.clear()
    alone = model.assess_words(ABUSE)
    for encoder in installed.values():
        encoder._said.clear()
    model.read_ahead([ABUSE, "another"])
    assert all(ABUSE in encoder._said for encoder in installed.values())
    ahead = model.assess_words(ABUSE)
    assert [(flag.strand, flag.because) for flag in ahead.flags] == [
        (flag.strand, flag.because) for flag in alone.flags
    ]
    assert [flag.score for flag in ahead.flags] == pytest.approx([flag.score for flag in alone.flags], abs=1e-3)


def suicide_in(found: Assessment) -> float:
    return strand_scores(found)["suicide_self_harm"]


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import research

    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(research.BrokenModel, match="detector train"):
        research.read_model(tmp_path / "model.npz")
