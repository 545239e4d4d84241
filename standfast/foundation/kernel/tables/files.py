"""Where do the editions of a table lie, and what is wrong with a broken one?"""

import os
import re
import tomllib
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from standfast.foundation.kernel.errors import Refusal

OVERLAY_VARIABLE = "STANDFAST_POLICY_DIR"
HEAD_KEYS = {"decides", "lists", "effective_from", "owner", "source", "note"}


class PolicyError(Exception):
    """A policy file that cannot be relied on. It stops the boot, naming the file, the line and what was expected."""

    def __init__(self, path: Path, line: int, expected: str) -> None:
        self.path, self.line, self.expected = path, line, expected
        super().__init__(f"{path}, line {line}: {expected}")


class NoEdition(Refusal):
    """No edition of the table was in force on the day asked about."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """The `[table]` part of an edition: what it decides or lists, since when, who owns it and where it comes from."""

    subject: str
    effective_from: date
    owner: str
    source: str
    note: str


@dataclass(frozen=True, kw_only=True)
class PolicyFile:
    """One edition as read: its head, its rows as plain values, and where each row stands in the file."""

    path: Path
    text: str
    head: Head
    rows: tuple[dict[str, Any], ...]

    def wrong(self, row: int, expected: str) -> PolicyError:
        """Return the error of the row with this number (from 0), naming its line."""
        return PolicyError(self.path, self.line_of(row), expected)

    def line_of(self, row: int) -> int:
        """Return the line on which the row with this number (from 0) begins."""
        starts = [match.start() for match in re.finditer(r"^[ \t]*\[\[row\]\]", self.text, re.MULTILINE)]
        return self.text.count("\n", 0, starts[row]) + 1 if row < len(starts) else 1


class Dated(Protocol):
    """Anything that has come into force on a day."""

    @property
    def effective_from(self) -> date:
        """The first London day it is in force."""


EditionT = TypeVar("EditionT", bound=Dated)


class Editions(Generic[EditionT]):
    """The editions of one table in order of date."""

    def __init__(self, name: str, editions: list[EditionT]) -> None:
        self.name = name
        self.all = tuple(sorted(editions, key=lambda edition: edition.effective_from))
        self._days = [edition.effective_from for edition in self.all]

    def on(self, day: date) -> EditionT:
        """
        Return the edition in force on a London day.

        :raises NoEdition: if the first one came later
        """
        index = bisect_right(self._days, day)
        if not index:
            raise NoEdition(f"No edition of {self.name} was in force on {day:%-d %B %Y}.")
        return self.all[index - 1]


_KNOWN: dict[str, Any] = {}


def known_tables() -> dict[str, Any]:
    """Return every table the program has loaded, by name."""
    return dict(sorted(_KNOWN.items()))


def register(name: str, table: object) -> None:
    """
    Make a table known by its name.

    :raises ValueError: if two tables share one name
    """
    if name in _KNOWN:
        raise ValueError(f"Two policy tables are called {name}.")
    _KNOWN[name] = table


def load_editions(beside: str, name: str, build: Callable[[PolicyFile], EditionT]) -> Editions[EditionT]:
    """
    Read every edition of a table that belongs to a rule file, the force's own laid over ours by name and date.

    :raises PolicyError: if one of them is broken, or there is none
    """
    here = Path(beside).resolve().parent
    folder = (here.parent if here.name == "rules" else here) / "tables" / name
    paths = {path.name: path for path in sorted(folder.glob("*.toml"))}
    if overlay := os.environ.get(OVERLAY_VARIABLE):
        paths |= {path.name: path for path in sorted((Path(overlay) / name).glob("*.toml"))}
    if not paths:
        raise PolicyError(
            folder, 1, "at least one edition, a file named for its date such as 2026-04-01.toml, was expected."
        )
    return Editions(name, [build(read_policy_file(path)) for path in paths.values()])


def read_policy_file(path: Path) -> PolicyFile:
    """
    Read one edition and check its shape.

    :raises PolicyError: if it is no TOML, its head is incomplete, or it has no rows
    """
    text = path.read_text(encoding="utf-8")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        raise PolicyError(
            path, int(found[1]) if found else text.count("\n") + 1, f"TOML was expected; {error}."
        ) from None
    if unknown := set(content) - {"table", "row"}:
        raise PolicyError(path, _line_with(text, min(unknown)), "only [table] and [[row]] were expected.")
    rows = content.get("row")
    if not isinstance(rows, list) or not rows:
        raise PolicyError(path, 1, "at least one [[row]] was expected.")
    return PolicyFile(path=path, text=text, head=_head(path, text, content.get("table")), rows=tuple(rows))


def _head(path: Path, text: str, head: object) -> Head:
    if not isinstance(head, dict):
        raise PolicyError(path, 1, "a [table] head was expected.")
    if unknown := set(head) - HEAD_KEYS:
        raise PolicyError(
            path, _line_with(text, min(unknown)), f"only {', '.join(sorted(HEAD_KEYS))} were expected in [table]."
        )
    for key in ("effective_from", "owner", "source"):
        if not head.get(key):
            raise PolicyError(path, _line_with(text, "[table]"), f"[table] must say {key}.")
    if not isinstance(head["effective_from"], date) or path.stem != f"{head['effective_from']:%Y-%m-%d}":
        raise PolicyError(
            path, _line_with(text, "effective_from"), "effective_from must be the date the file is named for."
        )
    if ("decides" in head) == ("lists" in head):
        raise PolicyError(
            path, _line_with(text, "[table]"), "[table] must say either what it decides or what it lists."
        )
    subject = head.get("decides") or head.get("lists")
    given = {key: head.get(key, "") for key in ("effective_from", "owner", "source", "note")}
    return Head(subject=str(subject), **given)


def _line_with(text: str, needle: str) -> int:
    found = text.find(needle)
    return text.count("\n", 0, found) + 1 if found >= 0 else 1
