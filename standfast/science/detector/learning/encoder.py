"""
What is a text about, whatever words it is said with?

A sentence encoder as others published it (packaged.py): layers of attention over the pieces of words, run here with numpy, as the
runtimes it is usually run by weigh gigabytes. For research only, and nothing is learnt in it: what it says of a text goes into linear
models as numbers.
"""

import json
import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf
from threadpoolctl import threadpool_limits

REMEMBERED = 8192
Values = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """
    How an encoder is built: what its weights of attention are called (asked, offered, held, put together, levelled), the number of the
    first place, and how many pieces it reads; of a longer text the beginning counts.

    `layers_said` are the layers whose means say what a text is about: the last one what matter it is, an earlier one more of how it is put.
    """

    parts: tuple[str, str, str, str, str]
    first_place: int
    most_pieces: int
    layers_said: tuple[int, ...]


class Encoder:
    """Says of each text what it is about, as numbers."""

    def __init__(self, files: Mapping[str, bytes], plan: Plan) -> None:
        """Read the weights, the shape and the pieces of words of a published model."""
        from safetensors.numpy import load
        from tokenizers import Tokenizer

        self._plan = plan
        shape = json.loads(files["config.json"])
        self._heads, self._layers = shape["num_attention_heads"], shape["num_hidden_layers"]
        self._nearly_zero = np.float32(shape["layer_norm_eps"])
        self._weights: Mapping[str, Any] = load(files["model.safetensors"])
        self._pieces = Tokenizer.from_buffer(files["tokenizer.json"])
        self._pieces.no_padding()
        self._pieces.enable_truncation(plan.most_pieces)
        self._said: dict[str, Values] = {}

    def encode(self, text: str) -> Values:
        """Return the mean of its pieces in each layer that says something, of length 1. Remembered, as each answer asks for a text."""
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
        weights, first = self._weights, self._plan.first_place
        state = weights[named("word")][pieces] + weights[named("position")][first : first + len(pieces)]
        if (kind := weights.get(named("token_type"))) is not None:
            state = state + kind[0]
        state = self._levelled(state, "embeddings.LayerNorm")
        nearness = self._nearness(len(pieces))
        said = []
        for number in range(1, self._layers + 1):
            state = self._next(state, f"encoder.layer.{number - 1}", nearness)
            if number in self._plan.layers_said:
                mean = state.mean(axis=0)
                said.append(mean / np.linalg.norm(mean))
        return np.concatenate(said)

    def _nearness(self, size: int) -> Values | np.float32:
        """Return how much more or less each piece heeds each other for the steps between them, or nothing: not every encoder asks."""
        table = self._weights.get("encoder.relative_attention_bias.weight")
        if table is None:
            return np.float32(0)
        places = np.arange(size)
        found: Values = table[_steps(places[:, None] - places[None, :], len(table) // 2)].transpose(2, 0, 1)
        return found

    def _next(self, state: Values, layer: str, nearness: Values | np.float32) -> Values:
        size, (*parts, put_together, levelled) = len(state), self._plan.parts
        asked, offered, held = (
            self._linear(state, f"{layer}.attention.{part}").reshape(size, self._heads, -1).transpose(1, 0, 2)
            for part in parts
        )
        heed = asked @ offered.transpose(0, 2, 1) / np.float32(np.sqrt(asked.shape[-1])) + nearness
        heed = np.exp(heed - heed.max(axis=-1, keepdims=True))
        heed /= heed.sum(axis=-1, keepdims=True)
        gathered = (heed @ held).transpose(1, 0, 2).reshape(size, -1)
        state = self._levelled(
            state + self._linear(gathered, f"{layer}.attention.{put_together}"), f"{layer}.attention.{levelled}"
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


FARTHEST = 128
"""Pieces so far apart or farther are alike far."""


def _steps(back: NDArray[np.int64], half: int) -> NDArray[np.int64]:
    """Return the row for so many pieces back (below 0 onward) as MPNet counts them: each of the nearest its own, farther ones together."""
    apart, own = np.abs(back), half // 2
    farther = own + (np.log(np.maximum(apart, 1) / own) / np.log(FARTHEST / own) * (half - own)).astype(int)
    found: NDArray[np.int64] = np.where(back < 0, half, 0) + np.where(apart < own, apart, np.minimum(farther, half - 1))
    return found


_here: list[Encoder] = []
"""The encoder of a process that works for another: what is handed to it when it is forked is not copied."""


def _work_in(encoder: Encoder) -> None:
    _here[:] = [encoder]
    # One process a core is all there is room for: their sums keep to one thread each.
    threadpool_limits(1)


def _encode_here(text: str) -> Values:
    return _here[0].encode(text)
