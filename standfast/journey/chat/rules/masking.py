"""Which parts of a text are shown masked? Card numbers and the like: what the record keeps whole, the screen shows by its last digits."""

import re
from dataclasses import dataclass

_DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
_SORT_AND_ACCOUNT = re.compile(r"(?<!\d)\d{2}[ -]\d{2}[ -]\d{2}[ ,;/-]{1,3}\d{8}(?!\d)")
_CODE = re.compile(r"(?i)\b(?:cvv|cvc|cv2|pin|passcode|one.?time (?:code|password)|otp)\b\D{0,8}(\d{3,8})(?!\d)")
KEPT = 4


@dataclass(frozen=True, kw_only=True)
class Masked:
    """A text as shown, and how many parts of it are masked."""

    text: str
    count: int


def mask(text: str) -> Masked:
    """Return a text with payment cards (by their check digit), bank accounts and secret codes masked but for the last digits."""
    spans = [(m.start(), m.end()) for m in _DIGITS.finditer(text) if _is_card(m[0])]
    spans += [(m.start(), m.end()) for m in _SORT_AND_ACCOUNT.finditer(text)]
    spans += [m.span(1) for m in _CODE.finditer(text)]
    shown, count, end = text, 0, len(text) + 1
    for start, stop in sorted(spans, reverse=True):
        if stop > end:
            continue
        shown, count, end = shown[:start] + _masked(shown[start:stop]) + shown[stop:], count + 1, start
    return Masked(text=shown, count=count)


def _masked(part: str) -> str:
    digits = [place for place, character in enumerate(part) if character.isdigit()]
    hidden = set(digits[:-KEPT] if len(digits) > 2 * KEPT else digits)
    return "".join("•" if place in hidden else character for place, character in enumerate(part))


def _is_card(text: str) -> bool:
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [each if place % 2 == 0 else sum(divmod(2 * each, 10)) for place, each in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
