"""
What do the made-up crews do once they are on duty? They drive to where they are sent, arrive, deal with it and clear.

Every few seconds each unit reports where it is, as its terminal would. Whom to send stays the dispatcher's: a unit does nothing unsent.
"""

import threading
from datetime import datetime, timedelta
from random import Random
from typing import Any

import structlog
from django.db import close_old_connections
from django.db.models import prefetch_related_objects

from standfast.demo.shift import report
from standfast.foundation.kernel import clock
from standfast.foundation.kernel.actor import Actor
from standfast.foundation.people.roles import Role
from standfast.foundation.places.rules.travel import straight_km
from standfast.journey.incidents import queries
from standfast.journey.incidents.rules.unit_status import AT_SCENE, EN_ROUTE

EVERY_SECONDS = 15.0
SETS_OFF_AFTER = timedelta(seconds=40)
AT_SCENE_FOR = timedelta(minutes=12)
KM_A_SECOND = 0.016  # about 58 km/h in a straight line
THERE_WITHIN_KM = 0.15
WATCHER = Actor(ref="demo", name="Demonstration", roles=frozenset({Role.DISPATCHER.value}))
_log = structlog.get_logger(__name__)


def patrol_until(stop: threading.Event) -> None:
    """Let the crews report until asked to stop. Begun again, they go on from where they are."""
    while not stop.wait(EVERY_SECONDS):
        try:
            move_crews(now=clock.now())
        except Exception:  # noqa: BLE001 - the demonstration outlives a database that is away for a while
            _log.exception("the made-up crews could not report")
            close_old_connections()


def move_crews(*, now: datetime) -> None:
    """Let every crew report once: a step on its way, its arrival, its clearing, or only where it is."""
    sent = queries.active_deployments()
    prefetch_related_objects(sent, "incident")
    jobs = {each.unit_id: each for each in sent}
    for unit in queries.list_units(by=WATCHER):
        job = jobs.get(unit.pk)
        if unit.lat is None or unit.lon is None or (unit.state_at and unit.state_at >= now):
            continue
        if job is None or job.incident.lat is None:
            _stay(unit, now=now)
        elif job.at_scene_at is not None:
            _deal(unit, job, now=now)
        else:
            _drive(unit, job, now=now)


def _stay(unit: Any, *, now: datetime) -> None:
    rng = Random(f"{unit.callsign}:{now:%H%M}")
    if rng.random() < 0.3:
        report(
            unit.callsign, None, now, lat=unit.lat + rng.uniform(-3e-3, 3e-3), lon=unit.lon + rng.uniform(-4e-3, 4e-3)
        )


def _deal(unit: Any, job: Any, *, now: datetime) -> None:
    # Each matter takes its time, the same whenever it is asked.
    takes = AT_SCENE_FOR * Random(f"deal:{job.pk}").uniform(0.5, 2.0)
    if unit.state == AT_SCENE and now - job.at_scene_at >= takes:
        report(unit.callsign, 2, now, lat=unit.lat, lon=unit.lon)


def _drive(unit: Any, job: Any, *, now: datetime) -> None:
    if job.en_route_at is None:
        if now - job.assigned_at >= SETS_OFF_AFTER:
            report(unit.callsign, EN_ROUTE, now, lat=unit.lat, lon=unit.lon)
        return
    left = straight_km(unit.lat, unit.lon, job.incident.lat, job.incident.lon)
    step = KM_A_SECOND * EVERY_SECONDS
    if left <= max(step, THERE_WITHIN_KM):
        report(unit.callsign, AT_SCENE, now, lat=job.incident.lat, lon=job.incident.lon)
        return
    share = step / left
    report(
        unit.callsign,
        None,
        now,
        lat=unit.lat + (job.incident.lat - unit.lat) * share,
        lon=unit.lon + (job.incident.lon - unit.lon) * share,
    )
