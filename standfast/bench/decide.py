"""
How many decisions a second does a table give, with the full explanation?

The same response-grade table is put to zen-engine, a rules engine written in Rust, with the same facts; its trace names the row that
fired and nothing else, ours also the nearest rows that did not and every answer that would change the outcome.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import date
from enum import Enum
from statistics import median
from time import perf_counter
from typing import Any

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.tables.files import read_policy_file
from standfast.journey.assessment.rules import response_grade
from standfast.journey.assessment.rules.response_grade import TABLE, GradeFacts
from standfast.journey.contact.rules.risk import Risk

DECISIONS = 20_000
ROUNDS = 10
DAY = date(2026, 11, 23)
SEED = 1
GOAL = 5.0


def run() -> dict[str, Any]:
    """Decide on 20,000 different sets of facts with the full explanation, in rounds beside zen-engine on the same ones."""
    facts = _facts(DECISIONS)
    theirs = _zen(facts)
    share = DECISIONS // ROUNDS
    rounds = []
    for number in range(ROUNDS):
        part = facts[number * share : (number + 1) * share]
        rate = {"explained": _rate(_explained, part), "nothing_remembered": _rate(_without_memory, part[: share // 4])}
        if theirs:
            rate["zen"] = _rate(theirs, [_plain(each) for each in part[: share // 4]])
        rounds.append(rate)
    figures = {f"{name}_per_second": round(median(each[name] for each in rounds)) for name in rounds[0]}
    yardstick = {"zen_per_second": figures.pop("zen_per_second")} if theirs else {}
    ratios: dict[str, Any] = {}
    value, met = "zen-engine is not installed (extra: bench)", None
    if theirs:
        # Of each round, then the median: what else the machine did meanwhile hits both sides of a round.
        to_zen = sorted(each["explained"] / each["zen"] for each in rounds)
        ratios = {
            "ours_to_zen": round(median(to_zen), 2),
            "least_and_most": [round(to_zen[0], 2), round(to_zen[-1], 2)],
            "ours_to_zen_nothing_remembered": round(median(e["nothing_remembered"] / e["zen"] for e in rounds), 2),
        }
        value, met = ratios["ours_to_zen"], ratios["ours_to_zen"] >= GOAL
    goal = {"name": "decisions a second, explained, to zen-engine's", "value": value, "goal": f">= {GOAL}", "met": met}
    return {"figures": figures, "yardstick": yardstick, "ratios": ratios, "goals": [goal]}


def _explained(facts: GradeFacts) -> None:
    TABLE.explain(facts, on=DAY)


def _without_memory(facts: GradeFacts) -> None:
    # What a decision costs when no earlier one met the same conditions: the memory of the edition is emptied each time.
    TABLE.editions.on(DAY).forget()
    TABLE.explain(facts, on=DAY)


def _facts(number: int) -> list[GradeFacts]:
    chooser = random.Random(SEED)
    values: dict[str, Any] = {
        field.name: list(Answer) if field.type is Answer else list(Risk) if field.type is Risk else None
        for field in fields(GradeFacts)
    }
    return [
        GradeFacts(
            **{name: chooser.choice(each) for name, each in values.items() if each},
            vulnerable=chooser.random() < 0.5,
            repeat_contacts=chooser.randrange(6),
        )
        for _ in range(number)
    ]


def _rate(decide: Callable[[Any], Any], given: Sequence[Any]) -> float:
    for each in given[: len(given) // 10]:
        decide(each)
    began = perf_counter()
    for each in given:
        decide(each)
    return len(given) / (perf_counter() - began)


def _plain(facts: GradeFacts) -> dict[str, Any]:
    return {name: value.value if isinstance(value, Enum) else value for name, value in asdict(facts).items()}


def _zen(facts: Sequence[GradeFacts]) -> Callable[[dict[str, Any]], Any] | None:
    try:
        import zen
    except ImportError:
        return None
    decision = zen.ZenEngine().create_decision(json.dumps(_as_jdm()))

    def evaluate(given: dict[str, Any]) -> Any:
        return decision.evaluate(given, {"trace": True})

    for each in facts[:500]:
        if evaluate(_plain(each))["result"]["row"] != TABLE.decide(each, on=DAY).row:
            raise AssertionError(f"zen-engine was given another table: it differs on {_plain(each)}")
    return evaluate


def _as_jdm() -> dict[str, Any]:
    """Return the newest edition as zen-engine's own table, row by row from the file."""
    from pathlib import Path

    edition = TABLE.editions.all[-1]
    folder = Path(response_grade.__file__).parents[1] / "tables" / "response_grade"
    rows = read_policy_file(folder / f"{edition.effective_from}.toml").rows
    names = [field.name for field in fields(GradeFacts)]
    rules = [
        {
            "_id": row["id"],
            **{name: _cell(row.get("when", {}).get(name)) for name in names},
            "row": json.dumps(row["id"]),
            "grade": json.dumps(row["then"]),
        }
        for row in rows
    ]
    inputs = [{"id": name, "name": name, "field": name, "type": "expression"} for name in names]
    outputs = [{"id": name, "name": name, "field": name, "type": "expression"} for name in ("row", "grade")]
    content = {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules}
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": content, "position": {"x": 1, "y": 0}},
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "b", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    return {"nodes": nodes, "edges": edges}


def _cell(wanted: Any) -> str:
    if wanted is None:
        return ""
    if isinstance(wanted, dict):
        return " and ".join(f"$ {sign} {wanted[key]}" for key, sign in (("min", ">="), ("max", "<=")) if key in wanted)
    if isinstance(wanted, list):
        return ", ".join(json.dumps(each) for each in wanted)
    return json.dumps(wanted)
