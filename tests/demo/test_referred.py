"""A partner agency of the demonstration finds referrals whenever it is started, and each has kept its clock."""

from datetime import UTC, datetime

import pytest

from standfast.demo.referred import refer_some
from standfast.foundation.people.roles import Role
from standfast.journey.triage import queries
from standfast.journey.triage.models import Referral
from tests.builders import staff
from tests.entering import actor_of

pytestmark = pytest.mark.django_db
AGENCY = "adult_social_care"
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 28, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "states"),
    [
        (MONDAY_NOON, ["accepted", "completed", "sent"]),
        (SATURDAY_NIGHT, ["accepted", "completed"]),
    ],
)
def test_the_agency_has_what_could_be_sent_in_its_hours(now: datetime, states: list[str]) -> None:
    petra = actor_of(Role.PARTNER)
    sent = refer_some(officer=staff("asha"), agency=petra, partner=AGENCY, now=now)
    assert sent == len(states)
    assert sorted(Referral.objects.values_list("state", flat=True)) == states
    assert len(queries.list_for_partner(by=petra, now=now)) == len(states)
