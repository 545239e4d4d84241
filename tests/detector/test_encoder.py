"""Do the encoders say what their makers' own say, and are other files refused?"""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from standfast.science.detector.learning.encoder import Encoder

EXAMPLE = "This is an example sentence"
PUBLISHED = (0.0677, 0.0635, 0.0487, 0.0793, 0.0374, 0.0027)
"""The beginning of what MiniLM's own page prints for that sentence."""
MINILM, MPNET = "all-MiniLM-L6-v2", "all-mpnet-base-v2"
SAID = {MINILM: 768, MPNET: 1536}
MOST_PIECES = 320


def installed() -> "Mapping[str, Encoder]":
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    from standfast.science.detector.learning.packaged import packaged_encoders

    if not packaged_encoders():
        pytest.skip("no encoder is installed (extra: research)")
    return packaged_encoders()


def test_it_says_what_was_published() -> None:
    said = installed()[MINILM].encode(EXAMPLE)
    assert said[384:390] == pytest.approx(PUBLISHED, abs=1e-4)


@pytest.mark.parametrize("name", SAID)
def test_it_likes_what_is_alike_whatever_is_given_to_it(name: str) -> None:
    encoder = installed()[name]
    hurt, struck, request = map(
        encoder.encode, ("my husband hurts me", "he strikes his wife", "when does the desk open")
    )
    assert hurt @ struck > hurt @ request + 0.2
    assert encoder.encode("").shape == encoder.encode("🙂").shape == hurt.shape == (SAID[name],)
    assert (encoder.encode("word " * MOST_PIECES) == encoder.encode("word " * 2 * MOST_PIECES)).all()


def test_steps_between_pieces_are_counted_as_mpnet_counts_them() -> None:
    # Of its 32 rows the first half is for pieces before, the second for those after; eight each, then twice as far is two rows on.
    pytest.importorskip("scipy", reason="scipy is not installed (extra: planning)")
    import numpy as np

    from standfast.science.detector.learning.encoder import _steps

    back = np.array([0, 1, 7, 8, 15, 16, 32, 64, 127, 128, 319, -1, -7, -8, -16, -319])
    assert _steps(back, 16).tolist() == [0, 1, 7, 8, 9, 10, 12, 14, 15, 15, 15, 17, 23, 24, 26, 31]


def test_two_processes_say_what_one_says() -> None:
    encoder = installed()[MINILM]
    texts = ["a man shouts in the street", "", "my bin was not emptied", "a man shouts in the street"]
    alone = [encoder._encode(text) for text in texts]
    for text, one, said in zip(texts, alone, encoder.encode_side_by_side(texts), strict=True):
        assert said == pytest.approx(one, abs=1e-5)
        assert encoder.encode(text) is said


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("content", [b"{}", None])
def test_a_file_that_is_not_the_published_one_is_refused(name: str, content: bytes | None) -> None:
    installed()
    from standfast.science.detector.learning import packaged

    files = dict(packaged._minilm_files() or {})
    assert packaged.encoder_of(packaged.MINILM, files).encode("as published").shape == (768,)
    del files[name]
    if content is not None:
        files[name] = content
    with pytest.raises(packaged.BrokenEncoder, match=f"{name}: the file that was published"):
        packaged.encoder_of(packaged.MINILM, files)


@pytest.mark.parametrize("broken", [b"no packed folder", None])
def test_pieces_that_do_not_make_the_packed_model_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: bytes | None
) -> None:
    installed()
    from standfast.science.detector.learning import packaged

    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("something else", "")
    (tmp_path / "piece").write_bytes(broken or other.getvalue())
    (tmp_path / "nothing").touch()
    monkeypatch.setattr(packaged, "_piece", lambda number: tmp_path / ("piece" if number == 1 else "nothing"))
    with pytest.raises(packaged.BrokenEncoder, match="the packed model was expected"):
        packaged._mpnet_files()


def test_without_all_of_its_pieces_the_stronger_one_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    installed()
    from standfast.science.detector.learning import packaged

    there = packaged._piece
    monkeypatch.setattr(packaged, "_piece", lambda number: None if number == 4 else there(number))
    assert packaged._mpnet_files() is None
