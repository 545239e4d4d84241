"""What do the answers of a structured assessment come to, and is a policy refused that would silence an override?"""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.journey.assessment.rules.instrument import (
    INSTRUMENTS,
    OVERRIDES,
    QUESTIONS_OF,
    REPLIES,
    Reply,
    Score,
    instruments_for,
    questions_of,
    score_instrument,
)
from standfast.journey.assessment.rules.strand import Strand
from standfast.journey.contact.rules.risk import Risk, risk_rank

DAY = date(2026, 11, 23)
YES = Reply.YES
CODES = [each.id for each in INSTRUMENTS.on(DAY).rows]


def score(code: str, **replies: Reply) -> Score:
    """Return what these replies come to."""
    return score_instrument(
        INSTRUMENTS.on(DAY).by_id[code], questions_of(code, on=DAY).rows, OVERRIDES.on(DAY).rows, replies
    )


def some_replies(code: str) -> st.SearchStrategy[dict[str, Reply]]:
    """Return any replies an instrument takes, some questions left open."""
    scale = REPLIES[INSTRUMENTS.on(DAY).by_id[code].scale]
    names = [question.id for question in questions_of(code, on=DAY).rows]
    return st.dictionaries(st.sampled_from(names), st.sampled_from(scale))


@pytest.mark.parametrize(
    ("code", "replies", "level"),
    [
        ("dash_style", {}, Risk.STANDARD),
        ("dash_style", {"money": YES}, Risk.STANDARD),
        ("dash_style", {"strangled": YES}, Risk.HIGH),
        ("dash_style", {"threat_kill": YES}, Risk.HIGH),
        ("dash_style", {"separation": YES}, Risk.STANDARD),
        ("dash_style", {"separation": YES, "control": YES}, Risk.HIGH),
        ("dash_style", {"honour": YES}, Risk.HIGH),
        ("dash_style", {"pregnant": YES}, Risk.MEDIUM),
        ("dara_style", {"strangled": Reply.ONCE}, Risk.HIGH),
        ("dara_style", {"strangled": Reply.NEVER}, Risk.STANDARD),
        ("dara_style", {"separation": Reply.ONCE, "monitor": Reply.OFTEN}, Risk.HIGH),
        ("stalking", {"threat_harm": YES, "ex_partner": YES}, Risk.HIGH),
        ("stalking", {"unwanted": YES, "repeated": YES}, Risk.MEDIUM),
        ("missing", {"child": YES}, Risk.MEDIUM),
        ("missing", {"child": YES, "suicidal": YES}, Risk.HIGH),
        ("hate", {"disability": YES}, Risk.MEDIUM),
        ("hate", {"threat_kill": YES}, Risk.HIGH),
    ],
)
def test_examples(code: str, replies: dict[str, Reply], level: Risk) -> None:
    assert score(code, **replies).level == level


@pytest.mark.parametrize(("yes", "level"), [(9, Risk.STANDARD), (10, Risk.MEDIUM), (13, Risk.MEDIUM), (14, Risk.HIGH)])
def test_the_count_of_domestic_abuse_sets_the_level_from_its_marks(yes: int, level: Risk) -> None:
    counted = INSTRUMENTS.on(DAY).by_id["dash_style"]
    questions = [each for each in questions_of("dash_style", on=DAY).rows if each.points][:yes]
    found = score_instrument(counted, questions, (), {each.id: YES for each in questions})
    assert (found.points, found.level) == (yes, level)


def test_a_question_nobody_asked_is_not_a_no() -> None:
    found = score("stalking", fixated=Reply.NO, repeated=Reply.NOT_KNOWN)
    assert "fixated" not in found.unanswered
    assert {"repeated", "obsessive"} <= set(found.unanswered)


@pytest.mark.parametrize("code", CODES)
@given(data=st.data())
def test_one_more_yes_never_lowers(code: str, data: st.DataObject) -> None:
    replies = data.draw(some_replies(code))
    more = data.draw(st.sampled_from([question.id for question in questions_of(code, on=DAY).rows]))
    before, after = score(code, **replies), score(code, **{**replies, more: Reply.OFTEN})
    if replies.get(more) not in {YES, Reply.OFTEN}:
        assert after.points >= before.points
    assert risk_rank(after.level) <= risk_rank(before.level)


def test_the_instruments_belong_to_what_was_seen() -> None:
    assert [each.id for each in instruments_for({Strand.DOMESTIC_ABUSE}, on=DAY)] == ["dash_style", "dara_style"]
    assert instruments_for({Strand.HOMELESSNESS}, on=DAY) == []


def test_every_instrument_has_questions_and_a_purpose() -> None:
    assert set(CODES) == set(QUESTIONS_OF)
    assert all(each.purpose and each.strands for each in INSTRUMENTS.on(DAY).rows)


HEAD = '[table]\nlists = "x"\neffective_from = 2026-06-01\nowner = "x"\nsource = "x"\n'
ROWS = "".join(f'[[row]]\nid = "{each.id}"\nask = "Own words"\n' for each in questions_of("stalking", on=DAY).rows)


def asked_in(folder: Path) -> subprocess.CompletedProcess[str]:
    """Load the instruments in a process of its own, with a force's policy folder."""
    script = (
        "from datetime import date; from standfast.journey.assessment.rules import instrument as i;"
        "print(i.questions_of('stalking', on=date(2026, 7, 1)).rows[0].ask)"
    )
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "STANDFAST_POLICY_DIR": str(folder)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )


def own_edition(folder: Path, rows: str) -> Path:
    """Write a force's own edition of the stalking questions."""
    (folder / "question_stalking").mkdir()
    (folder / "question_stalking" / "2026-06-01.toml").write_text(HEAD + rows, encoding="utf-8")
    return folder


def test_a_force_lays_its_own_wording_over_ours(tmp_path: Path) -> None:
    assert asked_in(own_edition(tmp_path, ROWS)).stdout.strip() == "Own words"


def test_own_wording_that_would_silence_an_override_stops_the_boot(tmp_path: Path) -> None:
    without = ROWS.replace('id = "threat_kill"', 'id = "threatened"')
    found = asked_in(own_edition(tmp_path, without))
    assert found.returncode != 0
    assert "must keep a question with the id threat_kill" in found.stderr
