"""
How well does Splink find the same people? Run in a process of its own: `python -m standfast.bench.match_splink`.

It learns its weights from the same records without labels, as its guide says, and may choose the threshold that suits it best.
"""

import json
import sys
from time import perf_counter
from typing import Any

import pandas as pd
from splink import Linker, SettingsCreator, block_on
from splink import comparison_library as comparisons
from splink.backends.duckdb import DuckDBAPI

from standfast.bench.made_up_people import MadeUpPerson, Misheard, SearchCase, made_up_people, search_case

WANTED_PRECISION = 0.99


def measure(*, persons: int, searches: int, seed: int) -> dict[str, float]:
    """Return recall at the wanted precision, at Splink's best threshold, with the seconds it took to learn and to find."""
    people = made_up_people(persons=persons, seed=seed)
    case = search_case(people, first=0, last=persons, searches=searches, seed=seed)
    began = perf_counter()
    linker = _learn(case)
    learnt = perf_counter()
    found = linker.inference.predict(threshold_match_probability=0.01).as_pandas_dataframe()  # type: ignore[no-untyped-call]
    finished = perf_counter()
    recall, precision = _best_threshold(case, found)
    return {
        "recall": round(recall, 4),
        "precision": round(precision, 4),
        "learn_seconds": round(learnt - began, 1),
        "find_seconds": round(finished - learnt, 1),
    }


def _learn(case: SearchCase) -> Linker:
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            comparisons.ForenameSurnameComparison("given", "family"),
            comparisons.DateOfBirthComparison("born_on", input_is_string=True),
            comparisons.PostcodeComparison("postcode"),
            comparisons.ExactMatch("phone"),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("born_on"),
            block_on("given", "family"),
            block_on("postcode"),
            block_on("phone"),
        ],
    )
    database = DuckDBAPI()
    records = database.register(_records(case), dataset_display_name="records")
    told = database.register(
        pd.DataFrame([_told(number, each) for number, each in enumerate(case.told)]), dataset_display_name="told"
    )
    linker = Linker([records, told], settings, log_level=None)
    rules: list[Any] = [block_on("born_on", "family"), block_on("given", "family"), block_on("phone")]
    linker.training.estimate_probability_two_random_records_match(rules, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("born_on"), block_on("given", "family")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    return linker


def _records(case: SearchCase) -> pd.DataFrame:
    return pd.DataFrame([_recorded(place, case.people[place]) for place in case.on_record])


def _recorded(place: int, person: MadeUpPerson) -> dict[str, Any]:
    return {
        "unique_id": place,
        "given": person.given.lower(),
        "family": person.family.lower(),
        "born_on": person.born_on.isoformat(),
        "phone": next(iter(person.numbers), None),
        "postcode": person.postcode,
    }


def _told(number: int, told: Misheard) -> dict[str, Any]:
    given, _, family = told.name.lower().partition(" ")
    return {
        "unique_id": number,
        "given": given,
        "family": family,
        "born_on": told.born_on.isoformat(),
        "phone": told.phone or None,
        "postcode": told.postcode or None,
    }


def _best_threshold(case: SearchCase, found: pd.DataFrame) -> tuple[float, float]:
    on_record = set(case.on_record)
    known = sum(each.index in on_record for each in case.told)
    best = found.sort_values("match_probability", ascending=False).drop_duplicates("unique_id_r")
    right, best_recall, best_precision = 0, 0.0, 0.0
    for count, (record, number) in enumerate(zip(best["unique_id_l"], best["unique_id_r"], strict=True), start=1):
        right += case.told[number].index == record
        if right / count >= WANTED_PRECISION:
            best_recall, best_precision = right / known, right / count
    return best_recall, best_precision


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    print(json.dumps(measure(**asked)))
