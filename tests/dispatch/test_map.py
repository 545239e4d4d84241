"""What does the map mark, on what ground, and where may its tiles come from?"""

import json

import pytest
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from standfast.config.environment import BadEnvironment, read_environment
from standfast.demo.load_places import load_knotshire
from standfast.foundation.kernel import clock
from standfast.foundation.people.roles import Role
from tests.dispatch.steps import unit_on_duty, waiting_incident
from tests.entering import account, actor_of, signed_in

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
    assert [(each["reference"], each["at"]) for each in shown["incidents"]] == [(incident.reference, [52.8, -2.1])]
    assert [(each["callsign"], each["group"]) for each in shown["units"]] == [("ND52", "free")]
    assert (shown["unplaced"], shown["more"]) == (1, 0)


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
