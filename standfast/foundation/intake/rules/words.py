"""Are two texts of a source the same words? Read strictly: what cannot be kept and shown exactly is refused, not mended."""

import hashlib
import json
import re
from typing import Any, NoReturn

from standfast.foundation.kernel.errors import Refusal

DEEPEST = 20
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Unreadable(Refusal):
    """A text that cannot be taken: why, as a short code for counting, and what was expected."""

    def __init__(self, sentence: str, *, kind: str, expected: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.expected = expected


def read_object(raw: bytes) -> dict[str, Any]:
    """
    Read the JSON object a source sent.

    :raises Unreadable: if it is not UTF-8, not JSON, not an object, too deep, or names a field twice
    """
    try:
        found = json.loads(
            raw.decode("utf-8"),
            parse_constant=_no_constant,
            object_pairs_hook=_named_once,
        )
    except UnicodeDecodeError as error:
        raise Unreadable(
            f"The text is not UTF-8: byte {error.start} does not fit.",
            kind="charset",
            expected="JSON in UTF-8",
        ) from None
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The text is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            kind="not_json",
            expected="one JSON object",
        ) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # a number of thousands of digits
        raise Unreadable(
            "The text holds a number too long to read.",
            kind="not_json",
            expected="numbers of ordinary length",
        ) from error
    if not isinstance(found, dict):
        raise Unreadable(
            "The text is JSON but not an object.",
            kind="not_object",
            expected="one JSON object",
        )
    if _depth(found) > DEEPEST:
        raise _too_deep()
    return found


def digest_of(found: dict[str, Any]) -> bytes:
    """
    Return the SHA-256 of the canonical form: the same for the same words, however spaced, escaped or ordered.

    :raises Unreadable: if a character in it can be neither stored nor shown
    """
    try:
        canonical = json.dumps(
            found,
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )
    except ValueError:
        raise Unreadable(
            "The text holds a number too large to keep.",
            kind="not_json",
            expected="finite numbers",
        ) from None
    if "\\u0000" in canonical and _NUL.search(canonical):
        raise Unreadable(
            "The text holds a NUL character.",
            kind="characters",
            expected="text without U+0000",
        )
    try:
        return hashlib.sha256(canonical.encode()).digest()
    except UnicodeEncodeError:
        raise Unreadable(
            "The text holds half of a surrogate pair.",
            kind="characters",
            expected="whole Unicode characters",
        ) from None


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max((_depth(item) for item in inner if isinstance(item, dict | list)), default=0)


def _too_deep() -> Unreadable:
    return Unreadable(
        f"The text is nested more than {DEEPEST} deep.",
        kind="too_deep",
        expected=f"at most {DEEPEST} levels",
    )


def _no_constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is not a JSON number.", kind="not_json", expected="finite numbers")


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(
            f"The field “{twice[:40]}” is there twice.",
            kind="field_twice",
            expected="each field once",
        )
    return found
