"""As what is an incident recorded? Opening codes and qualifiers are dated tables; a code is suggested by the kind, never set by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from standfast.foundation.kernel.choices import Choice
from standfast.foundation.kernel.tables import DatedTable


class CodeGroup(Choice):
    """The groups of opening codes."""

    TRANSPORT = "transport", "Transport"
    ASB = "asb", "Anti-social behaviour"
    WELFARE = "welfare", "Public safety and welfare"
    CRIME = "crime", "Crime"


@dataclass(frozen=True, kw_only=True)
class OpeningCode:
    """One opening code, and patterns of the kinds of contact that suggest it."""

    id: str
    code: str
    label: str
    group: CodeGroup
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Qualifier:
    """Something an incident has beside its code; it may have any number."""

    id: str
    code: str
    label: str


OPENING_CODES = DatedTable.beside(__file__, "opening_code", row=OpeningCode)
QUALIFIERS = DatedTable.beside(__file__, "qualifier", row=Qualifier)


def opening_codes(on: date) -> dict[str, OpeningCode]:
    """Return the opening codes in force on a London day."""
    return {row.code: row for row in OPENING_CODES.on(on).rows}


def qualifiers(on: date) -> dict[str, Qualifier]:
    """Return the qualifiers in force on a London day."""
    return {row.code: row for row in QUALIFIERS.on(on).rows}


def suggested_code(kind: str, *, on: date) -> OpeningCode | None:
    """Return the code the kind of a contact suggests; None where none fits, and then a person finds one."""
    told = kind.strip().lower()
    rows = OPENING_CODES.on(on).rows
    return next((row for row in rows if any(fnmatchcase(told, pattern) for pattern in row.kinds)), None)


def described(code: str, chosen: Sequence[str], *, on: date) -> str:
    """Return in words as what an incident is recorded; a code of an edition that is over stands as it is."""
    codes, known = opening_codes(on), qualifiers(on)
    label = codes[code].label if code in codes else code
    with_ = ", ".join(known[each].label.lower() if each in known else each for each in chosen)
    return f"{label}; {with_}" if with_ else label
