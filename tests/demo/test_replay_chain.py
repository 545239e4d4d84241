"""Which unit goes to which replayed call, and what it does when, follows from what the file says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from standfast.demo.replay_chain import PATROLLING, Deed, Step, steps_of
from standfast.demo.replay_files import read_calls
from standfast.demo.replay_mapping import answers_of, closing_code_of
from standfast.demo.replay_plan import Laying, Speed
from standfast.foundation.kernel.days import london_day
from standfast.journey.incidents.rules.unit_status import AT_SCENE, EN_ROUTE

HEADER = (
    "incident_id,agency,problem,priority,reception,start_time,phone_stop_time,queue_time,dispatch_time,enroute_time,"
    "arrival_time,first_cleared_time,first_close_time,first_reopen_time,final_closed_time,disposition\n"
)
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
DAY = london_day(NOW)
BEGINS = datetime(2026, 1, 5, 10, 0)
USUAL: dict[str, float | None] = {
    "phone": 50.0,
    "queue": 30.0,
    "sent": 60.0,
    "way": 90.0,
    "there": 600.0,
    "clear": 1500.0,
    "closed": 1800.0,
    "reopened": None,
    "final": 1800.0,
}


def row(number: int, hours: float, *, agency: str = "POLICE", reception: str = "E-911", **seconds: float | None) -> str:
    """One call so many hours after the first, with what was done so many seconds after it came; None where the file says nothing."""
    start = BEGINS + timedelta(hours=hours)
    stamps = ["" if at is None else f"{start + timedelta(seconds=at)}" for at in {**USUAL, **seconds}.values()]
    return f"{number},{agency},DEST OF PROP IN PROG,1,{reception},{start},{','.join(stamps)},NR-No Report"


def steps(tmp_path: Path, *rows: str, taken: frozenset[str] = frozenset(), until: datetime | None = None) -> list[Step]:
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")
    file = read_calls(path)
    assert not file.bad
    last = until or max(call.last_at for call in file.calls) + timedelta(days=1)
    laying = Laying(starts_at=NOW, first=file.calls[0].at, last=last, speed=Speed(0.0))
    return steps_of(file, laying, on=DAY, taken=taken)


def seen(found: list[Step]) -> list[tuple[Deed, str, int | None, float]]:
    return [(each.deed, each.callsign, each.code, (each.at - found[0].at).total_seconds() + 30) for each in found]


def test_a_call_is_opened_a_unit_sent_what_it_does_reported_and_the_call_closed(tmp_path: Path) -> None:
    assert seen(steps(tmp_path, row(1, 0))) == [
        (Deed.OPEN, "", None, 30),
        (Deed.SEND, "RP01", None, 60),
        (Deed.REPORT, "RP01", EN_ROUTE, 90),
        (Deed.REPORT, "RP01", AT_SCENE, 600),
        (Deed.REPORT, "RP01", PATROLLING, 1500),
        (Deed.CLOSE, "", None, 1800),
    ]


def test_who_cleared_before_anybody_came_was_another_unit(tmp_path: Path) -> None:
    found = seen(steps(tmp_path, row(1, 0, clear=300)))
    assert found[1:] == [
        (Deed.SEND, "RP01", None, 60),
        (Deed.SEND, "RP02", None, 60),
        (Deed.REPORT, "RP01", EN_ROUTE, 90),
        (Deed.REPORT, "RP01", PATROLLING, 300),
        (Deed.REPORT, "RP02", AT_SCENE, 600),
        (Deed.REPORT, "RP02", PATROLLING, 1800),
        (Deed.CLOSE, "", None, 1800),
    ]


@pytest.mark.parametrize(
    ("second", "callsign"),
    [({"hours": 0.1}, "RP02"), ({"hours": 1}, "RP01"), ({"hours": 0.0, "sent": 1500.0}, "RP02")],
    ids=["while the first is busy", "once it is free", "not in the second it clears"],
)
def test_as_few_units_as_are_busy_at_once(tmp_path: Path, second: dict[str, float], callsign: str) -> None:
    found = steps(tmp_path, row(1, 0), row(2, **{"way": 1510.0, **second}))  # type: ignore[arg-type]
    assert [each.callsign for each in found if each.deed == Deed.SEND] == ["RP01", callsign]


def test_the_unit_that_has_been_free_longest_goes(tmp_path: Path) -> None:
    found = steps(tmp_path, row(1, 0), row(2, 0.01), row(3, 2), row(4, 3), taken=frozenset({"RP01"}))
    assert [each.callsign for each in found if each.deed == Deed.SEND] == ["RP02", "RP03", "RP02", "RP03"]


def test_one_that_never_cleared_is_never_sent_again(tmp_path: Path) -> None:
    found = steps(tmp_path, row(1, 0, clear=None, closed=None, final=None), row(2, 5))
    assert [each.callsign for each in found if each.deed == Deed.SEND] == ["RP01", "RP02"]


@pytest.mark.parametrize(("final", "closed"), [(None, []), (9000.0, [9000.0]), (1800.0, [1800.0])])
def test_what_was_opened_again_is_closed_when_it_was_for_good(
    tmp_path: Path, final: float | None, closed: list[float]
) -> None:
    found = seen(steps(tmp_path, row(1, 0, reopened=1700.0, closed=1600.0, final=final)))
    assert [at for deed, _, _, at in found if deed == Deed.CLOSE] == closed


@pytest.mark.parametrize(
    "given",
    [{"agency": "EMS"}, {"reception": "OFFICER"}, {"reception": "Text"}, {"sent": None}],
    ids=["another service", "officers began it", "a text", "nobody was sent"],
)
def test_nobody_goes_to_what_is_no_telephone_call_to_the_police(tmp_path: Path, given: dict[str, Any]) -> None:
    assert steps(tmp_path, row(1, 0, **given)) == []
    assert steps(tmp_path, row(1, 0, **given), row(2, 0, reception="Phone"))


def test_what_would_happen_later_than_now_does_not_happen(tmp_path: Path) -> None:
    arrives = (BEGINS + timedelta(seconds=600 + 5 * 3600)).replace(tzinfo=UTC)
    found = steps(tmp_path, row(1, 0), until=arrives)
    assert [each.code for each in found if each.deed == Deed.REPORT] == [EN_ROUTE, AT_SCENE]
    assert found[-1].at == NOW


def test_every_time_is_one_that_can_be_sent(tmp_path: Path) -> None:
    assert all(each.at.microsecond % 1000 == 0 for each in steps(tmp_path, row(1, 0), until=NOW))


@pytest.mark.parametrize(
    ("priority", "said"),
    [
        (None, {}),
        (1, {"happening_now": True}),
        (2, {}),
        (4, dict.fromkeys(("danger_to_life", "happening_now", "offender_near", "weapon", "injured"), False)),
    ],
)
def test_the_priority_says_what_was_answered(priority: int | None, said: dict[str, bool]) -> None:
    assert answers_of(priority, on=DAY) == ({"visit_needed": True, **said} if priority == 4 else said)


@pytest.mark.parametrize(
    ("outcome", "attended", "code"),
    [
        ("RE-Report", True, "attended_crime"),
        ("RE-Report", False, "resolved_by_phone"),
        ("CN-Cancellation", False, "caller_cancelled"),
        ("DUPPD-Duplicate Police", False, "duplicate"),
        ("NR-No Report", True, "attended_no_crime"),
        ("", False, "resolved_by_phone"),
    ],
)
def test_an_outcome_has_a_closing_code(outcome: str, *, attended: bool, code: str) -> None:
    assert closing_code_of(outcome, attended=attended, on=DAY) == code
