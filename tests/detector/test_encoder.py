"""Does the encoder say what its makers' own say, and are other weights refused?"""

from pathlib import Path

import pytest

EXAMPLE = "This is an example sentence"
PUBLISHED = (0.0677, 0.0635, 0.0487, 0.0793, 0.0374, 0.0027)
"""The beginning of what the model's own page prints for that sentence."""


def test_it_says_what_was_published_and_likes_what_is_alike() -> None:
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    from standfast.science.detector.learning.encoder import MOST_PIECES, packaged_encoder

    encoder = packaged_encoder()
    if encoder is None:
        pytest.skip("the encoder is not installed (extra: research)")
    said = encoder.encode(EXAMPLE)
    assert said.shape == (768,)
    assert said[384:390] == pytest.approx(PUBLISHED, abs=1e-4)
    hurt, struck, request = map(
        encoder.encode, ("my husband hurts me", "he strikes his wife", "when does the desk open")
    )
    assert hurt @ struck > hurt @ request + 0.2
    assert encoder.encode("").shape == encoder.encode("🙂").shape == (768,)
    assert (encoder.encode("word " * MOST_PIECES) == encoder.encode("word " * 10 * MOST_PIECES)).all()


def test_two_processes_say_what_one_says() -> None:
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    from standfast.science.detector.learning.encoder import packaged_encoder

    encoder = packaged_encoder()
    if encoder is None:
        pytest.skip("the encoder is not installed (extra: research)")
    packaged_encoder.cache_clear()
    fresh = packaged_encoder()
    assert fresh is not None
    texts = ["a man shouts in the street", "", "my bin was not emptied", "a man shouts in the street"]
    for text, said in zip(texts, encoder.encode_side_by_side(texts), strict=True):
        assert said == pytest.approx(fresh.encode(text), abs=1e-5)
        assert encoder.encode(text) is said


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="safetensors is not installed (extra: research)")
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    from standfast.science.detector.learning.encoder import BrokenEncoder, Encoder

    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(BrokenEncoder, match="published weights"):
        Encoder(tmp_path)
