"""What does the map mark, on what ground, and where may its tiles come from?"""

import gzip
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from pmtiles.tile import Compression, TileType

from standfast.config.environment import BadEnvironment, read_environment
from standfast.demo.load_places import load_knotshire
from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from tests.dispatch.steps import unit_on_duty, waiting_incident
from tests.entering import account, actor_of, signed_in
from tests.map_files import CREDIT_IN_WORDS, picture, write_map

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatcher() -> Client:
    return signed_in(account(Role.DISPATCHER))


def test_incidents_and_units_are_marked_where_they_are(dispatcher: Client) -> None:
    officer, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    incident = waiting_incident(by=officer, now=now)
    waiting_incident(by=officer, now=now, place={"text": "somewhere by the river"})
    unit_on_duty("ND52", now=now)
    shown = json.loads(dispatcher.get("/dispatch/map").content)
    [[reference, lat, lon, risk, kind, place]] = shown["incidents"]
    assert (reference, lat, lon, place) == (incident.reference, 52.8, -2.1, "Sowbrook Lane")
    assert (shown["risks"][risk], shown["kinds"][kind]) == (["immediate", "Immediate"], "kind not noted")
    [[callsign, _, _, state, old]] = shown["units"]
    assert (callsign, shown["states"][str(state)], old) == ("ND52", ["free", "On duty"], 0)
    assert (shown["unplaced"], shown["more"]) == (1, 0)


def test_a_mark_takes_little_of_the_line(dispatcher: Client) -> None:
    officer, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    empty = len(dispatcher.get("/dispatch/map").content)
    for _ in range(5):
        waiting_incident(by=officer, now=now)
    assert (len(dispatcher.get("/dispatch/map").content) - empty) / 5 <= 70


def test_the_ground_is_the_forces_own_hexagons_and_places(dispatcher: Client) -> None:
    assert json.loads(dispatcher.get("/dispatch/ground").content) == {"cells": [], "boundaries": [], "places": []}
    load_knotshire(by=actor_of(Role.ADMINISTRATOR), now=clock.now())
    ground = json.loads(dispatcher.get("/dispatch/ground").content)
    assert len(ground["cells"]) > 600
    assert {len(each["ring"]) for each in ground["cells"]} <= {5, 6, 7}
    assert {each["kind"] for each in ground["places"]} == {"city", "town", "village"}


def test_marks_take_as_many_queries_for_five_as_for_one(dispatcher: Client) -> None:
    officer, now = actor_of(Role.CONTACT_OFFICER), clock.now()
    counts = []
    for number in range(5):
        waiting_incident(by=officer, now=now)
        unit_on_duty(f"ND{number}0", now=now)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            dispatcher.get("/dispatch/map")
        counts.append(len(asked))
    assert counts[-1] == counts[0]


@override_settings(MAP_TILES="https://maps.example.police.uk/{z}/{x}/{y}.png", MAP_CREDIT="© Example")
def test_tiles_come_from_the_forces_own_address_and_from_nowhere_else(dispatcher: Client) -> None:
    answer = dispatcher.get("/dispatch")
    assert "img-src 'self' https://maps.example.police.uk;" in answer["Content-Security-Policy"]
    assert "© Example" in answer.content.decode()


def test_without_tiles_no_other_host_is_allowed(dispatcher: Client) -> None:
    assert "img-src 'self';" in dispatcher.get("/dispatch")["Content-Security-Policy"]


@pytest.mark.parametrize("tiles", ["maps.example/{z}", "https://maps.example/tiles.png", "https://a; script-src */{z}"])
def test_an_address_that_cannot_be_of_tiles_stops_the_boot(tiles: str) -> None:
    with pytest.raises(BadEnvironment, match="STANDFAST_MAP_TILES"):
        read_environment({"STANDFAST_MAP_TILES": tiles})


# --- a map of the force's own -----------------------------------------------------------------------------------------

PLACE = (8, 126, 84)
UNREADABLE = re.compile(r"data-map-fault>.*The force.s own map cannot be read")
TILE = "/dispatch/map/tiles/8/126/84"


@pytest.fixture
def own_map(tmp_path: Path) -> Iterator[Path]:
    path = write_map(tmp_path / "county.pmtiles", {PLACE: picture()})
    with override_settings(MAP_TILES=str(path)):
        yield path


def test_a_piece_of_the_forces_own_map_is_a_picture_a_browser_may_keep(dispatcher: Client, own_map: Path) -> None:
    page = dispatcher.get("/dispatch")
    assert CREDIT_IN_WORDS in html.unescape(page.content.decode())
    assert "img-src 'self';" in page["Content-Security-Policy"]
    assert not UNREADABLE.search(page.content.decode())
    assert "data-shapes" not in page.content.decode()
    [address] = re.findall(r'data-tiles="([^"]+)"', page.content.decode())
    answer = dispatcher.get(address.format(z=8, x=126, y=84))
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", picture())
    assert answer["Cache-Control"] == "private, max-age=86400, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    # Under a new file the browser asks anew.
    write_map(own_map.with_suffix(".new"), {PLACE: picture(1)}).rename(own_map)
    assert address not in dispatcher.get("/dispatch").content.decode()
    assert dispatcher.get(TILE).content == picture(1)


@pytest.mark.parametrize(
    "place", ["8/0/0", "9/126/84", "0/0/0", "8/256/84", "30/1/1", "9" * 40 + "/0/0", "8/" + "9" * 40 + "/0"]
)
def test_where_the_map_has_no_picture_nothing_is_answered_and_kept(
    dispatcher: Client, own_map: Path, place: str
) -> None:
    answer = dispatcher.get(f"/dispatch/map/tiles/{place}")
    assert (answer.status_code, answer.content, answer["Cache-Control"]) == (204, b"", "no-store")


@pytest.mark.parametrize(
    "place",
    [
        "8/126/..",
        "../../etc/passwd",
        "..%2f..%2f/1/1",
        "8/126/84.png",
        "-1/0/0",
        "8/1e2/84",
        "8/126/84/../84",
        "9" * 5000 + "/0/0",
    ],
)
def test_what_is_no_place_has_no_address(dispatcher: Client, own_map: Path, place: str) -> None:
    assert dispatcher.get(f"/dispatch/map/tiles/{place}").status_code == 404


def test_only_who_sees_the_board_sees_the_map(own_map: Path) -> None:
    assert Client().get(TILE)["Location"].startswith("/sign-in")
    for role in (Role.RESPONSE_OFFICER, Role.PARTNER, Role.CONTACT_OFFICER, Role.ADMINISTRATOR):
        assert signed_in(account(role)).get(TILE).status_code == 403
    for role in (Role.DISPATCHER, Role.DISPATCH_SUPERVISOR):
        assert signed_in(account(role)).get(TILE).status_code == 200
    assert signed_in(account(Role.DISPATCHER)).post(TILE).status_code == 405


def test_a_damaged_map_takes_nothing_from_the_board(dispatcher: Client, own_map: Path) -> None:
    assert dispatcher.get(TILE).status_code == 200
    own_map.write_bytes(own_map.read_bytes()[:200])
    page = dispatcher.get("/dispatch")
    assert (page.status_code, "data-tiles" in page.content.decode()) == (200, False)
    assert UNREADABLE.search(page.content.decode())
    assert dispatcher.get(TILE).status_code == 204
    own_map.unlink()
    assert dispatcher.get("/dispatch").status_code == 200
    assert dispatcher.get(TILE).status_code == 204


def test_without_a_map_there_is_no_tile(dispatcher: Client) -> None:
    page = dispatcher.get("/dispatch").content.decode()
    assert "data-tiles" not in page
    assert "data-map-fault" not in page
    assert dispatcher.get(TILE).status_code == 204


def test_a_piece_of_shapes_is_given_packed_under_the_same_policy(dispatcher: Client, tmp_path: Path) -> None:
    path = write_map(
        tmp_path / "shapes.pmtiles",
        {PLACE: gzip.compress(b"shapes")},
        tile_type=TileType.MVT,
        tile_compression=Compression.GZIP,
    )
    before = dispatcher.get("/dispatch")["Content-Security-Policy"]
    with override_settings(MAP_TILES=str(path)):
        page, piece = dispatcher.get("/dispatch"), dispatcher.get(TILE)
    assert re.sub("nonce-[^']+", "", page["Content-Security-Policy"]) == re.sub("nonce-[^']+", "", before)
    assert (piece["Content-Type"], piece["Content-Encoding"]) == ("application/vnd.mapbox-vector-tile", "gzip")
    assert gzip.decompress(piece.content) == b"shapes"
    assert piece["Cache-Control"] == "private, max-age=86400, immutable"
    assert re.search(
        r'data-shapes="/static/src/map-shapes\.js\?v=\w+" data-painter="/static/built/protomaps-leaflet\.js',
        page.content.decode(),
    )
