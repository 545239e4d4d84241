"""Which telephone number was meant, however it was written?"""

import re

import phonenumbers

from standfast.foundation.kernel.errors import Refusal

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NOT_DIALLED = re.compile(r"[^\d+]")
HOME_REGION = "GB"
HOME_PREFIX = "+44"
_SHORTEST_START = 5


class NoSuchNumber(Refusal):
    """The text is not a telephone number."""


def dialled(text: str) -> str:
    """
    Return a number in E.164 form, such as +441782555123; a number without a country is British.

    :raises NoSuchNumber: if it cannot be a telephone number
    """
    try:
        number = phonenumbers.parse(text, HOME_REGION)
    except phonenumbers.NumberParseException:
        raise NoSuchNumber(f"“{text[:40]}” is not a telephone number.") from None
    # A number that would do only inside its own area is not one that can be kept.
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise NoSuchNumber(f"“{text[:40]}” has too few or too many digits for a telephone number.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_dialled(text: str) -> bool:
    """Say whether a text already has the form of an E.164 number."""
    return _E164.fullmatch(text) is not None


def started(text: str) -> str:
    """Return the first digits of a number still being typed, as E.164 would begin, or nothing while there are too few."""
    digits = _NOT_DIALLED.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = HOME_PREFIX + digits[1:]
    return digits if digits.startswith("+") and len(digits) >= _SHORTEST_START + 1 else ""
