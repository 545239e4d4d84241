"""Does the page about late attendance of a fresh demonstration tell of a roster gap and of a forecast error, and always alike?"""

from datetime import timedelta

import pytest

from standfast.cli.checks import verify_all
from standfast.demo.load_places import load_knotshire
from standfast.demo.loading import LOADER, load_demo_staff
from standfast.demo.planned import publish_plans
from standfast.demo.shift import begin_shift
from standfast.force.resourcing import queries as resourcing
from standfast.force.resourcing.models import ForecastDemand
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.why_late import Cause
from tests.dispatch.steps import BELLA
from tests.resourcing.steps import PAOLO

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_fresh_demonstration_shows_both_causes(now):
    load_demo_staff(now=now)
    load_knotshire(by=LOADER, now=now)
    begin_shift(now=now)
    rows = queries.attendances_between(since=now - timedelta(days=1), until=now, by=BELLA, now=now).rows
    minutes = {cause: sum((row.parts[cause] for row in rows), timedelta(0)) / MINUTE for cause in Cause}
    assert minutes[Cause.ROSTER_GAP] >= 10, minutes
    assert minutes[Cause.FORECAST] >= 10, minutes
    assert not any(row.unrecorded for row in rows)
    broken = {name: check["breaches"] for name, check in verify_all()["checks"].items() if check["breaches"]}
    assert not broken


def test_the_plan_of_the_demonstration_is_made_from_its_seed(now):
    for seed in (7, 7, 8):
        publish_plans(units=12, relief_at=now, by=PAOLO, seed=seed)
    first, again, other = (
        list(ForecastDemand.objects.filter(publication=each).order_by("starts_at").values_list("mean", flat=True))
        for each in reversed(resourcing.list_publications(by=PAOLO))
        if each.kind == "forecast"
    )
    assert first == again != other
