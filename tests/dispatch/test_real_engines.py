"""Do the real OSRM and Valhalla answer what we take them to answer? Each reads a few made-up roads and is asked about them."""

import json
import runpy
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import override_settings
from setting_up import engines

from standfast.foundation.runtime import roads
from standfast.journey.incidents.queries import rank_for
from tests.builders import staff
from tests.dispatch.road_network import at, network
from tests.dispatch.steps import unit_on_duty, waiting_incident

pytestmark = [
    pytest.mark.nightly,
    pytest.mark.processes,
    pytest.mark.skipif(
        not engines.are_here(),
        reason="The routing engines are not here: `scripts/set_up.sh engines` fetches them.",
    ),
]
OSRM = engines.FOLDER / "osrm"
VALHALLA = engines.FOLDER / "valhalla"
STARTS_WITHIN_SECONDS = 30.0
END = at(0, 0)
OVER_THE_RIVER = at(0, 1)
IN_THE_LANE = at(0, -2)
IN_MINT_STREET = at(-1, 0)
ON_THE_EYOT = at(-7.5, 6)
OUT_AT_SEA = at(60, 0)
ELSEWHERE = at(500, 0)


@dataclass(frozen=True, kw_only=True)
class Server:
    """A real engine that listens."""

    kind: str
    url: str
    process: subprocess.Popen[bytes]
    asked_by: list[roads.RoadEngine] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.kind}:{self.url}"

    def engine(self) -> roads.RoadEngine:
        """Return one that remembers nothing yet."""
        self.asked_by.append(roads.RoadEngine(self.kind, self.url))
        return self.asked_by[-1]

    def hang_up(self) -> None:
        """Close every connection, that of the pages too."""
        for each in (*self.asked_by, roads.engine_at(self.address)):
            each._client.close()


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is answered is tested here, not how soon: the machine may be busy."""
    monkeypatch.setattr(roads, "PATIENCE_SECONDS", 10.0)


@pytest.fixture(scope="module", params=sorted(roads.ENGINES))
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """An engine's name, and the folder in which it has made of the roads what it needs."""
    kind, folder = request.param, tmp_path_factory.mktemp(request.param)
    (folder / "roads.osm.pbf").write_bytes(network())
    _BUILD[kind](folder)
    return kind, folder


@pytest.fixture(scope="module")
def server(built: tuple[str, Path]) -> Iterator[Server]:
    with _listening(*built) as found:
        yield found


def _build_osrm(folder: Path) -> None:
    _run(folder, OSRM / "bin/osrm-extract", "-p", OSRM / "share/profiles/car.lua", "roads.osm.pbf")
    _run(folder, OSRM / "bin/osrm-partition", "roads.osrm")
    _run(folder, OSRM / "bin/osrm-customize", "roads.osrm")


def _build_valhalla(folder: Path) -> None:
    (folder / "tiles").mkdir()
    (folder / "valhalla.json").write_text(json.dumps(_valhalla_settings(folder, port=0)), encoding="utf-8")
    _run(folder, VALHALLA / "bin/valhalla_build_tiles", "-c", "valhalla.json", "-j", "1", "roads.osm.pbf")


def _valhalla_settings(folder: Path, *, port: int) -> dict[str, Any]:
    """Return Valhalla's own settings, but for where things are."""
    given = _without_optional(runpy.run_path(str(VALHALLA / "valhalla_build_config.py"))["config"])
    given["mjolnir"] |= {"tile_dir": str(folder / "tiles"), "tile_extract": "", "admin": "", "timezone": ""}
    given["httpd"]["service"] |= {
        "listen": f"tcp://127.0.0.1:{port}",
        "loopback": f"ipc://{folder}/loopback",
        "interrupt": f"ipc://{folder}/interrupt",
    }
    return given


def _without_optional(given: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in given.items() if type(value).__name__ != "Optional"}
    return {name: _without_optional(value) if isinstance(value, dict) else value for name, value in kept.items()}


def _run(folder: Path, *words: str | Path) -> None:
    done = subprocess.run(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


@contextmanager
def _listening(kind: str, folder: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(_COMMAND[kind](folder, port), cwd=folder, stdout=log, stderr=log) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url + _IS_UP[kind], process)
            found = Server(kind=kind, url=url, process=process)
            try:
                yield found
            finally:
                found.hang_up()
        finally:
            # At once: asked to end, Valhalla goes on answering for half a minute.
            process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"The engine does not answer at {url}.")


def _osrm_command(folder: Path, port: int) -> Sequence[str | Path]:
    return [OSRM / "bin/osrm-routed", "--algorithm", "mld", "-i", "127.0.0.1", "-p", str(port), "roads.osrm"]


def _valhalla_command(folder: Path, port: int) -> Sequence[str | Path]:
    (folder / "valhalla.json").write_text(json.dumps(_valhalla_settings(folder, port=port)), encoding="utf-8")
    return [VALHALLA / "bin/valhalla_service", "valhalla.json", "1"]


_BUILD = {"osrm": _build_osrm, "valhalla": _build_valhalla}
_COMMAND = {"osrm": _osrm_command, "valhalla": _valhalla_command}
_IS_UP = {"osrm": "/nearest/v1/driving/-2.1,52.8", "valhalla": "/status"}


def is_plausible(seconds: float | None, *, km: float, limit_kph: float) -> bool:
    """Say whether a way takes as long as it does at the limit, or somewhat longer: an engine slows for corners and crossings."""
    at_the_limit = 3600 * km / limit_kph
    return seconds is not None and 0.95 * at_the_limit <= seconds <= 1.5 * at_the_limit


def test_times_are_those_of_the_roads_in_the_order_asked(server: Server) -> None:
    starts = [OVER_THE_RIVER, IN_THE_LANE, at(6, 0), IN_THE_LANE, END]
    river, lane, bridge, again, here = server.engine().seconds(starts, END, ask=True)
    assert is_plausible(river, km=13, limit_kph=60), river
    assert is_plausible(lane, km=2, limit_kph=40), lane
    assert is_plausible(bridge, km=6, limit_kph=60), bridge
    assert again == lane
    assert here == 0


def test_a_one_way_street_is_driven_from_the_start_to_the_end(server: Server) -> None:
    (there,) = server.engine().seconds([IN_MINT_STREET], END, ask=True)
    (back,) = server.engine().seconds([END], IN_MINT_STREET, ask=True)
    assert is_plausible(there, km=1, limit_kph=40), there
    assert is_plausible(back, km=3, limit_kph=40), back


def test_where_no_road_leads_there_is_no_time_and_the_others_have_theirs(server: Server) -> None:
    lane, eyot, river = server.engine().seconds([IN_THE_LANE, ON_THE_EYOT, OVER_THE_RIVER], END, ask=True)
    assert eyot is None
    assert is_plausible(lane, km=2, limit_kph=40), lane
    assert is_plausible(river, km=13, limit_kph=60), river
    assert server.engine().seconds([IN_THE_LANE, OVER_THE_RIVER], ON_THE_EYOT, ask=True) == [None, None]
    (around,) = server.engine().seconds([at(-8, 5)], ON_THE_EYOT, ask=True)
    assert is_plausible(around, km=1.5, limit_kph=40), around


@pytest.mark.parametrize(
    "stray", [at(9, 0), at(20, 0), OUT_AT_SEA, ELSEWHERE, (0.0, 0.0)], ids=["9 km", "20 km", "60 km", "500 km", "0 0"]
)
def test_a_start_far_from_every_road_has_no_time_and_the_others_have_theirs(server: Server, stray: roads.Point) -> None:
    engine = server.engine()
    lane, lost, river = engine.seconds([IN_THE_LANE, stray, OVER_THE_RIVER], END, ask=True)
    assert lost is None
    assert is_plausible(lane, km=2, limit_kph=40), lane
    assert is_plausible(river, km=13, limit_kph=60), river
    assert engine.seconds([IN_THE_LANE], stray, ask=True) == [None]
    (bridge,) = engine.seconds([at(6, 0)], END, ask=True)
    assert is_plausible(bridge, km=6, limit_kph=60), "an engine that refuses a place is not left alone"


def test_a_start_beside_the_road_has_a_time(server: Server) -> None:
    (field,) = server.engine().seconds([at(-1.5, -2)], END, ask=True)
    assert is_plausible(field, km=2, limit_kph=40), field


def test_as_many_starts_as_are_asked_for_fit_into_one_question(server: Server) -> None:
    starts = [at(0, -3 * number / (roads.MOST_STARTS - 1)) for number in range(roads.MOST_STARTS)]
    whole = server.engine().seconds(starts, END, ask=True)
    known = [each for each in whole if each is not None]
    assert whole == sorted(known)
    two_are_lost = [*starts[:-2], OUT_AT_SEA, ELSEWHERE]
    assert server.engine().seconds(two_are_lost, END, ask=True) == [*whole[:-2], None, None]


@pytest.mark.django_db
def test_the_unit_nearer_by_road_is_proposed_before_the_one_across_the_river(now: datetime, server: Server) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty("RIVER", now=now, north_km=1.0)
    unit_on_duty("ROAD", now=now, north_km=-3.0)
    unit_on_duty("LOST", now=now, north_km=-450.0)
    usual = rank_for(incident, now=now)
    assert [each.callsign for each in usual.candidates] == ["RIVER", "ROAD", "LOST"]
    with override_settings(ROUTING_ENGINE=server.address):
        shown = rank_for(incident, now=now, ask_engine=True)
    assert [each.callsign for each in shown.candidates] == ["ROAD", "RIVER", "LOST"]
    road, river, lost = (each.minutes for each in shown.candidates)
    assert is_plausible(60 * road, km=3, limit_kph=40), road
    assert is_plausible(60 * river, km=13, limit_kph=60), river
    assert lost == usual.candidates[-1].minutes, "the distance model stands in for a unit that the engine cannot place"
    assert shown.travel.startswith(f"{server.kind}, else row ")


@pytest.mark.django_db
def test_when_the_engine_dies_the_distance_model_stands_in(now: datetime, built: tuple[str, Path]) -> None:
    incident = waiting_incident(by=staff(), now=now)
    unit_on_duty("RIVER", now=now, north_km=1.0)
    unit_on_duty("ROAD", now=now, north_km=-3.0)
    usual = rank_for(incident, now=now)
    with _listening(*built) as server:
        engine = server.engine()
        assert None not in engine.seconds([IN_THE_LANE], END, ask=True)
        server.process.kill()
        server.process.wait()
        assert engine.seconds([OVER_THE_RIVER, END], END, ask=True) == [None, None]
        with override_settings(ROUTING_ENGINE=server.address):
            found = rank_for(incident, now=now, ask_engine=True)
    assert (found.candidates, found.travel) == (usual.candidates, usual.travel)
