"""
By what name do people and machines call a record?

A reference is 65 bits in base 32 (no I, L, O or U, so it can be read out) and a check character over GF(32), which catches every
single wrong character and every swap of two neighbours. Shown as `XXXX-XXXX-XXXX-XX`.
"""

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 13
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_FIELD_POLYNOMIAL = 0b100101


def derive_reference(secret: bytes, source: str, key: str) -> str:
    """Return the reference of what one source sent under one key: the same each time, and not to be guessed without the secret."""
    message = len(source).to_bytes(4, "big") + source.encode() + key.encode()
    digest = hmac.digest(secret, message, hashlib.sha256)
    return _written(int.from_bytes(digest[:9], "big"))


def new_reference() -> str:
    """Return a fresh random reference."""
    return _written(secrets.randbits(5 * BODY_LENGTH))


def normalise(text: str) -> str:
    """Return a reference as it is stored, from however a person wrote it: case, dashes, O for 0, I or L for 1."""
    return _grouped(text.upper().translate(_READ_AS))


def is_reference(text: str) -> bool:
    """Say whether a text is a well-formed reference with the right check character."""
    body = text.upper().translate(_READ_AS)
    if len(body) != BODY_LENGTH + 1 or any(character not in _VALUE for character in body):
        return False
    return _check_character(body[:-1]) == body[-1]


def _written(number: int) -> str:
    body = "".join(ALPHABET[number >> 5 * place & 31] for place in range(BODY_LENGTH))
    return _grouped(body + _check_character(body))


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _check_character(body: str) -> str:
    # Horner's scheme at the field's generator: position k weighs x^k, and all weights differ and none is 0.
    total = 0
    for character in body:
        total = _double(total ^ _VALUE[character])
    return ALPHABET[total]


def _double(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 32 else doubled
