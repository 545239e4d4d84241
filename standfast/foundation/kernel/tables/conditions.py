"""What may a condition of a decision table ask of a fact? Equals, one of, at least, at most: anything cleverer is a fact of its own."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True)
class Field:
    """One fact: its name, its type (bool, an enum, int or float) and its place in the facts."""

    name: str
    hint: Any
    position: int

    @property
    def values(self) -> tuple[Any, ...]:
        """Every value of a fact with a closed set of them; none for numbers."""
        if self.hint is bool:
            return (True, False)
        return tuple(self.hint) if isinstance(self.hint, type) and issubclass(self.hint, Enum) else ()

    def bounds(self, conditions: Sequence["Condition"]) -> list[float] | None:
        """Return, for a number, the values from which an answer may differ, in order; None for a closed set."""
        if self.values:
            return None
        edges: set[float] = set()
        for each in conditions:
            if each.field.name == self.name:
                edges.update(each.edges())
        return sorted(edges)

    def between(self, bounds: list[float]) -> list[float]:
        """Return one number from each stretch between the bounds, lowest first."""
        return [bounds[0] - 1, *bounds] if bounds else [0]

    def in_words(self, sample: Any, bounds: list[float] | None) -> str:
        """Say a value, or for a number the stretch it stands for, as a person would."""
        if bounds is None:
            if isinstance(sample, bool):
                return "yes" if sample else "no"
            return str(getattr(sample, "label", sample.value)).lower()
        place = bounds.index(sample) if sample in bounds else -1
        if place < 0:
            return f"under {bounds[0]:g}"
        return f"{sample:g} or more" if place == len(bounds) - 1 else f"{sample:g} to under {bounds[place + 1]:g}"


@dataclass(frozen=True)
class Condition:
    """One question to one fact: is it one of these values, or between these limits (both counted in)?"""

    field: Field
    one_of: tuple[Any, ...] = ()
    minimum: float | None = None
    maximum: float | None = None

    def met_by(self, value: Any) -> bool:
        """Say whether a value meets the condition."""
        if self.one_of:
            return value in self.one_of
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def edges(self) -> list[float]:
        """Return the numbers from which the answer changes."""
        if self.one_of:
            return [edge for value in self.one_of for edge in (value, self._above(value))]
        edges = [] if self.minimum is None else [self.minimum]
        return edges if self.maximum is None else [*edges, self._above(self.maximum)]

    def _above(self, value: float) -> float:
        return value + 1 if self.field.hint is int else math.nextafter(value, math.inf)

    def in_words(self) -> str:
        """Say what is wanted, such as `yes`, `high or immediate`, `3 or more`."""
        if self.one_of:
            return " or ".join(
                self.field.in_words(value, None) if self.field.values else f"{value:g}" for value in self.one_of
            )
        if self.maximum is None:
            return f"{self.minimum:g} or more"
        return f"{self.maximum:g} or fewer" if self.minimum is None else f"{self.minimum:g} to {self.maximum:g}"


def read_condition(field: Field, wanted: object) -> Condition | str:
    """Return the condition a table wrote for a fact, or the sentence that says what was expected instead."""
    if isinstance(wanted, dict):
        return _limits(field, wanted)
    found = []
    for each in wanted if isinstance(wanted, list) else [wanted]:
        value = _value(field, each)
        if value is None:
            allowed = ", ".join(str(getattr(value, "value", value)).lower() for value in field.values) or "a number"
            return f"{each!r} is no value of {field.name}; {allowed} was expected."
        found.append(value)
    return (
        Condition(field, tuple(found))
        if found
        else f"{field.name} is asked for one of no values; a list with some was expected."
    )


def _limits(field: Field, wanted: dict[str, object]) -> Condition | str:
    numbers = {
        key: value for key, value in wanted.items() if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if field.values or not wanted or set(numbers) != set(wanted) or set(wanted) - {"min", "max"}:
        return f"{field.name} is asked for {wanted}; min and max with numbers were expected, and only of a number."
    minimum, maximum = numbers.get("min"), numbers.get("max")
    return Condition(field, (), minimum, maximum)


def _value(field: Field, written: object) -> Any:
    if field.hint is bool:
        return written if isinstance(written, bool) else None
    if field.values:
        return next((value for value in field.values if value.value == written), None)
    return written if isinstance(written, int | float) and not isinstance(written, bool) else None
