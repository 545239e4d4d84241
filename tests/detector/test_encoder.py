"""Does the encoder say what its makers' own say, and are other files refused?"""

from importlib.util import find_spec
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


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("content", [b"{}", None])
def test_a_file_that_is_not_the_published_one_is_refused(tmp_path: Path, name: str, content: bytes | None) -> None:
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    from standfast.science.detector.learning.encoder import PACKAGE, PUBLISHED, BrokenEncoder, Encoder

    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        pytest.skip("the encoder is not installed (extra: research)")
    for each in PUBLISHED:
        (tmp_path / each).symlink_to(Path(package.origin).parent / "model" / each)
    assert Encoder(tmp_path).encode("as published").shape == (768,)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(BrokenEncoder, match=f"{name}: the file that was published"):
        Encoder(tmp_path)
