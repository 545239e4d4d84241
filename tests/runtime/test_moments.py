"""Do moments come out of the database as they went in, in UTC, read by compiled code, whatever the cursor?"""

from datetime import UTC, datetime

import pytest
from django.db import connection
from psycopg import adapters
from psycopg.pq import Format

from standfast.foundation.people.models import StaffMember

pytestmark = pytest.mark.django_db

MOMENTS = (
    datetime(1, 1, 2, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 30, 0, 7, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_moment_comes_back_as_it_went_in(moment: datetime) -> None:
    """To the microsecond, in UTC, at both clock changes and at both ends of the calendar."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz, NULL::timestamptz", [moment])
        assert cursor.fetchone() == (moment, None)
        cursor.execute("SELECT %s::timestamptz", [moment])
        (found,) = cursor.fetchone()
    assert found.tzinfo is UTC


def test_the_compiled_loader_reads_them() -> None:
    """The framework's own would read each by a regular expression."""
    connection.ensure_connection()
    kind = adapters.types["timestamptz"].oid
    mine = connection.connection.adapters.get_loader(kind, Format.TEXT)
    assert mine is adapters.get_loader(kind, Format.TEXT)
    assert mine.__module__ != "django.db.backends.postgresql.psycopg_any"


def test_a_long_list_is_read_in_parts_too() -> None:
    """A named cursor has the same loader."""
    StaffMember.objects.create(username="read.in.parts", last_login=MOMENTS[1])
    rows = StaffMember.objects.filter(username="read.in.parts").values_list("last_login", flat=True)
    assert list(rows.iterator(chunk_size=1)) == [MOMENTS[1]]
