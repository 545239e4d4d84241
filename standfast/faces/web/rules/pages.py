"""What does the rules browser show of a policy table?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from standfast.faces.screens.parts import Reason, Why
from standfast.foundation.kernel import days
from standfast.foundation.kernel.errors import NotFound
from standfast.foundation.kernel.tables import DecisionTable, Unmet
from standfast.foundation.kernel.tables.facts import load_tables, plain
from standfast.foundation.kernel.tables.files import NoEdition

OTHERWISE = "Everything else"


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One table in the list: its name, what it is about, since when, and how many rows and editions it has."""

    name: str
    title: str
    subject: str
    in_force: str
    owner: str
    rows: int
    editions: int


@dataclass(frozen=True, kw_only=True)
class TableList:
    """The tables that decide, and those that list values."""

    deciding: Sequence[TableRow]
    listing: Sequence[TableRow]


@dataclass(frozen=True, kw_only=True)
class PolicyRow:
    """One row in words: its conditions (none for the catch-all), what follows, and why; a list's row has only conditions."""

    id: str
    when: Sequence[tuple[str, str]]
    then: str = ""
    because: str = ""


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """A row that one edition added, took out or changed: how it reads before and after."""

    id: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class TablePage:
    """One edition of a table."""

    name: str
    title: str
    subject: str
    owner: str
    source: str
    since: str
    standing: str
    decides: bool
    rows: Sequence[PolicyRow]
    editions: Sequence[tuple[str, str, bool]]
    previous: str
    changes: Sequence[RowChange]


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a table decided on some facts, and why."""

    outcome: str
    why: Why
    near: Sequence[tuple[str, str, str]]


def today(now: datetime) -> date:
    """Return the London day."""
    return days.london_day(now)


def table_list(*, now: datetime) -> TableList:
    """Return every policy table of the program."""
    rows = [(table, _listed(name, table, on=today(now))) for name, table in load_tables().items()]
    return TableList(
        deciding=[row for table, row in rows if isinstance(table, DecisionTable)],
        listing=[row for table, row in rows if not isinstance(table, DecisionTable)],
    )


def table_page(name: str, *, edition: str, now: datetime) -> TablePage:
    """
    Return one edition of a table, by default the one in force, and what it changed from the edition before.

    :raises NotFound: if there is no such table or edition
    """
    table = _table(name)
    shown = _edition(table, edition, on=today(now))
    before = [each for each in table.editions.all if each.effective_from < shown.effective_from]
    return TablePage(
        name=name,
        title=_words(name),
        subject=shown.subject,
        owner=shown.owner,
        source=shown.source,
        since=_day(shown.effective_from),
        standing=_standing(table, shown, on=today(now)),
        decides=isinstance(table, DecisionTable),
        rows=read_rows(shown),
        editions=[(str(each.effective_from), _day(each.effective_from), each is shown) for each in table.editions.all],
        previous=_day(before[-1].effective_from) if before else "",
        changes=compare_editions(before[-1], shown) if before else (),
    )


def decision_table(name: str) -> DecisionTable[Any, Any]:
    """
    Return a table that decides.

    :raises NotFound: if there is none of that name
    """
    table = _table(name)
    if not isinstance(table, DecisionTable):
        raise NotFound(f"{name} lists values and decides nothing.")
    return table


def tried(table: DecisionTable[Any, Any], facts: Any, *, on: date) -> Tried:
    """Return what a table decides on facts on a London day, why, the nearest rows and what would change it."""
    explanation = table.explain(facts, on=on)
    decision = explanation.decision
    return Tried(
        outcome=_label(decision.outcome),
        why=Why(
            reasons=[Reason(sign="1", text=decision.because, source=f"row {decision.row}")],
            changes=[
                Reason(
                    sign="→", text=f"{_words(each.fact)} {each.to}: {_label(each.outcome)}", source=f"row {each.row}"
                )
                for each in explanation.changes
            ],
            foot=f"Edition {decision.table}",
        ),
        near=[(each.row, f"{_label(each.outcome)}: {each.because}", _wanted(each.unmet)) for each in explanation.near],
    )


def read_rows(edition: Any) -> list[PolicyRow]:
    """Return the rows of an edition in words, in their order."""
    if hasattr(edition, "decide"):
        return [
            PolicyRow(
                id=row.id,
                when=[(_words(want.fact), want.wanted) for _, want in row.wants],
                then=_label(row.outcome),
                because=row.because,
            )
            for row in edition.rows
        ]
    rows = []
    for place, row in enumerate(edition.rows, start=1):
        values = plain(row)
        said = [(_words(name), _said(value)) for name, value in values.items() if name != "id" and _said(value)]
        rows.append(PolicyRow(id=str(values.get("id", place)), when=said))
    return rows


def compare_editions(before: Any, after: Any) -> list[RowChange]:
    """Return what an edition changed: rows taken out, added and changed, each as it reads; ids are never reused."""
    old, new = ({row.id: _read(row) for row in read_rows(each)} for each in (before, after))
    gone = [RowChange(id=each, what="Taken out", before=old[each], after="") for each in old if each not in new]
    added = [RowChange(id=each, what="Added", before="", after=new[each]) for each in new if each not in old]
    changed = [
        RowChange(id=each, what="Changed", before=old[each], after=new[each])
        for each in new
        if each in old and old[each] != new[each]
    ]
    return [*gone, *added, *changed]


def _read(row: PolicyRow) -> str:
    when = "; ".join(f"{name}: {value}" for name, value in row.when) or OTHERWISE
    return f"{when} → {row.then}: {row.because}" if row.then else when


def _table(name: str) -> Any:
    tables: Mapping[str, Any] = load_tables()
    if name not in tables:
        raise NotFound(f"There is no table {name}.")
    return tables[name]


def _edition(table: Any, day: str, *, on: date) -> Any:
    if not day:
        try:
            return table.editions.on(on)
        except NoEdition:
            return table.editions.all[0]
    found = [each for each in table.editions.all if str(each.effective_from) == day]
    if not found:
        raise NotFound(f"There is no edition of {day}.")
    return found[0]


def _standing(table: Any, edition: Any, *, on: date) -> str:
    if edition.effective_from > on:
        return "Not in force yet"
    return "In force" if table.editions.on(on) is edition else "Superseded"


def _listed(name: str, table: Any, *, on: date) -> TableRow:
    edition = _edition(table, "", on=on)
    return TableRow(
        name=name,
        title=_words(name),
        subject=edition.subject,
        in_force=_day(edition.effective_from),
        owner=edition.owner,
        rows=len(edition.rows),
        editions=len(table.editions.all),
    )


def _wanted(unmet: Iterable[Unmet]) -> str:
    return "; ".join(f"{_words(each.fact).lower()} would have to be {each.wanted}" for each in unmet)


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_words(name).lower()} {_said(each)}" for name, each in value.items() if _said(each))
    if isinstance(value, list):
        return ", ".join(_said(each) for each in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _label(outcome: Any) -> str:
    return str(getattr(outcome, "label", outcome.value))


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _day(day: date) -> str:
    return f"{day:%-d %B %Y}"
