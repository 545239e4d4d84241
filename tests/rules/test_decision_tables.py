"""Decision tables: the compiled answer equals a plain reading of the file, and every explanation is true."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.foundation.kernel.choices import Answer
from standfast.foundation.kernel.tables import DecisionTable, NoEdition, PolicyError, files
from standfast.journey.assessment.rules.response_grade import TABLE, GradeFacts, ResponseGrade, decide_response_grade
from standfast.journey.contact.rules.risk import Risk

DAY = date(2026, 11, 23)
HEAD = '[table]\ndecides = "x"\neffective_from = 2026-04-01\nowner = "o"\nsource = "s"\n'
ROW = '[[row]]\nid = "A"\nwhen = { danger = "yes" }\nthen = "yes"\nbecause = "b"\n'
LAST = '[[row]]\nid = "Z"\nthen = "no"\nbecause = "b"\n'

grade_facts = st.builds(
    GradeFacts,
    **{
        name: st.sampled_from(Answer) for name, hint in GradeFacts.__annotations__.items() if hint in (Answer, "Answer")
    },
    words_floor=st.sampled_from(Risk),
    vulnerable=st.booleans(),
    repeat_contacts=st.integers(0, 9),
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    danger: Answer
    count: int


def plain_reading(facts: GradeFacts) -> str:
    """The first row whose conditions hold, read from the file's text without the compiled table."""
    path = Path(__file__).parents[2] / "standfast/journey/assessment/tables/response_grade/2026-04-01.toml"
    for row in files.read_policy_file(path).rows:
        if all(holds(getattr(facts, name), wanted) for name, wanted in row.get("when", {}).items()):
            return str(row["id"])
    raise AssertionError


def holds(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return bool(wanted.get("min", value) <= value <= wanted.get("max", value))
    return value in wanted if isinstance(wanted, list) else bool(value == wanted)


@given(facts=grade_facts)
def test_the_compiled_table_decides_as_a_plain_reading_does(facts: GradeFacts) -> None:
    assert decide_response_grade(facts, on=DAY).row == plain_reading(facts)


@given(facts=grade_facts)
def test_every_answer_said_to_change_the_outcome_does_and_no_other(facts: GradeFacts) -> None:
    explanation = TABLE.explain(facts, on=DAY)
    told = {(change.fact, change.to): change.outcome for change in explanation.changes}
    for name, hint in GradeFacts.__annotations__.items():
        if hint not in (Answer, "Answer"):
            continue
        for value in Answer:
            outcome = decide_response_grade(replace(facts, **{name: value}), on=DAY).outcome
            if outcome != explanation.decision.outcome:
                assert told.pop((name, value.label.lower())) == outcome
            else:
                assert (name, value.label.lower()) not in told
    assert all(fact in ("words_floor", "vulnerable", "repeat_contacts") for fact, _ in told)


@given(facts=grade_facts)
def test_a_near_miss_names_exactly_what_it_lacked(facts: GradeFacts) -> None:
    for miss in TABLE.explain(facts, on=DAY).near:
        assert miss.unmet
        assert miss.outcome != decide_response_grade(facts, on=DAY).outcome


@pytest.fixture(autouse=True)
def known_tables_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test loads is forgotten after it."""
    monkeypatch.setattr(files, "_KNOWN", dict(files._KNOWN))


def table_from(folder: Path, text: str, name: str = "2026-04-01.toml") -> None:
    path = folder / "tables" / "thing" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    (folder / "rules").mkdir(exist_ok=True)
    files._KNOWN.pop("thing", None)
    DecisionTable.beside(str(folder / "rules" / "thing.py"), facts=Facts, outcomes=Answer)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (HEAD + ROW, 6, "the last row must be the catch-all"),
        (HEAD + ROW + ROW + LAST, 11, "stands twice"),
        (HEAD + ROW.replace("danger", "dagger") + LAST, 6, "dagger is no fact"),
        (HEAD + ROW.replace('"yes" }', '"maybe" }') + LAST, 6, "no value of danger"),
        (HEAD + ROW.replace('then = "yes"', 'then = "perhaps"') + LAST, 6, "is no outcome"),
        (HEAD + ROW.replace('because = "b"', 'becuase = "b"') + LAST, 6, "must say because"),
        (HEAD + LAST.replace("Z", "Y") + LAST, 6, "no row below it could ever fire"),
        (HEAD.replace("2026-04-01", "2026-04-02") + LAST, 3, "the date the file is named for"),
        (HEAD.replace('owner = "o"\n', "") + LAST, 1, "must say owner"),
        (HEAD + "[[row]]\nid = \n" + LAST, 7, "TOML was expected"),
        (HEAD + ROW.replace('danger = "yes"', "count = { min = true }") + LAST, 6, "min and max with numbers"),
    ],
)
def test_a_broken_table_names_the_file_the_line_and_what_was_expected(
    tmp_path: Path, text: str, line: int, expected: str
) -> None:
    with pytest.raises(PolicyError, match=expected) as caught:
        table_from(tmp_path, text)
    assert caught.value.line == line
    assert str(caught.value.path).endswith("tables/thing/2026-04-01.toml")


def test_the_edition_in_force_on_the_day_decides(tmp_path: Path) -> None:
    table_from(tmp_path, HEAD + LAST)
    later = HEAD.replace("2026-04-01", "2026-10-01") + LAST.replace('"no"', '"yes"')
    table_from(tmp_path, later, "2026-10-01.toml")
    table = files.known_tables()["thing"]
    facts = Facts(danger=Answer.NO, count=0)
    assert table.decide(facts, on=date(2026, 9, 30)).outcome == Answer.NO
    assert table.decide(facts, on=date(2026, 10, 1)).outcome == Answer.YES
    with pytest.raises(NoEdition):
        table.decide(facts, on=date(2026, 3, 31))


def test_a_force_lays_its_own_edition_over_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own" / "thing" / "2026-04-01.toml"
    own.parent.mkdir(parents=True)
    own.write_text(HEAD + LAST.replace('"no"', '"yes"'), encoding="utf-8")
    monkeypatch.setenv("STANDFAST_POLICY_DIR", str(tmp_path / "own"))
    table_from(tmp_path, HEAD + LAST)
    decided = files.known_tables()["thing"].decide(Facts(danger=Answer.NO, count=0), on=DAY)
    assert decided.outcome == Answer.YES


WORSE = {
    "danger_to_life": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "happening_now": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "offender_near": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "weapon": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "injured": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "risk_continues": [Answer.NO, Answer.NOT_KNOWN, Answer.YES],
    "evidence_perishable": [Answer.NO, Answer.YES],
    "words_floor": [Risk.STANDARD, Risk.MEDIUM, Risk.HIGH, Risk.IMMEDIATE],
    "vulnerable": [False, True],
    "repeat_contacts": list(range(10)),
}


@given(facts=grade_facts, data=st.data())
def test_more_risk_never_lowers_the_grade(facts: GradeFacts, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(WORSE)))
    scale = WORSE[name]
    before, after = sorted(data.draw(st.lists(st.integers(0, len(scale) - 1), min_size=2, max_size=2)))
    milder = decide_response_grade(replace(facts, **{name: scale[before]}), on=DAY).outcome
    worse = decide_response_grade(replace(facts, **{name: scale[after]}), on=DAY).outcome
    order = list(ResponseGrade)
    assert order.index(worse) <= order.index(milder)


@given(
    facts=grade_facts,
    question=st.sampled_from(["danger_to_life", "happening_now", "weapon", "offender_near", "injured"]),
)
def test_an_unanswered_danger_question_never_grades_below_priority(facts: GradeFacts, question: str) -> None:
    decided = decide_response_grade(replace(facts, **{question: Answer.NOT_KNOWN}), on=DAY).outcome
    assert decided in (ResponseGrade.IMMEDIATE, ResponseGrade.PRIORITY)
