"""Which incidents may be one, which of two is kept, and what changes: the rules, without a database."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from standfast.foundation.kernel import days
from standfast.journey.assessment.rules.response_grade import ResponseGrade
from standfast.journey.contact.rules.risk import Risk
from standfast.journey.incidents.rules.merging import MergeFacts, in_order, plan_merge, why_not_merge
from standfast.journey.incidents.rules.same_incident import Matter, first_line, rank_likely
from standfast.journey.incidents.states import IncidentState
from tests.dispatch.steps import HERE

MINUTE = timedelta(minutes=1)
S = IncidentState
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PLAIN: dict[str, Any] = {
    "is_open": True,
    "left": False,
    "desk": "control",
    "offered": False,
    "by_appointment": False,
    "closing_asked": False,
    "grade": ResponseGrade.PRIORITY,
    "risk": Risk.STANDARD,
    "strands": frozenset(),
    "warnings": frozenset(),
    "child_mentioned": False,
    "on_the_map": True,
    "units": (),
    "call_back": False,
}


def facts(reference: str, minutes: int = 0, **given: Any) -> MergeFacts:
    at = NOON + minutes * MINUTE
    return MergeFacts(**{**PLAIN, "reference": reference, "number": 10 + minutes, "first_contact_at": at, **given})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"is_open": False}, "not open"),
        ({"offered": True}, "offered"),
        ({"by_appointment": True}, "time was agreed"),
        ({"closing_asked": True}, "Closing is asked for"),
        ({"desk": "west"}, "link them instead"),
        ({"left": True}, "still needs them"),
    ],
)
def test_what_may_not_be_merged_says_why_whichever_of_the_two_it_is(given: dict[str, Any], says: str) -> None:
    one, other = facts("AAAA"), facts("BBBB", 3, **given)
    assert says in why_not_merge(one, other)
    assert says in why_not_merge(other, one)


def test_two_open_ones_of_one_desk_may_and_one_with_itself_may_not() -> None:
    assert why_not_merge(facts("AAAA"), facts("BBBB", 3)) == ""
    assert why_not_merge(facts("AAAA", left=True), facts("BBBB", 3, left=True)) == ""
    assert "itself" in why_not_merge(facts("AAAA"), facts("AAAA"))


def test_the_earlier_is_kept_and_stands_as_grave_as_the_graver_whichever_way_it_is_asked() -> None:
    rng = random.Random(6)
    for _ in range(300):
        one, other = (
            facts(
                reference,
                rng.randrange(20),
                grade=rng.choice(list(ResponseGrade)),
                risk=rng.choice(list(Risk)),
                number=number,
            )
            for number, reference in enumerate(("AAAA", "BBBB"))
        )
        plan = plan_merge(one, other)
        assert plan == plan_merge(other, one)
        kept, gone = in_order(one, other)
        assert kept.first_contact_at == min(one.first_contact_at, other.first_contact_at)
        order, risks = list(ResponseGrade), list(Risk)
        assert order.index(plan.grade) == min(order.index(one.grade), order.index(other.grade))
        assert risks.index(plan.risk) == min(risks.index(one.risk), risks.index(other.risk))
        assert (plan.kept, plan.merged) == (kept.reference, gone.reference)


def test_the_preview_says_each_change() -> None:
    later = facts(
        "BBBB",
        3,
        grade=ResponseGrade.IMMEDIATE,
        risk=Risk.HIGH,
        strands=frozenset({"domestic_abuse"}),
        warnings=frozenset({"W1"}),
        child_mentioned=True,
        units=("ND52",),
        call_back=True,
    )
    said = " ".join(plan_merge(facts("AAAA", on_the_map=False), later).changes)
    for words in (
        "BBBB is closed as merged into AAAA",
        "graded immediate instead of priority",
        "risk is high instead of standard",
        "Domestic abuse",
        "child",
        "1 warning comes along",
        "ND52 goes along",
        "takes the place",
        "still to be called back",
    ):
        assert words in said


def matter(reference: str, *, north_km: float = 0, minutes: float = 0, **given: Any) -> Matter:
    plain: dict[str, Any] = {"place": "", "setting": "urban", "number": "", "words": "A car hit the wall"}
    there = {"lat": HERE["lat"] + north_km / 111.195, "lon": HERE["lon"]}
    return Matter(**{**plain, **there, "reference": reference, "first_contact_at": NOON + minutes * MINUTE, **given})


def test_what_is_near_in_place_and_time_is_offered_and_what_is_not_is_not() -> None:
    mine = matter("MINE", place="12 Mill Lane", number="+447700900123")
    others = [
        matter("NEAR", north_km=0.2, minutes=4, words="Two cars, one hit the wall\nof the pub"),
        matter("FAR", north_km=2),
        matter("LATE", minutes=300),
        matter("NUMBER", north_km=9, number="+447700900123"),
        matter("PLACE", lat=None, lon=None, place="12, mill lane"),
        matter("NOWHERE", lat=None, lon=None),
    ]
    found = {each.reference: each for each in rank_likely(mine, others, on=days.london_day(NOON))}
    assert set(found) == {"NEAR", "NUMBER", "PLACE"}
    assert found["NEAR"].km == pytest.approx(0.2)
    assert found["NEAR"].apart == 4 * MINUTE
    assert found["NEAR"].first_line == "Two cars, one hit the wall"
    assert found["NUMBER"].same_number
    assert (found["PLACE"].km, found["PLACE"].same_place) == (None, True)


def test_more_is_offered_in_the_country_and_never_more_than_the_table_allows() -> None:
    on = days.london_day(NOON)
    others = [matter(f"N{number}", north_km=2) for number in range(9)]
    assert rank_likely(matter("MINE"), others, on=on) == []
    assert len(rank_likely(matter("MINE", setting="rural"), others, on=on)) == 5


def test_a_first_line_is_read_at_a_glance() -> None:
    assert first_line("\n \nHelp\nmore") == "Help"
    assert first_line("") == ""
    assert len(first_line("a long word " * 90)) <= 160
