"""
Does sending as we rank reach emergencies sooner than the nearest free unit, on the same real calls with the same chance?

Two data sets of real times and places, each in weeks on which no weight was chosen. Beside it: how well the distance model foretells
real attendance times it was not fitted to, against one speed for every journey.
"""

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

from standfast.bench.lab_figures import Compared
from standfast.bench.policy_lab import LABS, LabResult, read_lab, run_lab
from standfast.bench.shared_data import shared_data
from standfast.foundation.places.rules.travel import Journey, fit_travel, shape
from standfast.journey.assessment.rules.response_grade import ResponseGrade

DAY = date(2026, 11, 23)
CALLS = {"montgomery": "montgomery_911/calls.csv.gz", "minneapolis": "minneapolis_police_stops/stops.csv.gz"}
FIRES = "lfb_dwelling_fires_2009"
UNSEEN_FROM = "2009-07-01"


def run() -> dict[str, Any]:
    """Compare the two ways on every data set that is there, and the distance model on London's fire engines."""
    folder = shared_data()
    figures: dict[str, Any] = {}
    yardstick: dict[str, Any] = {}
    goals: list[dict[str, Any]] = []
    for name, file in CALLS.items():
        if folder is None or not (folder / file).is_file():
            goals.append({"name": f"{name}: ahead in target", "value": "no data here", "goal": "> 0", "met": None})
            continue
        result = run_lab(read_lab(LABS / f"{name}.toml"), folder / file, on=DAY, tell=lambda _: None)
        _add(name, result, figures, yardstick, goals)
    if folder is not None and (folder / FIRES).is_dir():
        ours, one_speed, journeys = travel_errors(folder / FIRES)
        figures["lfb_journeys_unseen"] = journeys
        figures["lfb_median_error"], yardstick["lfb_median_error_of_one_speed"] = f"{ours:.1%}", f"{one_speed:.1%}"
    return {"figures": figures, "yardstick": yardstick, "ratios": {}, "goals": goals}


def _add(
    name: str,
    result: LabResult,
    figures: dict[str, Any],
    yardstick: dict[str, Any],
    goals: list[dict[str, Any]],
) -> None:
    figures |= {f"{name}_calls": result.calls, f"{name}_share_of_calls_kept": result.kept_share}
    for grade, found in result.compared.items():
        for ways, way in ((figures, found.ours), (yardstick, found.nearest)):
            ways[f"{name}_{grade}_in_target"] = f"{way.in_target:.1%}"
            ways[f"{name}_{grade}_p50_p90_minutes"] = f"{way.median:.1f}, {way.ninth_decile:.1f}"
    urgent = result.compared[ResponseGrade.IMMEDIATE]
    goals.append(
        {
            "name": f"{name}: immediate in target ahead of the nearest free unit (95 % interval)",
            "value": f"{urgent.ahead:+.1%} ({urgent.low:+.1%} to {urgent.high:+.1%})",
            "goal": "> 0",
            "met": urgent.low > 0,
        }
    )
    goals += [
        _lower(name, grade, found) for grade, found in result.compared.items() if grade != ResponseGrade.IMMEDIATE
    ]


def _lower(name: str, grade: ResponseGrade, found: Compared) -> dict[str, Any]:
    before, after = found.nearest.ninth_decile, found.ours.ninth_decile
    return {
        "name": f"{name}: P90 of {grade} (minutes)",
        "value": f"{after:.1f}",
        "goal": f"≤ {before:.1f}",
        "met": after <= before,
    }


def travel_errors(folder: Path) -> tuple[float, float, int]:
    """Return the middle error of the distance model, of one speed for all, and on how many journeys; both fitted to the months before."""
    learnt, unseen = _journeys(folder)
    fit = fit_travel(learnt)
    pace = median(each.seconds / each.km for each in learnt)
    ours = [abs(each.seconds / (fit.scale_seconds * shape(each.km, fit.break_km)) - 1) for each in unseen]
    plain = [abs(each.seconds / (pace * each.km) - 1) for each in unseen]
    return median(ours), median(plain), len(unseen)


def _journeys(folder: Path) -> tuple[Sequence[Journey], Sequence[Journey]]:
    stations = {_plain(row["name"]): row for row in _rows(folder / "stations.csv.gz")}
    learnt: list[Journey] = []
    unseen: list[Journey] = []
    for row in _rows(folder / "incidents.csv.gz"):
        station = stations.get(_plain(row["first_pump_arriving_deployed_from_station"]))
        if station is None or not row["first_pump_arriving_attendance_time"] or not row["easting_m"]:
            continue
        east, north = (float(row[f"{axis}_m"]) - float(station[axis]) for axis in ("easting", "northing"))
        journey = Journey(
            km=(east * east + north * north) ** 0.5 / 1000, seconds=float(row["first_pump_arriving_attendance_time"])
        )
        if journey.km >= 0.05 and journey.seconds >= 20:
            (learnt if row["date_of_call"] < UNSEEN_FROM else unseen).append(journey)
    return learnt, unseen


def _plain(name: str) -> str:
    return re.sub(r"\(.*\)|[^A-Z]", "", name.upper())


def _rows(path: Path) -> Sequence[Mapping[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
