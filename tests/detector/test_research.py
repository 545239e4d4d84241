"""Is a model for research read back as it was written, and is anything else refused?"""

from pathlib import Path

import pytest

from standfast.science.detector.evidence import read_text
from standfast.science.detector.learning.shares import Labelled, read_own
from standfast.science.detector.lexicon import newest_lexicon


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
    model = research.train(texts, [read_text(lexicon, each.text) for each in texts], encoder=None)
    research.write_model(model, tmp_path / "model.npz")
    again = research.read_model(tmp_path / "model.npz")
    abuse = "he hit me and he checks my phone every night"
    request = "what time does the front desk open on saturday"
    for text in (abuse, request, "", "🙂"):
        assert again.assess_words(text) == model.assess_words(text)
    assert again.assess_words(abuse).attention > again.assess_words(request).attention
    assert again.assess_words("he strangled me").attention >= 0.8


def test_an_encoder_takes_part_and_is_missed_where_it_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import encoder, research

    packaged = encoder.packaged_encoder()
    if packaged is None:
        pytest.skip("the encoder is not installed (extra: research)")
    texts, lexicon = made_up()[::16], newest_lexicon()
    readings = [read_text(lexicon, each.text) for each in texts]
    with_it, without = (research.train(texts, readings, encoder=each) for each in (packaged, None))
    research.write_model(with_it, tmp_path / "model.npz")
    research.write_model(without, tmp_path / "without.npz")
    abuse = "he hit me and he checks my phone every night"
    assert research.read_model(tmp_path / "model.npz").assess_words(abuse) == with_it.assess_words(abuse)
    assert with_it.assess_words(abuse) != without.assess_words(abuse)
    monkeypatch.setattr(encoder, "PACKAGE", "standfast_has_no_such_package")
    encoder.packaged_encoder.cache_clear()
    try:
        assert research.read_model(tmp_path / "without.npz").assess_words(abuse) == without.assess_words(abuse)
        with pytest.raises(research.NoEncoder, match=r"standfast\[research\]"):
            research.read_model(tmp_path / "model.npz")
    finally:
        encoder.packaged_encoder.cache_clear()


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra: planning)")
    from standfast.science.detector.learning import research

    (tmp_path / "model.npz").write_bytes(content)
    with pytest.raises(research.BrokenModel, match="detector train"):
        research.read_model(tmp_path / "model.npz")
