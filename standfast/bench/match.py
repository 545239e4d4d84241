"""
How fast and how surely is a person found among half a million while somebody speaks?

A noisy description is right when the one person called certain or probable is the person meant. One in six of those described is not
on record, though their family is: naming anybody then counts as wrong. Splink is beside it, on 16,000 of the same records.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from time import perf_counter
from typing import Any

from standfast.bench.made_up_people import MadeUpPerson, Misheard, SearchCase, made_up_people, search_case

SMALL = 16_000
WANTED_RECALL, WANTED_PRECISION, WANTED_P95_MS = 0.85, 0.99, 150.0
_NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_WARM_UP = 50


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """What one look-up answered: whether the person is on record, named first, named with enough certainty, and how long it took."""

    noise: str
    on_record: bool
    named: bool
    first_is_right: bool
    score: float
    milliseconds: float


def run(*, database_url: str, persons: int = 500_000, queries: int = 2_000, seed: int = 1) -> dict[str, Any]:
    """
    Measure the look-up in a process of its own on an empty database it may migrate and fill, and Splink in another.

    :raises subprocess.CalledProcessError: if either process fails; what it said is in its `stderr`
    """
    began = perf_counter()
    asked = {"persons": persons, "searches": queries, "seed": seed}
    environment = {"DATABASE_URL": database_url, "STANDFAST_PROCESS": "worker"}
    ours = _in_own_process("standfast.bench.match", asked, environment)
    figures, small = ours["figures"], ours["small"]
    yardstick = {}
    if find_spec("splink"):
        splink = _in_own_process("standfast.bench.match_splink", asked | {"persons": min(SMALL, persons)}, {})
        yardstick = {f"splink_{name}_on_{SMALL}": value for name, value in splink.items()}
        yardstick |= {f"ours_{name}_on_{SMALL}": value for name, value in small.items()}
    return {
        "bench": "match",
        "figures": figures,
        "yardstick": yardstick,
        "ratios": _ratios(small, yardstick),
        "goals": _goals(figures, persons),
        "notes": [] if yardstick else ["Splink is not installed (extra `bench`): our own figures only."],
        "seconds": round(perf_counter() - began, 1),
    }


def measure(*, persons: int, searches: int, seed: int) -> dict[str, dict[str, float]]:
    """
    Load 16,000 persons and search them, then the rest and search them all; Django must stand on an empty database.

    :raises ValueError: if the database holds persons already
    """
    from standfast.foundation.parties import operations, queries
    from standfast.foundation.people.access import WORKER

    if queries.count_persons():
        raise ValueError("an empty database was expected: this bench fills one with made-up persons")
    people = made_up_people(persons=persons + 2 * (searches // 6), seed=seed)
    # The yardstick makes the same first persons, so it is asked the same of them.
    small_people = made_up_people(persons=min(SMALL, persons), seed=seed)
    references: dict[int, str] = {}

    def load(case: SearchCase) -> float:
        began = perf_counter()
        rows = (_loaded(case.people[place]) for place in case.on_record)
        made = operations.load_persons(rows=rows, source="bench", by=WORKER, now=_NOW)
        references.update(zip(case.on_record, made, strict=True))
        return perf_counter() - began

    small = search_case(small_people, first=0, last=len(small_people), searches=searches, seed=seed)
    load(small)
    small_answers = _ask(small.told, references)
    references.clear()
    queries_on_all = search_case(people, first=len(small_people), last=len(people), searches=searches, seed=seed + 100)
    seconds = load(queries_on_all)
    answers = _ask(queries_on_all.told, references)
    figures = _sureness(answers) | _by_noise(answers) | _latency("", [each.milliseconds for each in answers])
    return {
        "figures": figures
        | _sparse(queries_on_all.told, references)
        | _latency("typing_", _typed(people, list(references), searches=searches // 4, seed=seed))
        | {"persons": float(queries.count_persons()), "load_seconds": round(seconds, 1)},
        "small": _sureness(small_answers),
    }


def _ask(told: list[Misheard], references: dict[int, str]) -> list[_Answer]:
    for each in told[:_WARM_UP]:
        _look_up(each, references)
    return [_look_up(each, references) for each in told]


def _look_up(told: Misheard, references: dict[int, str]) -> _Answer:
    from standfast.foundation.parties import queries

    facts = queries.LookUpFacts(
        name=told.name,
        phone=told.phone,
        born_on=told.born_on,
        address_text=told.address_text,
        postcode=told.postcode,
    )
    began = perf_counter()
    found = queries.look_up(facts, now=_NOW)
    took = perf_counter() - began
    first = next(iter(found.candidates), None)
    return _Answer(
        noise=told.noise,
        on_record=told.index in references,
        named=first is not None and first.level in {"certain", "probable"},
        first_is_right=first is not None and first.reference == references.get(told.index),
        score=first.score if first else 0.0,
        milliseconds=1000 * took,
    )


def _sureness(answers: list[_Answer]) -> dict[str, float]:
    known = sum(each.on_record for each in answers)
    named = [each for each in answers if each.named]
    right = sum(each.first_is_right for each in named)
    return {
        "recall": round(right / known, 4),
        "precision": round(right / max(len(named), 1), 4),
        "recall_at_best_threshold": round(_best_recall(answers, known), 4),
        "on_record": float(known),
        "not_on_record": float(len(answers) - known),
    }


def _best_recall(answers: list[_Answer], known: int) -> float:
    right, best = 0, 0.0
    for count, each in enumerate(sorted(answers, key=lambda each: -each.score), start=1):
        right += each.first_is_right
        if right / count >= WANTED_PRECISION:
            best = right / known
    return best


def _by_noise(answers: list[_Answer]) -> dict[str, float]:
    known = Counter(each.noise for each in answers if each.on_record)
    right = Counter(each.noise for each in answers if each.named and each.first_is_right)
    return {f"recall_{noise}": round(right[noise] / count, 4) for noise, count in sorted(known.items())}


def _sparse(told: list[Misheard], references: dict[int, str]) -> dict[str, float]:
    # The same people, with nothing told but the name and the birth date.
    from dataclasses import replace

    bare = [replace(each, phone="", address_text="", postcode="") for each in told]
    found = _sureness([_look_up(each, references) for each in bare])
    return {f"{name}_name_and_birth_date_only": found[name] for name in ("recall", "precision")}


def _typed(people: list[MadeUpPerson], places: list[int], *, searches: int, seed: int) -> list[float]:
    # Half typed: the beginning of a name, or of a number, as each key is pressed.
    from standfast.foundation.parties import queries

    rng = random.Random(seed)
    took = []
    for place in rng.sample(places, searches):
        person = people[place]
        name = f"{person.given} {person.family}"
        number = person.numbers[0].replace("+44", "0") if person.numbers and rng.random() < 0.3 else ""
        facts = queries.LookUpFacts(
            name="" if number else name[: rng.randrange(3, len(name) + 1)], phone=number[: rng.randrange(6, 12)]
        )
        began = perf_counter()
        queries.look_up(facts, now=_NOW)
        took.append(1000 * (perf_counter() - began))
    return took


def _latency(of: str, milliseconds: list[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {f"{of}p{share}_ms": round(ordered[len(ordered) * share // 100], 1) for share in (50, 95, 99)}


def _loaded(person: MadeUpPerson) -> Any:
    from standfast.foundation.parties.operations import LoadedPerson

    return LoadedPerson(
        given_names=person.given,
        family_name=person.family,
        born_on=person.born_on,
        numbers=person.numbers,
        address_lines=person.address_lines,
        postcode=person.postcode,
    )


def _ratios(small: dict[str, float], yardstick: dict[str, float]) -> dict[str, float]:
    theirs = yardstick.get(f"splink_recall_on_{SMALL}")
    if not theirs:
        return {}
    return {"recall_to_splink_both_at_best_threshold": round(small["recall_at_best_threshold"] / theirs, 3)}


def _goals(figures: dict[str, float], persons: int) -> list[dict[str, Any]]:
    wanted = [
        ("look-up p95 ms", figures["p95_ms"], f"≤ {WANTED_P95_MS:g}", figures["p95_ms"] <= WANTED_P95_MS),
        ("typing p95 ms", figures["typing_p95_ms"], f"≤ {WANTED_P95_MS:g}", figures["typing_p95_ms"] <= WANTED_P95_MS),
        ("recall", figures["recall"], f"≥ {WANTED_RECALL}", figures["recall"] >= WANTED_RECALL),
        ("precision", figures["precision"], f"≥ {WANTED_PRECISION}", figures["precision"] >= WANTED_PRECISION),
    ]
    return [
        {"name": f"{name} on {persons}", "value": value, "goal": goal, "met": met} for name, value, goal, met in wanted
    ]


def _in_own_process(module: str, asked: dict[str, int], environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, "-m", module, json.dumps(asked)]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _main() -> None:
    import django
    from django.core.management import call_command

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standfast.config.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    print(json.dumps(measure(**json.loads(sys.argv[1]))))


if __name__ == "__main__":
    _main()
