"""What is kept of a unit's being sent to an incident?"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.journey.incidents.models.incident import Incident
from standfast.journey.incidents.models.unit import Unit
from standfast.journey.incidents.states import DeploymentEnd


class Deployment(models.Model):
    """
    One sending of a unit to an incident: active until `ended_at`. The database holds that a unit has one active one.

    `en_route_at` and `at_scene_at` are the crew's own times. `reason` says why this unit, where the rule would have had another or
    none; `choice` keeps what was ranked. `travel_seconds` with its `travel_method` is what was predicted.
    """

    id = models.BigAutoField(primary_key=True)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="deployments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="deployments")
    callsign = models.CharField(max_length=12)
    duty = models.PositiveIntegerField()
    crew = models.CharField(max_length=250, blank=True)
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=120)
    assigned_by_name = models.CharField(max_length=120)
    reason = models.CharField(max_length=400, blank=True)
    place_in_ranking = models.PositiveIntegerField(null=True)
    choice = models.JSONField(default=dict)
    travel_seconds = models.PositiveIntegerField(null=True)
    travel_method = models.CharField(max_length=120, blank=True)
    en_route_at = models.DateTimeField(null=True)
    at_scene_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=20, choices=DeploymentEnd.pairs(), blank=True)
    ended_because = models.CharField(max_length=400, blank=True)
    ended_by = models.CharField(max_length=120, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(ended_at=None),
                name="incidents_one_active_deployment_of_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
                name="incidents_a_deployment_that_ended_says_how",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("assigned_at")),
                name="incidents_a_deployment_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=(Q(en_route_at=None) | Q(en_route_at__gte=F("assigned_at")))
                & (Q(at_scene_at=None) | Q(at_scene_at__gte=F("assigned_at"))),
                name="incidents_a_unit_goes_after_it_was_sent",
            ),
        ]
        indexes = [
            models.Index(fields=["incident", "assigned_at"], name="incidents_deployments_of_one"),
            models.Index(fields=["unit", "assigned_at"], name="incidents_deployments_of_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.callsign} to {self.incident_id}"
