"""What time should have done and did not: shown to people, still tried, and the other rows go on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from standfast.cli.worker import TRY_AGAIN_AFTER, run_job
from standfast.foundation.eventlog.models import Entry
from standfast.foundation.kernel.errors import Refusal
from standfast.foundation.obligations import queries
from standfast.foundation.people.roles import Role
from standfast.schedule import Job
from tests.entering import account, signed_in

pytestmark = pytest.mark.django_db
NAME = "return unanswered referrals"


@dataclass
class Rows:
    """Rows that are due, and which of them cannot be done."""

    due: list[str]
    failing: dict[str, Exception] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    def job(self, ask: Callable[[datetime], Sequence[str]] | None = None) -> Job:
        return Job(
            name=NAME, every=timedelta(seconds=5), due=ask or (lambda _: list(self.due)), operation=self._operation
        )

    def _operation(self, reference: str, now: datetime) -> None:
        if reference in self.failing:
            raise self.failing[reference]
        self.done.append(reference)


def shown() -> list[tuple[str, int, str]]:
    return [(row.reference, row.tries, row.because) for row in queries.list_setbacks()]


def test_a_row_that_fails_three_times_is_shown_and_the_others_go_on(now: datetime) -> None:
    rows = Rows(due=["A", "B"], failing={"A": KeyError("Ann Other")})
    for second in (0, 5):
        run_job(rows.job(), now=now + timedelta(seconds=second))
    assert shown() == []
    run_job(rows.job(), now=now + timedelta(seconds=10))
    assert shown() == [("A", 3, "KeyError")], "no word of a record is repeated"
    assert rows.done == ["B", "B", "B"]
    left = Entry.objects.get(kind="obligations.job.left_to_people")
    assert (left.about, left.facts["job"]) == ("A", NAME)


def test_a_refusal_says_its_sentence(now: datetime) -> None:
    rows = Rows(due=["A"], failing={"A": Refusal("The referral is closed.")})
    for second in range(3):
        run_job(rows.job(), now=now + timedelta(seconds=second))
    assert shown() == [("A", 3, "Refusal: The referral is closed.")]


def test_it_is_tried_again_later_and_ends_when_it_works(now: datetime) -> None:
    rows = Rows(due=["A"], failing={"A": KeyError()})
    for second in range(6):
        run_job(rows.job(), now=now + timedelta(seconds=second))
    assert [tries for _, tries, _ in shown()] == [3], "it rests after the third time"
    run_job(rows.job(), now=now + timedelta(seconds=2) + TRY_AGAIN_AFTER)
    assert [tries for _, tries, _ in shown()] == [4]
    rows.failing.clear()
    run_job(rows.job(), now=now + timedelta(seconds=2) + 2 * TRY_AGAIN_AFTER)
    assert rows.done == ["A"]
    assert shown() == []
    assert Entry.objects.filter(kind="obligations.job.caught_up", about="A").count() == 1


def test_a_row_somebody_dealt_with_by_hand_is_shown_no_longer(now: datetime) -> None:
    rows = Rows(due=["A"], failing={"A": KeyError()})
    for second in range(3):
        run_job(rows.job(), now=now + timedelta(seconds=second))
    rows.due.clear()
    run_job(rows.job(), now=now + timedelta(seconds=4))
    assert shown() == []


def test_a_job_that_cannot_even_ask_is_shown_too(now: datetime) -> None:
    def ask(_: datetime) -> list[str]:
        raise LookupError("no such column")

    for second in range(3):
        run_job(Rows(due=[]).job(ask), now=now + timedelta(seconds=second))
    assert shown() == [("", 3, "LookupError")]
    run_job(Rows(due=[]).job(), now=now + timedelta(seconds=9))
    assert shown() == []


def test_one_failure_then_success_leaves_nothing(now: datetime) -> None:
    rows = Rows(due=["A"], failing={"A": KeyError()})
    run_job(rows.job(), now=now)
    rows.failing.clear()
    run_job(rows.job(), now=now + timedelta(seconds=5))
    assert queries.setbacks_of(NAME) == {}
    assert not Entry.objects.filter(kind__startswith="obligations.job").exists()


def test_the_wall_and_the_page_of_what_needs_a_person_say_so(now: datetime) -> None:
    supervisor = signed_in(account(Role.CONTACT_SUPERVISOR))
    assert "should happen by itself" not in supervisor.get("/wall").content.decode()
    rows = Rows(due=["ABCD-1"], failing={"ABCD-1": KeyError()})
    for second in range(3):
        run_job(rows.job(), now=now + timedelta(seconds=second))
    wall = supervisor.get("/wall").content.decode()
    assert f"One thing that should happen by itself fails and needs a person: “{NAME}”" in wall
    page = supervisor.get("/intake").content.decode()
    assert "Return unanswered referrals" in page
    assert "ABCD-1" in page
    assert "Nothing needs you" not in page
