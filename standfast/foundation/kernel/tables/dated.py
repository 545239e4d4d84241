"""What were the values of a list (time limits, partners, mappings) on a day? Rows are dataclasses, checked when read."""

from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from standfast.foundation.kernel.tables.files import Editions, PolicyFile, load_editions, register

RowT = TypeVar("RowT")


@dataclass(frozen=True, kw_only=True)
class Edition(Generic[RowT]):
    """One edition of a list: its rows in file order."""

    name: str
    subject: str
    effective_from: date
    owner: str
    source: str
    rows: tuple[RowT, ...]

    @cached_property
    def by_id(self) -> dict[str, RowT]:
        """The rows by their `id`."""
        return {str(getattr(row, "id")): row for row in self.rows}  # noqa: B009 - a row type without ids never asks

    def __str__(self) -> str:
        return f"{self.name}/{self.effective_from}"


class DatedTable(Generic[RowT]):
    """A list of values with editions by date."""

    def __init__(self, name: str, row: type[RowT], editions: Editions[Edition[RowT]]) -> None:
        self.name, self.row, self.editions = name, row, editions

    @classmethod
    def beside(cls, file: str, name: str, *, row: type[RowT]) -> "DatedTable[RowT]":
        """
        Load the table `name` that belongs to the capability of a Python file.

        :raises PolicyError: if an edition is broken
        """
        table = cls(name, row, load_editions(file, name, lambda found: _edition(name, row, found)))
        register(name, table)
        return table

    def on(self, day: date) -> Edition[RowT]:
        """
        Return the edition in force on a London day.

        :raises NoEdition: if the first one came later
        """
        return self.editions.on(day)


def _edition(name: str, row: type[RowT], found: PolicyFile) -> Edition[RowT]:
    adapter: TypeAdapter[RowT] = TypeAdapter(row)
    allowed = {field.name for field in fields(row)}  # type: ignore[arg-type]
    rows, seen = [], set()
    for number, values in enumerate(found.rows):
        if unknown := set(values) - allowed:
            raise found.wrong(
                number, f"the row has {min(unknown)}, but only {', '.join(sorted(allowed))} were expected."
            )
        try:
            rows.append(adapter.validate_python(values))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "the row"
            raise found.wrong(number, f"{where} is wrong: {first['msg']}.") from None
        if (identity := values.get("id")) is not None and identity in seen:
            raise found.wrong(number, f"row {identity} stands twice; each id was expected once.")
        seen.add(identity)
    head = found.head
    return Edition(
        name=name,
        subject=head.subject,
        effective_from=head.effective_from,
        owner=head.owner,
        source=head.source,
        rows=tuple(rows),
    )
