"""Is one subject's duty met or stopped without going through everybody's?"""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from standfast.foundation.obligations import operations
from standfast.foundation.obligations.models import Obligation
from standfast.foundation.obligations.rules.obligation_limit import ObligationKind as Duty
from standfast.foundation.people.access import WORKER

MANY = 2_000


@pytest.fixture
def many_running(now: datetime) -> None:
    """A table as in a force at work: many duties of a kind run, and the planner knows it."""
    given = {"journey": "", "kind": Duty.CHAT_ANSWER, "case": "any", "starts_at": now, "warn_at": now, "due_at": now}
    kept = {"limit_row": "any", "limit_table": "2026-04-01", "started_by": "worker"}
    Obligation.objects.bulk_create(Obligation(subject=f"chat:{number}", **given, **kept) for number in range(MANY))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE obligations_obligation")


@pytest.mark.django_db
@pytest.mark.usefixtures("many_running")
@pytest.mark.parametrize("how", ["meet", "stop"])
def test_a_duty_is_ended_by_the_index_of_its_subject(how: str, now: datetime) -> None:
    words = operations._MEET if how == "meet" else operations._STOP
    given = [now, *([] if how == "meet" else ["over"]), "chat:7", [kind.value for kind in Duty]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {words}", given)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "obligations_one_duty_of_a_kind_runs_for_a_subject" in plan, plan


@pytest.mark.django_db
@pytest.mark.usefixtures("many_running")
def test_duties_of_several_kinds_end_together_and_those_of_others_run_on(now: datetime) -> None:
    later = now + timedelta(minutes=1)
    kinds = (Duty.CHAT_ANSWER, Duty.CHAT_REPLY)
    assert operations.meet_obligations(kinds, subject="chat:7", at=later, by=WORKER, now=later) == 1
    assert operations.meet_obligations(kinds, subject="chat:7", at=later, by=WORKER, now=later) == 0
    assert operations.stop_obligations(kinds, subject="chat:8", because="over", by=WORKER, now=later) == 1
    assert operations.stop_obligations((Duty.CHAT_REPLY,), subject="chat:9", because="over", by=WORKER, now=later) == 0
    assert Obligation.objects.filter(met_at=None, stopped_at=None).count() == MANY - 2
