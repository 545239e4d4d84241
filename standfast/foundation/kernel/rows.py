"""
How is a row stored, changed or read without its statement being put together anew?

The ORM compiles the same statement each time it is asked, which takes ten times as long as the database needs for it. What is written or
asked for every contact comes here instead: the words of the statement are made once for a kind of record, and kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias, TypeVar

from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, DateTimeField, Field, Model, QuerySet, TextField
from django.db.models.expressions import DatabaseDefault

ModelT = TypeVar("ModelT", bound=Model)
_AnyField: TypeAlias = "Field[Any, Any]"
# The names of a row's values, each with what makes of it what the database is given, if anything does.
_Parts: TypeAlias = tuple[tuple[str, Callable[..., Any] | None], ...]
# A statement takes at most 65,535 values, and each number of rows makes a statement of its own.
AT_ONCE = 100
_UNLESS_THERE = " ON CONFLICT DO NOTHING"
_AS_THEY_ARE = (BooleanField, CharField, DateTimeField, TextField)


def insert_row(row: Model) -> None:
    """Store a new row and set its id, like `row.save(force_insert=True)`."""
    insert_rows([row])


def insert_rows(rows: Sequence[Model]) -> None:
    """Store new rows of one kind in this order, by one statement unless they are very many, and set their ids."""
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        for row, (new,) in zip(some, _insert(some, unless=""), strict=True):
            _now_stored(row, new)


def insert_row_if_new(row: Model) -> bool:
    """Store a row and set its id, unless one that may not stand beside it is there; whoever is storing that one is waited for."""
    found = _insert([row], unless=_UNLESS_THERE)
    for (new,) in found:
        _now_stored(row, new)
    return bool(found)


def insert_rows_that_are_new(rows: Sequence[Model]) -> None:
    """Store rows of one kind, leaving out those that may not stand beside one that is there. Their ids stay unknown."""
    for start in range(0, len(rows), AT_ONCE):
        _insert(rows[start : start + AT_ONCE], unless=_UNLESS_THERE)


def save_fields(row: Model, *names: str) -> None:
    """
    Save these fields of a row, like `row.save(update_fields=names)`.

    :raises DatabaseError: if the row is not there
    """
    statement, parts = _change_of(type(row), names)
    at = connections[DEFAULT_DB_ALIAS]
    with at.cursor() as cursor:
        cursor.execute(statement, [*_given(row, parts, at), row.pk])
        if cursor.rowcount != 1:
            raise DatabaseError(f"Of {row._meta.label} {row.pk}, {cursor.rowcount} rows were changed.")


def save_row(row: Model) -> None:
    """
    Save every field of a row, like `row.save(force_update=True)`; what the database filled in and was not read back stays as it is.

    :raises DatabaseError: if the row is not there
    """
    kind, given = type(row), row.__dict__
    unread = {name for name in _filled_in(kind) if isinstance(given[name], DatabaseDefault)}
    save_fields(row, *(name for name in _saved_fields(kind) if name not in unread))


def find_row(kind: type[ModelT], /, *, lock: bool = False, newest: bool = False, **equal: object) -> ModelT | None:
    """
    Return the row whose fields have these values, or None; with `lock`, nobody else changes it before the transaction ends.

    None as a value stands for an empty field, a list for any of its values; `contact__reference` is the reference of the row's contact. Of
    several rows the one with the highest key is returned where `newest` is asked for.

    :raises MultipleObjectsReturned: if there are several and not the newest is asked for
    """
    found = _found(kind, equal, order="id DESC LIMIT 1" if newest else "", lock=lock)
    if len(found) > 1:
        raise MultipleObjectsReturned(f"There are {len(found)} rows of {kind._meta.label} where there can be one.")
    return found[0] if found else None


def find_rows(kind: type[ModelT], /, *, order: str = "id", lock: bool = False, **equal: object) -> list[ModelT]:
    """Return the rows whose fields have these values, as for `find_row`, in the order of these columns, and locked in that order."""
    return _found(kind, equal, order=order, lock=lock)


def rows_of(kind: type[ModelT], statement: str, values: Sequence[Any]) -> list[ModelT]:
    """Return the rows of a kind that a statement gives; its `{columns}` stands for the columns of that kind."""
    asked, names, readings = _reading_of(kind, statement)
    at = connections[DEFAULT_DB_ALIAS]
    with at.cursor() as cursor:
        cursor.execute(asked, values)
        found = [list(each) for each in cursor.fetchall()]
    for place, read in readings:
        for each in found:
            each[place] = read(each[place], None, at)
    return [kind.from_db(DEFAULT_DB_ALIAS, names, each) for each in found]


def values_of(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return what a statement gives, row by row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def rows_by_id(kind: type[ModelT], ids: Sequence[int]) -> dict[int, ModelT]:
    """Return the rows of a kind that have these ids, by their ids."""
    if not ids:
        return {}
    key = _column(kind._meta.pk)
    statement = f"SELECT {{columns}} FROM {_quoted(kind._meta.db_table)} WHERE {key} = ANY(%s)"  # noqa: S608 - as above
    return {row.pk: row for row in rows_of(kind, statement, [list(ids)])}


def read_along(rows: Sequence[Model], *names: str) -> None:
    """
    Read what rows of one kind refer to by these fields, like `prefetch_related(*names)`: by one statement for each kind referred to.

    Asked after the rows themselves, and not joined to them: what a row that had to be waited for refers to is read as it is by then.
    """
    if not rows:
        return
    fields: list[Any] = [rows[0]._meta.get_field(name) for name in names]
    for kind in {field.related_model for field in fields}:
        theirs = [field for field in fields if field.related_model is kind]
        ids = {getattr(row, field.attname) for row in rows for field in theirs} - {None}
        found = rows_by_id(kind, sorted(ids))
        for row in rows:
            for field in theirs:
                field.set_cached_value(row, found.get(getattr(row, field.attname)))


def one_of(rows: QuerySet[ModelT]) -> ModelT | None:
    """
    Return the one row there can be by a unique key, or None.

    Unlike `first`, it asks for no order: the database need not be told how to sort one row, nor may it be misled to walk a table in
    that order.
    """
    try:
        return rows.get()
    except ObjectDoesNotExist:
        return None


def _insert(rows: Sequence[Model], *, unless: str) -> list[tuple[Any, ...]]:
    kind = type(rows[0])
    # What the database fills in by itself is left out: the rows of one statement must be alike in that, or it is refused.
    left_out = tuple(
        name for name in _filled_in(kind) if all(isinstance(row.__dict__[name], DatabaseDefault) for row in rows)
    )
    statement, parts = _insert_of(kind, left_out, len(rows), unless)
    at = connections[DEFAULT_DB_ALIAS]
    with at.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in _given(row, parts, at)])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _now_stored(row: Model, new: object) -> None:
    row.pk = new
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS


def _given(row: Model, parts: _Parts, at: BaseDatabaseWrapper) -> list[Any]:
    given = row.__dict__
    return [prepared(given[name], at) if prepared else given[name] for name, prepared in parts]


def _parts(fields: Iterable[_AnyField]) -> _Parts:
    return tuple((each.attname, None if isinstance(each, _AS_THEY_ARE) else each.get_db_prep_save) for each in fields)


@cache
def _filled_in(kind: type[Model]) -> tuple[str, ...]:
    return tuple(each.attname for each in kind._meta.local_concrete_fields if each.has_db_default())


@cache
def _insert_of(kind: type[Model], left_out: tuple[str, ...], count: int, unless: str) -> tuple[str, _Parts]:
    fields = [
        each
        for each in kind._meta.local_concrete_fields
        if not (each.primary_key or each.generated or each.attname in left_out)
    ]
    one = f"({', '.join(['%s'] * len(fields))})"
    columns, places = ", ".join(map(_column, fields)), ", ".join([one] * count)
    # The names are those of the model, never anybody's words.
    statement = f"INSERT INTO {_quoted(kind._meta.db_table)} ({columns}) VALUES {places}{unless}"  # noqa: S608
    return f"{statement} RETURNING {_column(kind._meta.pk)}", _parts(fields)


@cache
def _change_of(kind: type[Model], names: tuple[str, ...]) -> tuple[str, _Parts]:
    known = {each.name: each for each in kind._meta.local_concrete_fields}
    fields = [known[name] for name in names]
    changes = ", ".join(f"{_column(each)} = %s" for each in fields)
    # The names are those of the model, never anybody's words.
    statement = f"UPDATE {_quoted(kind._meta.db_table)} SET {changes} WHERE {_column(kind._meta.pk)} = %s"  # noqa: S608
    return statement, _parts(fields)


@cache
def _saved_fields(kind: type[Model]) -> tuple[str, ...]:
    return tuple(each.name for each in kind._meta.local_concrete_fields if not (each.primary_key or each.generated))


def _found(kind: type[ModelT], equal: Mapping[str, object], *, order: str, lock: bool) -> list[ModelT]:
    values = [value for value in equal.values() if value is not None]
    if [] in values:
        # One of none: there is nothing to ask.
        return []
    names = tuple((name, _how(value)) for name, value in equal.items())
    end = (f" ORDER BY {order}" if order else "") + (" FOR UPDATE" if lock else "")
    return rows_of(kind, _question_of(kind, names, end), values)


def _how(value: object) -> str:
    return " IS NULL" if value is None else " = ANY(%s)" if isinstance(value, list) else " = %s"


@cache
def _question_of(kind: type[Model], names: tuple[tuple[str, str], ...], end: str) -> str:
    where = " AND ".join(_where(kind, name, how) for name, how in names)
    # The names are those of the model, the end is the caller's own: never anybody's words.
    return f"SELECT {{columns}} FROM {_quoted(kind._meta.db_table)} WHERE {where}{end}"  # noqa: S608


def _where(kind: Any, name: str, how: str) -> str:
    own, _, theirs = name.partition("__")
    field = kind._meta.get_field(own)
    if not theirs:
        return f"{_column(field)}{how}"
    # Not joined: a lock is asked for on the rows themselves, never on those they belong to.
    other = field.related_model
    key, table = _column(other._meta.pk), _quoted(other._meta.db_table)
    return f"{_column(field)} IN (SELECT {key} FROM {table} WHERE {_where(other, theirs, how)})"  # noqa: S608 - as above


@cache
def _reading_of(kind: type[Model], statement: str) -> tuple[str, tuple[str, ...], tuple[tuple[int, Any], ...]]:
    fields = kind._meta.local_concrete_fields
    # Few kinds of field are kept in the database in another form than ours: JSON is one.
    readings = tuple((place, each.from_db_value) for place, each in enumerate(fields) if hasattr(each, "from_db_value"))
    asked = statement.replace("{columns}", ", ".join(map(_column, fields)))
    return asked, tuple(each.attname for each in fields), readings


def _column(field: _AnyField) -> str:
    return _quoted(str(field.column))


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
