"""
Which row of a decision table fires on some facts, why not another, and what answer would change the outcome?

Every distinct condition of an edition is one bit. The facts are reduced to the set of conditions they do not meet, so a row fires
when none of its bits is in that set, and everything that is to be explained (the nearest rows that did not fire, the single answers
that would change the outcome) depends on that set alone: it is worked out once for each set met and remembered.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any, Generic, TypeVar, get_type_hints

from standfast.foundation.kernel.tables.conditions import Condition, Field, read_condition
from standfast.foundation.kernel.tables.files import Editions, PolicyFile, load_editions, register

OutcomeT = TypeVar("OutcomeT", bound=Enum)
FactsT = TypeVar("FactsT")
NEAREST = 3
REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class Unmet:
    """A condition of a row that the facts do not meet: the fact's name and what the row wanted, in words."""

    fact: str
    wanted: str


@dataclass(frozen=True, slots=True)
class NearMiss(Generic[OutcomeT]):
    """A row above the one that fired, and what kept it from firing."""

    row: str
    outcome: OutcomeT
    because: str
    unmet: tuple[Unmet, ...]


@dataclass(frozen=True, slots=True)
class Change(Generic[OutcomeT]):
    """One answer that, alone, would change the outcome: if `fact` were `to`, row `row` would give `outcome`."""

    fact: str
    to: str
    outcome: OutcomeT
    row: str


@dataclass(frozen=True, slots=True)
class Decision(Generic[OutcomeT]):
    """What was decided, why in words fit for the public, and by which row of which edition, on which facts."""

    outcome: OutcomeT
    because: str
    row: str
    table: str
    facts: Any

    def facts_record(self) -> dict[str, Any]:
        """Return the facts as plain values that can be stored and decided on again."""
        return {name: value.value if isinstance(value, Enum) else value for name, value in asdict(self.facts).items()}


@dataclass(frozen=True, slots=True)
class Explanation(Generic[OutcomeT]):
    """A decision with the nearest rows that did not fire and every single answer that would change it."""

    decision: Decision[OutcomeT]
    near: tuple[NearMiss[OutcomeT], ...]
    changes: tuple[Change[OutcomeT], ...]


@dataclass(frozen=True, slots=True)
class Row(Generic[OutcomeT]):
    """One row as compiled: the bits of its conditions, and those conditions as unmet ones would be told."""

    id: str
    outcome: OutcomeT
    because: str
    bits: int
    wants: tuple[tuple[int, Unmet], ...]


class DecisionEdition(Generic[OutcomeT]):
    """One edition of a decision table, ready to decide."""

    def __init__(self, name: str, found: PolicyFile, fields: dict[str, Field], outcomes: type[OutcomeT]) -> None:
        head = found.head
        self.name, self.subject, self.owner, self.source = name, head.subject, head.owner, head.source
        self.effective_from = head.effective_from
        self._label = f"{name}/{head.effective_from}"
        self._conditions: list[Condition] = []
        self.rows = tuple(_rows(found, fields, outcomes, self._conditions))
        used = list(dict.fromkeys(condition.field.name for condition in self._conditions))
        self._readers = tuple((fields[each].position, *self._masks(fields[each])) for each in used)
        self._swaps = tuple(self._alternatives(fields[each]) for each in used)
        self._explained: dict[int, tuple[int, tuple[NearMiss[OutcomeT], ...], tuple[Change[OutcomeT], ...]]] = {}

    def __str__(self) -> str:
        return self._label

    def decide(self, facts: object, values: tuple[Any, ...]) -> Decision[OutcomeT]:
        """Return the decision of the first row whose conditions are all met."""
        return self._decision(self._first(self._unmet(values)), facts)

    def explain(self, facts: object, values: tuple[Any, ...]) -> Explanation[OutcomeT]:
        """Return the decision with its near misses and the answers that would change it."""
        unmet = self._unmet(values)
        known = self._explained.get(unmet)
        if known is None:
            fired = self._first(unmet)
            known = (fired, self._near(unmet, fired), self._changes(unmet, fired))
            if len(self._explained) < REMEMBERED:
                self._explained[unmet] = known
        fired, near, changes = known
        return Explanation(self._decision(fired, facts), near, changes)

    def forget(self) -> None:
        """Empty the memory of explanations, as when measuring what one costs."""
        self._explained.clear()

    def _decision(self, fired: int, facts: object) -> Decision[OutcomeT]:
        row = self.rows[fired]
        return Decision(row.outcome, row.because, row.id, self._label, facts)

    def _unmet(self, values: tuple[Any, ...]) -> int:
        unmet = 0
        for position, bounds, masks in self._readers:
            value = values[position]
            unmet |= masks[value] if bounds is None else masks[bisect_right(bounds, value)]
        return unmet

    def _first(self, unmet: int) -> int:
        for index, row in enumerate(self.rows):
            if not row.bits & unmet:
                return index
        raise AssertionError("the last row is a catch-all")

    def _near(self, unmet: int, fired: int) -> tuple[NearMiss[OutcomeT], ...]:
        decided = self.rows[fired].outcome
        above = [row for row in self.rows[:fired] if row.outcome != decided]
        above.sort(key=lambda row: (row.bits & unmet).bit_count())
        return tuple(
            NearMiss(row.id, row.outcome, row.because, tuple(want for bit, want in row.wants if bit & unmet))
            for row in above[:NEAREST]
        )

    def _changes(self, unmet: int, fired: int) -> tuple[Change[OutcomeT], ...]:
        decided, found = self.rows[fired].outcome, []
        for mine, name, alternatives in self._swaps:
            now = unmet & mine
            for to, mask in alternatives:
                if mask == now:
                    continue
                index = self._first(unmet & ~mine | mask)
                row = self.rows[index]
                if row.outcome != decided:
                    found.append((index, Change(name, to, row.outcome, row.id)))
        return tuple(change for _, change in sorted(found, key=lambda each: each[0]))

    def _masks(self, field: Field) -> tuple[list[Any] | None, Any]:
        bounds = field.bounds(self._conditions)
        if bounds is None:
            return None, {value: self._mask_at(field, value) for value in field.values}
        return bounds, [self._mask_at(field, value) for value in field.between(bounds)]

    def _mask_at(self, field: Field, value: object) -> int:
        return sum(
            1 << bit
            for bit, each in enumerate(self._conditions)
            if each.field.name == field.name and not each.met_by(value)
        )

    def _alternatives(self, field: Field) -> tuple[int, str, tuple[tuple[str, int], ...]]:
        mine = sum(1 << bit for bit, each in enumerate(self._conditions) if each.field.name == field.name)
        bounds = field.bounds(self._conditions)
        samples = field.values if bounds is None else field.between(bounds)
        return mine, field.name, tuple((field.in_words(each, bounds), self._mask_at(field, each)) for each in samples)


class DecisionTable(Generic[FactsT, OutcomeT]):
    """A decision table with editions by date: a function from facts to a decision with its reasons."""

    def __init__(self, name: str, facts: type[FactsT], editions: Editions[DecisionEdition[OutcomeT]]) -> None:
        self.name, self.facts, self.editions = name, facts, editions
        names = list(get_type_hints(facts))
        read = attrgetter(*names)
        self._read = read if len(names) > 1 else lambda facts: (read(facts),)

    @classmethod
    def beside(cls, file: str, *, facts: type[FactsT], outcomes: type[OutcomeT]) -> "DecisionTable[FactsT, OutcomeT]":
        """
        Load the table named as the rule file it stands beside.

        :raises PolicyError: if an edition is broken: file, line and what was expected
        """
        name = Path(file).stem
        fields = {
            each: Field(each, hint, position) for position, (each, hint) in enumerate(get_type_hints(facts).items())
        }
        editions = load_editions(file, name, lambda found: DecisionEdition(name, found, fields, outcomes))
        table = cls(name, facts, editions)
        register(name, table)
        return table

    def decide(self, facts: FactsT, *, on: date) -> Decision[OutcomeT]:
        """Return what the edition in force on a London day decides."""
        return self.editions.on(on).decide(facts, self._read(facts))

    def values(self, facts: FactsT) -> tuple[Any, ...]:
        """Return the facts as one edition's `decide` takes them."""
        return self._read(facts)

    def explain(self, facts: FactsT, *, on: date) -> Explanation[OutcomeT]:
        """Return the decision with the nearest rows that did not fire and the answers that would change it."""
        return self.editions.on(on).explain(facts, self._read(facts))


def _rows(
    found: PolicyFile, fields: dict[str, Field], outcomes: type[OutcomeT], conditions: list[Condition]
) -> Iterator[Row[OutcomeT]]:
    seen: set[str] = set()
    for number, values in enumerate(found.rows):
        _check_row(found, number, seen)
        wants = []
        for name, wanted in values.get("when", {}).items():
            if name not in fields:
                raise found.wrong(number, f"{name} is no fact; one of {', '.join(fields)} was expected.")
            condition = read_condition(fields[name], wanted)
            if isinstance(condition, str):
                raise found.wrong(number, condition)
            if condition not in conditions:
                conditions.append(condition)
            wants.append((1 << conditions.index(condition), Unmet(name, condition.in_words())))
        try:
            outcome = outcomes(values["then"])
        except ValueError:
            expected = ", ".join(str(each.value) for each in outcomes)
            raise found.wrong(number, f"{values['then']!r} is no outcome; one of {expected} was expected.") from None
        yield Row(values["id"], outcome, values["because"], sum(bit for bit, _ in wants), tuple(wants))


def _check_row(found: PolicyFile, number: int, seen: set[str]) -> None:
    values, last = found.rows[number], number == len(found.rows) - 1
    for key in ("id", "then", "because"):
        if not isinstance(values.get(key), str) or not values[key]:
            raise found.wrong(number, f"the row must say {key}, as text.")
    if unknown := set(values) - {"id", "when", "then", "because"}:
        raise found.wrong(number, f"{min(unknown)} was not expected; a row has id, when, then and because.")
    if values["id"] in seen:
        raise found.wrong(number, f"row {values['id']} stands twice; each id was expected once.")
    seen.add(values["id"])
    if last and values.get("when"):
        raise found.wrong(number, "the last row must be the catch-all, without `when`.")
    if not last and not values.get("when"):
        raise found.wrong(number, f"row {values['id']} has no `when`, so no row below it could ever fire.")
