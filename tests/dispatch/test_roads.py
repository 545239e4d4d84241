"""Is a routing engine believed when it answers, and is nobody kept waiting when it does not?"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import override_settings

from standfast.config.environment import BadEnvironment, read_environment
from standfast.foundation.runtime import roads
from standfast.journey.incidents import operations
from standfast.journey.incidents.operations import Sending
from standfast.journey.incidents.queries import rank_for
from tests.builders import staff
from tests.dispatch.steps import BEN, unit_on_duty, waiting_incident

END = (52.8, -2.1)
STARTS = [(52.81, -2.1), (52.85, -2.2), (52.9, -2.0)]


@dataclass
class Engine:
    """A server that speaks as OSRM and Valhalla do: so many seconds from each start, in the order asked, or whatever a test wants said."""

    seconds: list[Any] = field(default_factory=lambda: [120.0, 300.5, None])
    off_road_km: list[float] = field(default_factory=lambda: [0.0] * 100)
    end_off_road_km: float = 0.0
    refuses: frozenset[roads.Point] = frozenset()
    says: Any = None
    status: int = 200
    waits: float = 0.0
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def address(self, kind: str) -> str:
        return f"{kind}:http://127.0.0.1:{self.port}"

    def osrm(self, starts: list[roads.Point]) -> tuple[int, Any]:
        if self.refuses & set(starts):
            return 400, {"code": "NoSegment", "message": "Could not find a matching segment for coordinate 1"}
        rows = [[each] for each in self.seconds[: len(starts)]]
        put = [{"distance": 1000 * km, "name": "Mill Lane"} for km in self.off_road_km[: len(starts)]]
        end = [{"distance": 1000 * self.end_off_road_km, "name": "Sowbrook Lane"}]
        return 200, {"code": "Ok", "durations": rows, "sources": put, "destinations": end}

    def valhalla(self, starts: list[roads.Point], end: roads.Point) -> tuple[int, Any]:
        if self.refuses & {*starts, end}:
            return 400, {"error_code": 170, "error": "Locations are in unconnected regions.", "status_code": 400}
        rows: list[Any] = []
        for seconds, start, km in zip(self.seconds, starts, self.off_road_km, strict=False):
            put = {"begin_lat": start[0] + km / 111.195, "begin_lon": start[1]}
            put |= {"end_lat": end[0], "end_lon": end[1] + self.end_off_road_km / 67.2}
            rows.append([{"time": seconds, "distance": 1.0, **({} if seconds is None else put)}])
        return 200, {"sources_to_targets": rows, "units": "kilometers", "algorithm": "costmatrix"}


@pytest.fixture
def engine() -> Iterator[Engine]:
    told = Engine()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            *_, places = path.path.split("/")
            _, *starts = [(float(lat), float(lon)) for lon, lat in (each.split(",") for each in places.split(";"))]
            assert parse_qs(path.query)["sources"] == [";".join(str(1 + number) for number in range(len(starts)))]
            self._answer(*told.osrm(starts))

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            (end,) = body["targets"]
            starts = [(each["lat"], each["lon"]) for each in body["sources"]]
            self._answer(*told.valhalla(starts, (end["lat"], end["lon"])))

        def _answer(self, status: int, usual: Any) -> None:
            told.asked.append(self.path)
            time.sleep(told.waits)
            says = {**usual, **told.says} if told.says and isinstance(told.says, dict) else told.says
            body = json.dumps(usual if says is None else says).encode()
            self.send_response(status if told.status == 200 else told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("kind", sorted(roads.ENGINES))
def test_times_come_in_the_order_asked_and_where_there_is_no_way_none_is_told(engine: Engine, kind: str) -> None:
    found = roads.RoadEngine(*engine.address(kind).split(":", 1))
    assert found.seconds(STARTS, END, ask=True) == [120.0, 300.5, None]
    assert len(engine.asked) == 1


def test_what_was_answered_is_remembered_and_nothing_is_asked_unless_it_may_be(engine: Engine) -> None:
    found = roads.RoadEngine("osrm", f"http://127.0.0.1:{engine.port}")
    assert found.seconds(STARTS, END, ask=False) == [None, None, None]
    assert engine.asked == []
    found.seconds(STARTS[:2], END, ask=True)
    assert found.seconds(STARTS, END, ask=False) == [120.0, 300.5, None]
    engine.seconds = [77.0]
    assert found.seconds(STARTS, END, ask=True) == [120.0, 300.5, 77.0], "only what is not known is asked for"
    assert len(engine.asked) == 2


def test_of_many_starts_the_first_are_asked_for(engine: Engine) -> None:
    many = [(52.0 + number / 1000, -2.0) for number in range(roads.MOST_STARTS + 5)]
    engine.seconds = [60.0] * len(many)
    found = roads.RoadEngine("valhalla", f"http://127.0.0.1:{engine.port}").seconds(many, END, ask=True)
    assert found == [60.0] * roads.MOST_STARTS + [None] * 5


@pytest.mark.parametrize(
    "says",
    [
        {},
        [],
        "times",
        {"durations": []},
        {"durations": [[1.0], [2.0]]},
        {"durations": [[1.0], [2.0], ["soon"]]},
        {"durations": [[1.0], [2.0], [-3.0]]},
        {"durations": [[1.0], [2.0], [1e9]]},
        {"durations": [[1.0], [2.0], [True]]},
        {"durations": None},
        {"sources": []},
        {"sources": [{}, {}, {}]},
        {"destinations": []},
    ],
    ids=str,
)
def test_nonsense_is_no_answer_and_the_engine_is_left_alone(engine: Engine, says: Any) -> None:
    engine.says = says
    found = roads.RoadEngine("osrm", f"http://127.0.0.1:{engine.port}")
    assert found.seconds(STARTS, END, ask=True) == [None, None, None]
    engine.says = None
    assert found.seconds(STARTS, END, ask=True) == [None, None, None]
    assert len(engine.asked) == 1


@pytest.mark.parametrize("kind", sorted(roads.ENGINES))
def test_a_place_put_on_a_road_far_off_has_no_time(engine: Engine, kind: str) -> None:
    engine.seconds = [120.0, 300.5, 60.0]
    engine.off_road_km = [0.1, 1.9, 495.9]
    assert roads.RoadEngine(*engine.address(kind).split(":", 1)).seconds(STARTS, END, ask=True) == [120.0, 300.5, None]
    engine.end_off_road_km = 54.2
    assert roads.RoadEngine(*engine.address(kind).split(":", 1)).seconds(STARTS, END, ask=True) == [None, None, None]


@pytest.mark.parametrize("kind", sorted(roads.ENGINES))
def test_of_a_question_refused_for_one_place_only_that_place_goes_without(engine: Engine, kind: str) -> None:
    many = [(52.0 + number / 1000, -2.0) for number in range(roads.MOST_STARTS)]
    engine.seconds = [60.0] * len(many)
    engine.refuses = frozenset({many[17]})
    found = roads.RoadEngine(*engine.address(kind).split(":", 1))
    assert found.seconds(many, END, ask=True) == [60.0] * 17 + [None] + [60.0] * (len(many) - 18)
    assert len(engine.asked) <= 13
    found.seconds(many, END, ask=True)
    assert len(engine.asked) <= 13, "what was refused is remembered too"


def test_where_the_end_is_refused_a_few_questions_show_it(engine: Engine) -> None:
    many = [(52.0 + number / 1000, -2.0) for number in range(roads.MOST_STARTS)]
    engine.refuses = frozenset({END})
    found = roads.RoadEngine("valhalla", f"http://127.0.0.1:{engine.port}")
    assert found.seconds(many, END, ask=True) == [None] * len(many)
    assert 1 < len(engine.asked) <= roads.MOST_REFUSALS


def test_when_every_place_is_refused_patience_ends_and_nothing_is_asked_again(engine: Engine) -> None:
    engine.refuses, engine.waits = frozenset({END}), 0.6 * roads.PATIENCE_SECONDS
    found = roads.RoadEngine("valhalla", f"http://127.0.0.1:{engine.port}")
    assert found.seconds(STARTS, END, ask=True) == [None, None, None]
    asked = len(engine.asked)
    assert 1 <= asked <= 2
    assert found.seconds(STARTS, END, ask=True) == [None, None, None]
    assert len(engine.asked) == asked
    engine.waits = 0.0
    assert found.seconds(STARTS, (52.7, -2.1), ask=True) == [120.0, 300.5, None], "other questions are still asked"


def test_one_that_fails_is_slow_or_away_keeps_nobody_waiting_twice(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.status = 500
    failing = roads.RoadEngine("osrm", f"http://127.0.0.1:{engine.port}")
    assert failing.seconds(STARTS, END, ask=True) == [None, None, None]
    engine.status, engine.waits = 200, 2 * roads.PATIENCE_SECONDS
    slow = roads.RoadEngine("osrm", f"http://127.0.0.1:{engine.port}")
    assert slow.seconds(STARTS, END, ask=True) == [None, None, None]
    assert slow.seconds(STARTS, END, ask=True) == [None, None, None]
    assert len(engine.asked) == 2
    away = roads.RoadEngine("valhalla", "http://127.0.0.1:9")
    assert away.seconds(STARTS, END, ask=True) == [None, None, None]
    engine.waits = 0.0
    monkeypatch.setattr(roads, "LEFT_ALONE_SECONDS", 0.0)
    slow._left_alone_until = 0.0
    assert slow.seconds(STARTS, END, ask=True) == [120.0, 300.5, None], "it is asked again after a while"


def test_only_an_address_of_a_known_engine_is_taken() -> None:
    for wrong in ("http://127.0.0.1:5000", "graphhopper:http://x", "osrm:ftp://x", "osrm:"):
        with pytest.raises(BadEnvironment, match="STANDFAST_ROUTING_ENGINE"):
            read_environment({"STANDFAST_ROUTING_ENGINE": wrong})
    assert read_environment({"STANDFAST_ROUTING_ENGINE": "osrm:https://roads.example"}).routing_engine
    assert roads.engine_at("") is None
    assert roads.engine_at("osrm:http://x") is roads.engine_at("osrm:http://x")


@pytest.mark.django_db
def test_the_one_nearer_by_road_is_proposed_and_kept_as_it_was_shown(now: datetime, engine: Engine) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty("RIVER", now=now, north_km=1.0)
    unit_on_duty("ROAD", now=now, north_km=3.0)
    assert [each.callsign for each in rank_for(incident, now=now).candidates] == ["RIVER", "ROAD"]
    engine.seconds = [1500.0, 240.0]
    with override_settings(ROUTING_ENGINE=engine.address("osrm")):
        shown = rank_for(incident, now=now, ask_engine=True)
        assert [(each.callsign, each.minutes) for each in shown.candidates] == [("ROAD", 4.0), ("RIVER", 25.0)]
        assert shown.travel.startswith("osrm, else row ")
        assert all(each.error > 0 for each in shown.candidates)
        sending = operations.deploy_unit(sending=Sending(incident=incident.reference, callsign="ROAD"), by=BEN, now=now)
    assert (sending.travel_seconds, sending.place_in_ranking, len(engine.asked)) == (240, 1, 1)
    assert sending.travel_method.startswith("osrm")


@pytest.mark.django_db
def test_without_an_answer_the_distance_model_stands_in(now: datetime, engine: Engine) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty("NEAR", now=now, north_km=1.0)
    usual = rank_for(incident, now=now)
    engine.status = 503
    with override_settings(ROUTING_ENGINE=engine.address("valhalla")):
        found = rank_for(incident, now=now, ask_engine=True)
    assert (found.candidates, found.travel) == (usual.candidates, usual.travel)
