"""
DSP1: eight dispatchers send one unit at the same moment, 600 times. Is there exactly one winner each time, and is each other told by whom?

Two negative controls show that the race is real: without the lock and the database's rule a unit is sent twice, and a stricter
isolation level does not help.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from standfast.cli.invariants import CHECKS, find_breaches
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.kernel.errors import Refusal, Stale
from standfast.foundation.people.roles import Role
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Deployment, Incident, LogEntry, Unit
from standfast.journey.incidents.operations import Merging, NewEntry, Sending
from standfast.journey.incidents.states import DeploymentEnd
from tests.builders import staff
from tests.conftest import System
from tests.dispatch.steps import BEN, unit_on_duty, waiting_incident

ROUNDS, DISPATCHERS = 600, 8
JOINED_ROUNDS, MOST_BATCHES, LONGEST_WAIT = 24, 20, 30
CONTROL_ROUNDS = 12
START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
PEOPLE = [
    Actor(ref=f"staff:d{number}", name=f"Dispatcher {number}", roles=frozenset({Role.DISPATCHER.value}))
    for number in range(DISPATCHERS)
]


@contextmanager
def a_connection_of_its_own() -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def in_rounds(
    rounds: int, attempt: Callable[[int, int], object], *, between: Callable[[int], object]
) -> list[list[Any]]:
    """Let every dispatcher try at the same moment, round after round; return what each got in each round."""
    got: list[list[Any]] = [[None] * DISPATCHERS for _ in range(rounds)]
    begin, end = threading.Barrier(DISPATCHERS + 1), threading.Barrier(DISPATCHERS + 1)

    def dispatcher(me: int) -> None:
        with a_connection_of_its_own():
            for each in range(rounds):
                begin.wait()
                try:
                    got[each][me] = attempt(each, me)
                except Exception as error:
                    got[each][me] = error
                end.wait()

    threads = [threading.Thread(target=dispatcher, args=(me,)) for me in range(DISPATCHERS)]
    for thread in threads:
        thread.start()
    for each in range(rounds):
        begin.wait()
        end.wait()
        between(each)
    for thread in threads:
        thread.join()
    return got


@pytest.fixture
def board(fresh_system: Callable[[], System], speak_to: Callable[[System], None]) -> tuple[System, list[str]]:
    system = fresh_system()
    speak_to(system)
    incidents = [waiting_incident(by=staff(), now=START).reference for _ in range(DISPATCHERS)]
    unit_on_duty("ND52", now=START)
    return system, incidents


def test_of_eight_dispatchers_one_wins_each_time_and_the_others_are_told_by_whom(
    board: tuple[System, list[str]],
) -> None:
    _, incidents = board

    def attempt(number: int, me: int) -> str:
        sending = Sending(incident=incidents[me], callsign="ND52")
        at = START + timedelta(seconds=10 * number)
        return operations.deploy_unit(sending=sending, by=PEOPLE[me], now=at).assigned_by_name

    def free_it(number: int) -> None:
        # By hand: six hundred whole stand-downs would try nothing more, and take as long as the race.
        ended = {"ended_at": START + timedelta(seconds=10 * number + 5), "ended_how": DeploymentEnd.STOOD_DOWN}
        Deployment.objects.filter(ended_at=None).update(**ended)
        Unit.objects.update(state=2)

    for round_ in in_rounds(ROUNDS, attempt, between=free_it):
        winners = [each for each in round_ if isinstance(each, str)]
        assert len(winners) == 1
        losers = [each for each in round_ if not isinstance(each, str)]
        assert {type(each) for each in losers} == {operations.UnitTaken}
        assert all(f"sent by {winners[0]} at " in str(each) for each in losers)
    assert Deployment.objects.count() == ROUNDS


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_without_the_lock_and_the_databases_rule_a_unit_is_sent_twice(
    board: tuple[System, list[str]], isolation: str
) -> None:
    system, _ = board
    unit = Unit.objects.get(callsign="ND52").pk
    incident_ids = [row.pk for row in _incidents(board[1])]
    with psycopg.connect(system.admin_url, autocommit=True) as admin:
        admin.execute("DROP INDEX incidents_one_active_deployment_of_a_unit")
        halfway = threading.Barrier(DISPATCHERS)

        def attempt(number: int, me: int) -> bool:
            # The sabotage: check, then insert, as a careless program does.
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
                free = not Deployment.objects.filter(unit_id=unit, ended_at=None).exists()
                halfway.wait()
                if free:
                    Deployment.objects.create(
                        incident_id=incident_ids[me],
                        unit_id=unit,
                        callsign="ND52",
                        duty=1,
                        assigned_at=START,
                        assigned_by=PEOPLE[me].ref,
                        assigned_by_name=PEOPLE[me].name,
                    )
                return free

        def clear(number: int) -> None:
            Deployment.objects.all().delete()

        double = sum(
            sum(each is True for each in round_) > 1 for round_ in in_rounds(CONTROL_ROUNDS, attempt, between=clear)
        )
    assert double == CONTROL_ROUNDS


def test_the_databases_rule_alone_stops_whoever_does_not_come_by_the_lock(board: tuple[System, list[str]]) -> None:
    first, second = _incidents(board[1])[:2]
    operations.deploy_unit(sending=Sending(incident=first.reference, callsign="ND52"), by=BEN, now=START)
    unit = Unit.objects.get(callsign="ND52")
    with pytest.raises(operations.UnitTaken, match="sent by Ben Dispatcher"), transaction.atomic():
        operations.deploying._assign(unit, second, reason="", chosen=None, by=PEOPLE[1], now=START)
    assert Deployment.objects.filter(ended_at=None).count() == 1


def test_of_two_who_divert_the_same_units_crosswise_neither_waits_for_ever(board: tuple[System, list[str]]) -> None:
    incidents = board[1]
    unit_on_duty("ND33", now=START)
    for callsign, incident in (("ND52", incidents[0]), ("ND33", incidents[1])):
        operations.deploy_unit(sending=Sending(incident=incident, callsign=callsign), by=BEN, now=START)

    def attempt(number: int, me: int) -> object:
        callsign = ("ND52", "ND33")[me % 2]
        target = incidents[(number + me) % 2]
        sending = Sending(incident=target, callsign=callsign, reason="swap")
        return operations.divert_unit(sending=sending, by=PEOPLE[me], now=START + timedelta(seconds=number))

    for round_ in in_rounds(20, attempt, between=str):
        assert all(isinstance(each, Deployment | Refusal) for each in round_), round_
    for callsign in ("ND52", "ND33"):
        assert Deployment.objects.filter(callsign=callsign, ended_at=None).count() == 1


def test_two_who_write_in_one_log_lose_nothing(board: tuple[System, list[str]]) -> None:
    """DSP4: entries are only added, so eight writers need not know of each other."""
    reference = board[1][0]
    rounds = 125

    def attempt(number: int, me: int) -> object:
        new = NewEntry(incident=reference, words=f"{number} of {me}")
        return operations.add_log_entry(new=new, by=PEOPLE[me], now=START).pk

    in_rounds(rounds, attempt, between=str)
    found = set(LogEntry.objects.filter(incident__reference=reference).values_list("words", flat=True))
    assert found == {f"{number} of {me}" for number in range(rounds) for me in range(DISPATCHERS)}


def _incidents(references: list[str]) -> list[Any]:
    by_reference = {each.reference: each for each in Incident.objects.filter(reference__in=references)}
    return [by_reference[each] for each in references]


def test_merging_and_parting_while_others_send_and_report_leaves_every_record_whole(
    board: tuple[System, list[str]],
) -> None:
    _, incidents = board
    first, second, third = incidents[:3]

    def merge(one: str, other: str, me: int, at: datetime) -> object:
        merging = Merging(incident=one, other=other, reason="One crash")
        return operations.merge_incidents(merging=merging, by=PEOPLE[me], now=at)

    def attempt(number: int, me: int) -> object:
        at, by = START + timedelta(seconds=10 * number), PEOPLE[me]
        target = (first, second, third)[number % 3]
        sending = Sending(incident=target, callsign="ND52", reason="Nearest")
        acts: list[Callable[[], object]] = [
            lambda: merge(first, second, me, at),
            lambda: merge(second, first, me, at),
            lambda: operations.deploy_another_unit(sending=sending, by=by, now=at),
            lambda: operations.part_incident(reference=second, reason="Two", by=by, now=at),
            lambda: merge(third, second, me, at),
            lambda: operations.note_status(callsign="ND52", code=(6, 2)[number % 2], by=by, now=at),
            lambda: operations.part_incident(reference=third, reason="Two", by=by, now=at),
            lambda: operations.divert_unit(sending=sending, by=by, now=at),
        ]
        return acts[me]()

    done: set[int] = set()
    for batch in range(MOST_BATCHES):
        first_round = batch * JOINED_ROUNDS
        found = in_rounds(JOINED_ROUNDS, lambda number, me, at=first_round: attempt(at + number, me), between=str)  # type: ignore[misc]
        tried = [(me, each) for round_ in found for me, each in enumerate(round_)]
        assert [each for _, each in tried if isinstance(each, Exception) and not isinstance(each, Refusal)] == []
        done |= {me for me, each in tried if not isinstance(each, Refusal)}
        # Who comes first in a round is chance: the rounds go on until each of the eight acts was done at least once.
        if len(done) == DISPATCHERS:
            break
    assert done == set(range(DISPATCHERS))
    broken = {each.name: find_breaches(each) for each in CHECKS}
    assert {name: breaches for name, breaches in broken.items() if breaches} == {}


def test_a_unit_sent_while_a_merge_waits_its_turn_is_not_merged_unseen(board: tuple[System, list[str]]) -> None:
    system, (first, second, *_) = board
    found: list[object] = []

    def merge() -> None:
        with a_connection_of_its_own():
            try:
                merging = Merging(incident=first, other=second, reason="One crash")
                found.append(operations.merge_incidents(merging=merging, by=BEN, now=START))
            except Refusal as refusal:
                found.append(refusal)

    merger = threading.Thread(target=merge)
    with transaction.atomic():
        operations.deploy_unit(sending=Sending(incident=second, callsign="ND52"), by=BEN, now=START)
        merger.start()
        until_somebody_waits(system)
    merger.join()
    assert [type(each) for each in found] == [Stale]


def until_somebody_waits(system: System) -> None:
    """Return when a session of the database waits for a lock that another holds."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + LONGEST_WAIT
    with psycopg.connect(system.admin_url, autocommit=True) as admin:
        while not admin.execute(asked).fetchone()[0]:  # type: ignore[index]
            assert time.monotonic() < deadline, "Nobody waits."
            time.sleep(0.02)
