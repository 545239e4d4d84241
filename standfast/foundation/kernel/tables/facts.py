"""How are the facts of a decision table given by hand, and its rows shown as plain values?"""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.kernel.tables.files import known_tables

PACKAGE = Path(__file__).resolve().parents[3]


def load_tables() -> dict[str, Any]:
    """Return every policy table of the program, by name; modules nothing has asked for yet are loaded first."""
    for path in sorted(PACKAGE.glob("**/*.py")):
        if "Table.beside(__file__" not in path.read_text(encoding="utf-8"):
            continue
        import_module(".".join((PACKAGE.name, *path.relative_to(PACKAGE).with_suffix("").parts)))
    return known_tables()


def read_facts(kind: type, given: Mapping[str, Any]) -> Any:
    """
    Return facts of a kind from plain values; a question that is left out is not known, a flag no, a number 0.

    :raises Refusal: if a name or a value is not one of the table's
    """
    hints = get_type_hints(kind)
    if unknown := set(given) - set(hints):
        raise Refusal(f"{min(unknown)} is no fact of this table; {', '.join(hints)} were expected.")
    return kind(**{name: _value(name, hint, given.get(name)) for name, hint in hints.items()})


def plain(value: Any) -> Any:
    """Return a value, and everything in it, as text, numbers, lists and dictionaries."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(each) for each in value]
    if hasattr(value, "__dataclass_fields__"):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _value(name: str, hint: Any, written: object) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        if written is None:
            return Answer.NOT_KNOWN if hint is Answer else list(hint)[-1]
        try:
            return hint(written)
        except ValueError:
            allowed = ", ".join(str(each.value) for each in hint)
            raise Refusal(f"{written!r} is no value of {name}; one of {allowed} was expected.") from None
    if written is None:
        return hint()
    if not isinstance(written, hint | int):
        raise Refusal(f"{written!r} is no value of {name}; {hint.__name__} was expected.")
    return written
