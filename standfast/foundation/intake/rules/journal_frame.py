"""
How is one entry of the journal written, and which entries of a file are whole?

A frame is a magic word with the version, the length of what follows, its CRC-32, a random nonce and the sealed payload (AES-256-GCM
under a key derived from the server's reference secret, so that a stolen disk shows nobody's words). The CRC tells a torn frame from a
whole one without the key; the seal tells a changed one. A frame that is not whole was never acknowledged.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"SFJRNL01"
_HEAD = struct.Struct(">8sII")
_NONCE_BYTES = 12
# A contact is at most 256 kB; spelt again inside the payload it can at worst grow to six times that.
LARGEST_PAYLOAD = 2 * 1024 * 1024


class SealedOtherwise(Exception):
    """A whole frame that this secret does not open: it was sealed with another, or changed."""


class Seal:
    """Closes and opens payloads under one secret."""

    def __init__(self, secret: bytes) -> None:
        derived = HKDF(
            algorithm=hashes.SHA256(),
            length=32,
            salt=None,
            info=b"standfast intake journal, version 1",
        )
        self._cipher = AESGCM(derived.derive(secret))

    def close(self, payload: bytes) -> bytes:
        """Return the payload sealed under a fresh nonce."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, payload, MAGIC)

    def open(self, sealed: bytes) -> bytes:
        """
        Return the payload.

        :raises SealedOtherwise: if this secret does not open it
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], MAGIC)
        except (InvalidTag, ValueError):
            raise SealedOtherwise("A journal entry does not open with this server's secret.") from None


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A whole frame: where it ends in the file, and its sealed payload."""

    end: int
    sealed: bytes


def frame_of(payload: bytes, seal: Seal) -> bytes:
    """
    Return the bytes to append for one payload.

    :raises ValueError: if it is larger than any contact can be
    """
    if len(payload) > LARGEST_PAYLOAD:
        raise ValueError(f"A journal entry of {len(payload)} bytes is too large.")
    sealed = seal.close(payload)
    return _HEAD.pack(MAGIC, len(sealed), zlib.crc32(sealed)) + sealed


def whole_frames(data: bytes, start: int = 0) -> Iterator[Frame]:
    """
    Yield the whole frames of a file from an offset in bytes, in order.

    What is torn or damaged is stepped over to the next magic word: a bad place in the middle costs that frame and no other.
    """
    position = data.find(MAGIC, start)
    while position >= 0:
        frame = _frame_at(data, position)
        if frame:
            yield frame
        position = data.find(MAGIC, frame.end if frame else position + 1)


def _frame_at(data: bytes, position: int) -> Frame | None:
    begin = position + _HEAD.size
    if begin > len(data):
        return None
    _, length, checksum = _HEAD.unpack_from(data, position)
    sealed = data[begin : begin + length]
    if len(sealed) < length or zlib.crc32(sealed) != checksum:
        return None
    return Frame(end=begin + length, sealed=sealed)
