"""
How does a moment come out of the database? Read by psycopg's compiled loader, in UTC.

The framework puts a loader of its own in its place, which reads each moment by a regular expression in Python, only to set the time zone.
Our connections are in UTC already, so the compiled one gives the same moments; the board reads four thousand of them for one refresh, and
spent a third of its time on that.
"""

from functools import cache
from typing import Any

from django.db.backends.postgresql import base
from psycopg import adapters
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

MOMENT = "timestamptz"


@cache
def _with_compiled_moments(template: AdaptersMap) -> AdaptersMap:
    compiled = adapters.get_loader(adapters.types[MOMENT].oid, Format.TEXT)
    adapted = AdaptersMap(template)
    adapted.register_loader(MOMENT, compiled)  # type: ignore[arg-type]
    return adapted


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose moments are read by compiled code."""

    def get_connection_params(self) -> dict[str, Any]:
        """Return what the framework connects with, and psycopg's loader of moments."""
        given: dict[str, Any] = super().get_connection_params()
        return {**given, "context": _with_compiled_moments(given["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor. The framework's own first asks each loader for its time zone, which a compiled one does not tell."""
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
