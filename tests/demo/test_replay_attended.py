"""Replayed calls are attended by made-up units at the file's own times; the records stay whole, and the table says how long it took."""

import gzip
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from standfast.bench.serving import WORKER, environment, running
from tests.demo.test_replay_chain import HEADER, row
from tests.intake.chaos import Site, site

PEOPLE = """
import django; django.setup()
from standfast.demo.loading import load_demo_staff
from standfast.foundation.kernel import clock
from standfast.foundation.people import operations
operations.note_installation(demo={demo}, now=clock.now())
load_demo_staff(now=clock.now())
"""
REAL = "alexandria_911_cad/incidents.csv.gz"
REAL_ROWS = 25


@dataclass(frozen=True)
class Room:
    """A force with an intake, a worker and people, and a home for what commands keep."""

    place: Site
    port: int
    home: Path

    def command(self, *given: str, role: str = "worker") -> subprocess.CompletedProcess[str]:
        also = {"STANDFAST_HOME": str(self.home), "STANDFAST_DEMO": "true"}
        return subprocess.run(
            [sys.executable, "-m", "standfast.cli.main", *given],
            env=environment(role, self.place.urls[role], **also),
            capture_output=True,
            text=True,
            check=False,
        )

    def replay(self, path: Path, *given: str) -> subprocess.CompletedProcess[str]:
        to = ("--to", f"http://127.0.0.1:{self.port}", "--key", self.place.key)
        return self.command("replay", str(path), *to, *(given or ("--speed", "max", "--answer-as", "ben")))


def people(place: Site, *, demo: bool) -> None:
    made = [sys.executable, "-c", PEOPLE.format(demo=demo)]
    subprocess.run(made, env=environment("migrator", place.urls["migrator"]), check=True)


@contextmanager
def open_room(home: Path) -> Iterator[Room]:
    with site() as place:
        people(place, demo=True)
        web = place.web()
        web.start()
        with running([*WORKER], environment("worker", place.urls["worker"])):
            yield Room(place=place, port=web.port, home=home)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with open_room(tmp_path_factory.mktemp("home")) as opened:
        yield opened


def six_calls() -> tuple[str, ...]:
    """Six arrivals after 5, 8, 10, 12, 14 and 20 minutes over fifteen hours, two services and a turn of duty; then nobody for a while."""
    return (
        row(1, 0, there=300),
        row(2, 1, there=480, clear=240),
        row(3, 2, there=600, clear=600),
        row(4, 3, there=720),
        row(5, 14, there=840),
        row(6, 14.1, there=1200),
        row(7, 15, there=None, way=None, clear=400, closed=500, final=500),
        row(8, 15, agency="EMS"),
        row(9, 16, reception="Text"),
        row(10, 20, reception="OFFICER"),
    )


@pytest.fixture(scope="module")
def replayed(room: Room, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    path = tmp_path_factory.mktemp("calls") / "calls.csv"
    path.write_text(HEADER + "\n".join(six_calls()), encoding="utf-8")
    return path, room.replay(path)


@pytest.mark.database
def test_everything_is_done_and_the_table_says_how_long_it_took(
    replayed: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    _, done = replayed
    assert (done.stderr, done.returncode) == ("", 0)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Contacts: 10 sent = 10 stored + ")
    assert lines[1].startswith(
        "Attended: 7 call graded, incident opened, 8 unit sent, 7 incident closed; 0 already taken, 0 refused."
    )
    assert "Reports of 2 units: 20 = 20 stored." in lines[1]
    table = {line[:16].strip(): re.split(r"\s{2,}", line[16:].strip()) for line in lines[2:]}
    assert table["All"] == ["6", "83.3%", "11.0 min", "17.0 min", "10.5 min", "0"]
    assert table["Immediate"] == table["All"]
    assert "Left out: 1 closed without attendance inside the limit." in lines


@pytest.mark.database
def test_each_stored_time_stands_on_its_deployment(
    room: Room, replayed: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    assert replayed[1].returncode == 0
    told = """
        SELECT extract(epoch FROM d.en_route_at - i.first_contact_at)::int, extract(epoch FROM d.at_scene_at - i.first_contact_at)::int,
        extract(epoch FROM d.ended_at - i.first_contact_at)::int, d.ended_how FROM incidents_deployment d
        JOIN incidents_incident i ON i.id = d.incident_id ORDER BY i.first_contact_at, d.id"""
    assert room.place.ask(told)[:4] == [
        (90, 300, 1500, "cleared"),
        (90, None, 240, "cleared"),
        (None, 480, 1800, "cleared"),
        # It cleared in the second it arrived.
        (90, 600, 600, "cleared"),
    ]
    assert room.place.ask("SELECT DISTINCT state FROM incidents_incident") == [("resolved",)]
    assert room.place.one("SELECT max(duty) FROM incidents_unit") == 2, "the turn of duty was over"
    assert room.place.one("SELECT count(*) FROM incidents_statusreport WHERE verdict = 'asked'") == 0


@pytest.mark.database
def test_replayed_again_nothing_is_done_twice_and_the_records_are_whole(
    room: Room, replayed: tuple[Path, subprocess.CompletedProcess[str]]
) -> None:
    again = room.replay(replayed[0])
    assert (again.stderr, again.returncode) == ("", 0)
    assert "Attended: 0 call graded, incident opened, 0 unit sent, 0 incident closed; 7 already taken" in again.stdout
    assert again.stdout.splitlines()[2:] == replayed[1].stdout.splitlines()[2:]
    found = room.command("verify", role="auditor")
    assert found.returncode == 0, found.stdout


@pytest.mark.database
def test_calls_of_a_real_city_are_attended_and_the_records_are_whole(shared_data: Path, tmp_path: Path) -> None:
    if not (shared_data / REAL).is_file():
        pytest.skip(f"{REAL} is not among the development data sets here")
    path = tmp_path / "real.csv"
    with gzip.open(shared_data / REAL, "rt", encoding="utf-8") as file:
        path.write_text("".join(islice(file, REAL_ROWS + 1)), encoding="utf-8")
    with open_room(tmp_path) as room:
        done = room.replay(path)
        assert (done.stderr, done.returncode) == ("", 0)
        assert re.search(r"Attended: [1-9]\d* call graded", done.stdout)
        found = room.command("verify", role="auditor")
        assert found.returncode == 0, found.stdout


@pytest.mark.database
@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--speed", "60x", "--answer-as", "ben"), "Calls are attended at --speed max"),
        (("--speed", "max", "--answer-as", "nobody"), "The demonstration has nobody called nobody."),
    ],
)
def test_what_cannot_be_attended_is_refused_before_anything_is_sent(
    room: Room, tmp_path: Path, given: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + row(1, 0, reception="Text"), encoding="utf-8")
    before = room.place.one("SELECT count(*) FROM intake_submission")
    done = room.replay(path, *given)
    assert said in done.stderr
    assert done.returncode != 0
    assert room.place.one("SELECT count(*) FROM intake_submission") == before


@pytest.mark.database
def test_made_up_crews_never_go_to_real_calls(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text(HEADER + row(1, 0), encoding="utf-8")
    with site() as place:
        people(place, demo=False)
        done = Room(place=place, port=1, home=tmp_path).replay(path)
        assert "in a demonstration only" in done.stderr
        assert place.one("SELECT count(*) FROM intake_submission") == 0
