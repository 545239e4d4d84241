"""Does what a mobile terminal sends over HTTP reach the board, once, whatever it is, and never with a 5xx?"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standfast.cli.filing import FILERS
from standfast.foundation.intake import operations as intake
from standfast.foundation.people.access import WORKER
from standfast.journey.incidents import operations
from standfast.journey.incidents.models import Deployment, Incident, StatusReport, Unit
from tests.api.test_intake_input import ask
from tests.builders import staff
from tests.conftest import System
from tests.dispatch.steps import BEN, sent, unit_on_duty, waiting_incident
from tests.intake.chaos import Site, Web, site

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def place() -> Iterator[Site]:
    with site() as made:
        yield made


@pytest.fixture(scope="module")
def web(place: Site) -> Web:
    made = place.web()
    made.start()
    return made


def post(web: Web, key: str, callsign: str, body: object) -> tuple[int, dict[str, Any]]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {
        "Authorization": f"Bearer {key}",
        "Content-Type": "application/json",
        "Content-Length": str(len(raw)),
    }
    status, _, answer = ask(web, "POST", f"/api/v1/units/{callsign}/reports", headers, raw)
    return status, json.loads(answer)


@pytest.mark.database
def test_a_report_is_taken_once_and_a_bad_one_refused_in_one_sentence(web: Web, place: Site) -> None:
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC).isoformat()
    good = {"status": 5, "at": at, "position": {"lat": 52.8, "lon": -2.1}, "device": "mdt-7", "battery": 80}
    assert post(web, place.key, "nd52", good) == (201, {"state": "stored", "unknown_fields": ["battery"]})
    assert post(web, place.key, "ND52", good)[0] == 200
    for callsign, body in (
        ("ND52", {**good, "status": 17}),
        ("ND52", {**good, "status": -1}),
        ("ND52", {**good, "status": "5"}),
        ("ND52", {**good, "position": {"lat": 91, "lon": 0}}),
        ("ND52", {**good, "position": {"lat": 52.8}}),
        ("ND52", {"status": 5}),
        ("ND52", {**good, "at": "2026-11-23T14:00:00"}),
        ("ND52", {**good, "at": "yesterday"}),
        ("ND52", {**good, "device": "x" * 81}),
        ("ND52", {**good, "device": "\x00"}),
        ("N", good),
        ("ND%20!!", good),
        ("X" * 13, good),
        ("ND52", b"not json"),
        ("ND52", []),
    ):
        status, answer = post(web, place.key, callsign, body)
        assert 400 <= status < 500, (callsign, body)
        assert answer["detail"].endswith(".")
        assert answer["expected"]
    assert post(web, "wrong", "ND52", good)[0] == 401


@pytest.fixture
def own(fresh_system: Callable[[], System], speak_to: Callable[[System], None]) -> System:
    system = fresh_system()
    speak_to(system)
    return system


def test_what_terminals_send_out_of_order_and_twice_reaches_the_board_as_it_was(own: System) -> None:
    now = datetime.now(UTC)
    start = now - 40 * MINUTE
    incident = waiting_incident(by=staff(), now=start)
    unit_on_duty("ND52", now=start)
    sent("ND52", incident, now=start)
    key = intake.register_source(new=intake.NewSource(code="mdt", name="Terminals"), by=staff("adam"), now=start)
    assert key
    from standfast.foundation.intake.models import Filing, Source, UnitReport

    source = Source.objects.get(code="mdt")
    for code, minutes in ((2, 30), (6, 6), (5, 1)):
        row = UnitReport.objects.create(source=source, callsign="ND52", code=code, at=start + minutes * MINUTE)
        Filing.objects.create(unit_report=row)
    assert intake.file_waiting(filers=FILERS, by=WORKER, now=now) == 3
    assert intake.file_waiting(filers=FILERS, by=WORKER, now=now) == 0
    unit, deployment = Unit.objects.get(), Deployment.objects.get()
    assert (unit.state, unit.state_at) == (2, start + 30 * MINUTE)
    assert (deployment.en_route_at, deployment.at_scene_at) == (start + MINUTE, start + 6 * MINUTE)
    assert Incident.objects.get().state == "resulted"
    assert StatusReport.objects.exclude(source__startswith="dispatch").count() == 3
    operations.book_off(callsign="ND52", by=BEN, now=now)
