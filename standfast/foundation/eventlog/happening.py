"""What is an event? A frozen dataclass that says what happened, to what, in one sentence."""

import string
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from standfast.foundation.kernel.choices import Choice


class Retention(Choice):
    """How long an event is kept."""

    WITH_RECORD = "with_record", "As long as the record it is about"
    SIX_YEARS = "six_years", "Six years"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """
    The base of every event.

    `kind` is `area.subject.verb`, never renamed. `sentence` is shown to people, its braces filled from the fields. `personal`
    names fields that reactions may use but that are never stored: no content of a person's goes into the event log.
    """

    kind: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    personal: ClassVar[frozenset[str]] = frozenset()
    retention: ClassVar[Retention]

    about: str

    def __init_subclass__(cls) -> None:
        """Make the event known by its kind, so that a stored one can be told as a sentence."""
        if cls.kind in KINDS and KINDS[cls.kind].__qualname__ != cls.__qualname__:
            raise TypeError(f"Two events are called {cls.kind}.")
        KINDS[cls.kind] = cls

    def facts(self) -> dict[str, Any]:
        """Return what is stored of the event besides its subject."""
        kept = (field.name for field in fields(self) if field.name not in self.personal | {"about"})
        return {name: getattr(self, name) for name in kept}


KINDS: dict[str, type[Happening]] = {}


def tell(kind: str, about: str, facts: dict[str, Any]) -> str:
    """Return the sentence of a stored event; a kind this release does not know is told by its kind."""
    known = KINDS.get(kind)
    if known is None:
        return f"{kind} ({about})"
    return _Lenient().vformat(known.sentence, (), {"about": about, **facts})


class _Lenient(string.Formatter):
    # An event stored by an earlier release may lack a field of today's sentence: it is then told without it.
    def get_value(self, key: int | str, args: Any, kwargs: Any) -> Any:
        return kwargs.get(str(key), "?")
