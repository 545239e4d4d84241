"""Is the right agency offered first, and is it said why not the others?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standfast.journey.triage.rules.need import Need
from standfast.journey.triage.rules.partner import OpenHours, Partner, find_partner, partners_on
from standfast.journey.triage.rules.partner_rank import PartnerRequest, rank_partners, why_not
from tests.triage.csv_rows import rows

DAY = date(2026, 11, 23)
AREAS = ["KN01", "KN04", ""]


def request_of(need: Need, area: str, *, urgent: bool = False, strands: str = "") -> PartnerRequest:
    return PartnerRequest(need=need, areas=frozenset({area} - {""}), urgent=urgent, strands=frozenset(strands.split()))


@pytest.mark.parametrize("row", rows("partners.csv"), ids=lambda row: row["what"])
def test_an_example_of_the_ranking(row: dict[str, str]) -> None:
    request = request_of(Need(row["need"]), row["area"], urgent=row["urgent"] == "yes", strands=row["strands"])
    ranking = rank_partners(partners_on(DAY), request, at=datetime.fromisoformat(row["at"]))
    assert (ranking.fitting[0].partner.id if ranking.fitting else "") == row["first"]
    if row["why_not"]:
        assert row["why_not"] in [f"{each.partner.id}: {each.because}" for each in ranking.unfit]


@given(
    need=st.sampled_from(Need),
    area=st.sampled_from(AREAS),
    at=st.datetimes(datetime(2026, 5, 1), datetime(2027, 3, 1)).map(lambda at: at.replace(tzinfo=UTC)),
)
def test_whoever_serves_the_need_is_offered_or_told_why_not_and_only_open_agencies_are_offered(
    need: Need, area: str, at: datetime
) -> None:
    request = request_of(need, area)
    ranking = rank_partners(partners_on(DAY), request, at=at)
    assert all(each.partner.is_open(at) and each.reasons for each in ranking.fitting)
    assert all(each.because for each in ranking.unfit)
    told = {each.partner.id for each in ranking.fitting} | {each.partner.id for each in ranking.unfit}
    assert told == {each.id for each in partners_on(DAY) if need in each.needs}


def test_an_agency_whose_agreement_ended_is_off_from_that_day() -> None:
    council = find_partner("council_environmental_health", on=DAY)
    assert council is not None
    ended = replace(council, agreement_ends_on=DAY)
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    request = request_of(Need.NOISE, "KN04")
    assert why_not(ended, request, at=noon) == "The agreement with it has ended"
    assert why_not(replace(ended, agreement_ends_on=DAY + timedelta(days=1)), request, at=noon) == ""


def test_an_entry_that_is_overdue_for_review_goes_behind_one_that_is_not() -> None:
    web = find_partner("report_fraud_web", on=DAY)
    assert web is not None
    stale = replace(web, id="stale", name="A stale entry", review_on=DAY - timedelta(days=1))
    ranking = rank_partners([stale, web], request_of(Need.FRAUD, ""), at=datetime(2026, 11, 23, 12, tzinfo=UTC))
    assert [each.partner.id for each in ranking.fitting] == ["report_fraud_web", "stale"]
    assert ranking.fitting[1].reasons[-1] == "Entry was to be reviewed by 22 November 2026"


def open_from(opens: time, closes: time, *days: str) -> Partner:
    partner = find_partner("housing", on=DAY)
    assert partner is not None
    return replace(partner, hours=(OpenHours(days=days, opens=opens, closes=closes),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 10, 24, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),  # 01:30 BST
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),  # 01:30 GMT, an hour later
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 20, 59, tzinfo=UTC), False),  # 21:59 BST
    ],
)
def test_hours_are_read_off_a_london_clock_through_the_night_it_changes(*, at: datetime, is_open: bool) -> None:
    assert open_from(time(22), time(2), "sat").is_open(at) is is_open


def test_every_entry_names_a_need_an_agreement_and_a_day_of_review() -> None:
    for partner in partners_on(DAY):
        assert Need.NONE not in partner.needs
        assert all((partner.needs, partner.agreement, partner.areas, partner.hours)), partner.id


def test_every_need_is_served_by_somebody() -> None:
    served = {need for partner in partners_on(DAY) for need in partner.needs}
    assert served == set(Need) - {Need.NONE}
