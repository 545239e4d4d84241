"""What does a scenario file say, and on which line does it say something that cannot be?"""

import math
import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from standfast.science.planning.simulate.centre import BadScenario


class Fields:
    """The fields of one table of a TOML file. Each is read once with what is expected of it; what nobody read is refused."""

    def __init__(self, path: Path, given: dict[str, Any], *, lines: list[str], header: int) -> None:
        self.path = path
        self._given = dict(given)
        self._lines, self._header = lines, header

    def wrong(self, key: str, expected: str) -> BadScenario:
        """Return the refusal of one field: file, line, what was found and what was expected."""
        return BadScenario(f"{self.path}, line {self._line(key)}: “{key}” cannot be used; {expected} was expected.")

    def has(self, key: str) -> bool:
        """Return whether a field is there and nobody read it yet."""
        return key in self._given

    def number(self, key: str, default: float | None = None, *, least: float = 0.0, most: float = math.inf) -> float:
        """Return a number between two bounds; without a default it must be there."""
        value = self._given.pop(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            bounds = f"from {least:g}" + (f" to {most:g}" if most < math.inf else "")
            raise self.wrong(key, f"a number {bounds}")
        return float(value)

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Return a whole number."""
        value = self.number(key, default, least=least)
        if value != int(value):
            raise self.wrong(key, "a whole number")
        return int(value)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._given.pop(key, default)
        if not isinstance(value, str):
            raise self.wrong(key, "a text in quotation marks")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a yes or no."""
        value = self._given.pop(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false")
        return value

    def day(self, key: str) -> date:
        """Return a date."""
        value = self._given.pop(key, None)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.wrong(key, "a date such as 2026-11-30")
        return value

    def clock_time(self, key: str) -> time:
        """Return a time of day, written as 07:00:00 or "07:00"."""
        value = self._given.pop(key, None)
        try:
            found = time.fromisoformat(value) if isinstance(value, str) else value
        except ValueError:
            found = None
        if not isinstance(found, time) or found.tzinfo:
            raise self.wrong(key, "a time of day such as 07:00:00")
        return found

    def table(self, key: str) -> "Fields":
        """Return a table of its own, empty where there is none."""
        value = self._given.pop(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, f"a table under [{key}]")
        heads = [number for number, line in enumerate(self._lines) if re.match(rf"\s*\[\s*{key}\s*\]", line)]
        return Fields(self.path, value, lines=self._lines, header=heads[0] if heads else 0)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._given.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "a list of texts")
        return tuple(value)

    def row(self, key: str) -> list[float] | float:
        """Return a number, or 24 of them (each hour of the day), or 168 (each hour of the week from Monday)."""
        value = self._given.pop(key, None)
        if isinstance(value, list) and len(value) in {24, 168} and all(_is_amount(each) for each in value):
            return [float(each) for each in value]
        if _is_amount(value):
            return float(value)
        raise self.wrong(key, "a number from 0, or 24 (one an hour of the day), or 168 (one an hour of the week)")

    def amounts(self, key: str, *, least: float = 0.0) -> dict[str, float]:
        """Return a table of names and numbers, empty where there is none."""
        value = self._given.pop(key, {})
        good = isinstance(value, dict) and all(_is_amount(each, least) for each in value.values())
        if not good:
            raise self.wrong(key, f"a table of names with a number from {least:g} each")
        return {name: float(each) for name, each in value.items()}

    def tables(self, key: str) -> list["Fields"]:
        """Return the tables of a list of tables."""
        value = self._given.pop(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(key, f"tables under [[{key}]]")
        heads = [number for number, line in enumerate(self._lines) if re.match(rf"\s*\[\[\s*{key}\s*\]\]", line)]
        starts = heads if len(heads) == len(value) else [max(0, self._line(key) - 1)] * len(value)
        return [Fields(self.path, each, lines=self._lines, header=at) for each, at in zip(value, starts, strict=True)]

    def all_read(self) -> None:
        """
        Refuse what nobody read.

        :raises BadScenario: at the first field without a meaning
        """
        for key in self._given:
            raise self.wrong(key, "a field this table has")

    def _line(self, key: str) -> int:
        for number, line in enumerate(self._lines[self._header :], self._header + 1):
            if re.match(rf"\s*(\[+\s*)?{re.escape(key)}\b", line) or re.search(rf"[{{,]\s*{re.escape(key)}\s*=", line):
                return number
        return self._header + 1


def read_fields(path: Path, *, holding: str = "a scenario") -> Fields:
    """
    Read a TOML file that holds a scenario, or something else.

    :raises BadScenario: if it is none, with its line
    """
    try:
        text = path.read_text(encoding="utf-8")
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        where = re.search(r"line (\d+)", str(wrong))
        line = where[1] if where else "1"
        what = str(wrong).split(" (at")[0]
        raise BadScenario(f"{path}, line {line}: {what}; {holding} in TOML was expected.") from None
    except (OSError, UnicodeDecodeError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "it is not text in UTF-8"
        raise BadScenario(f"{path}: {reason}; {holding} in TOML was expected.") from None
    return Fields(path, given, lines=text.splitlines(), header=0)


def _is_amount(value: Any, least: float = 0.0) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= least
