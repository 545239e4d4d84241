"""How are closed lists of values written? Stored codes are lower snake case; labels are for people only."""

from enum import StrEnum
from typing import Self


class Choice(StrEnum):
    """A closed list of codes, each written `NAME = "code", "Label"`."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """Make a member from its stored code and its label (by default the code, spelt out)."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label or code.replace("_", " ").capitalize()
        return member

    @classmethod
    def pairs(cls) -> list[tuple[str, str]]:
        """Return (code, label) pairs for a field's choices."""
        return [(member.value, member.label) for member in cls]


class Answer(Choice):
    """An answer to a yes-or-no question, where not knowing is an answer of its own."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"
