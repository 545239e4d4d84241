"""Does a call that nobody answered count for the line on which it came, from what telephony sends to the figure?"""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from standfast.cli.filing import FILERS
from standfast.foundation.intake import operations
from standfast.foundation.intake.operations import storing
from standfast.foundation.intake.rules.arrival import CallArrival
from standfast.foundation.people.access import WORKER, operator
from standfast.journey.contact import queries

pytestmark = pytest.mark.django_db


class SameConnection:
    """The way into the database as the intake has it, in the test's own transaction."""

    def call(self, query: str, given: tuple[object, ...]) -> list[tuple[object, ...]]:
        """Run one statement and return its rows."""
        with connection.cursor() as cursor:
            cursor.execute(query, given)
            return cursor.fetchall()


def give_up(*, line: str, presented: datetime) -> None:
    """Tell of a call whose caller rang off after forty seconds."""
    for event, at in (("presented", presented), ("abandoned", presented + timedelta(seconds=40))):
        arrival = CallArrival(source="ctrl", source_ref=f"call{line}", event=event, happened_at=at, at=at, channel=line)
        storing.store_call_event(SameConnection(), arrival)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["999", "101", ""])
def test_a_call_given_up_counts_for_its_line_and_no_other(now: datetime, line: str) -> None:
    operations.register_source(new=operations.NewSource(code="ctrl", name="Control room"), by=operator("test"), now=now)
    give_up(line=line, presented=now - timedelta(minutes=5))
    assert operations.file_waiting(filers=FILERS, by=WORKER, now=now) == 2
    period = {"since": now - timedelta(minutes=30), "now": now}
    found = {each: queries.answer_shares(channel=each, **period).share_abandoned for each in ("999", "101", "")}
    assert found == {"999": None, "101": None, "": None, line: 1.0}
