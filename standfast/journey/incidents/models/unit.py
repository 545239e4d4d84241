"""What is kept of a unit: who crews it, in which state it is, where it was seen, and every report it sent?"""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Choice
from standfast.journey.incidents.rules.unit_status import OFF_DUTY, Verdict

CALLSIGN_LENGTH = 12


class UnitKind(Choice):
    """What a unit is for."""

    RESPONSE = "response", "Response"
    NEIGHBOURHOOD = "neighbourhood", "Neighbourhood"
    ROADS = "roads", "Roads policing"
    ARMED = "armed", "Armed response"
    DOG = "dog", "Dog unit"
    MENTAL_HEALTH = "mental_health", "Mental health car"
    COMMUNITY = "community", "Community support"


class Unit(models.Model):
    """
    A callsign, and how it stands now.

    `duty` counts its turns of duty; `state_at` is the event time of its newest state and never goes back. A position has an age.
    """

    id = models.BigAutoField(primary_key=True)
    callsign = models.CharField(max_length=CALLSIGN_LENGTH, unique=True)
    kind = models.CharField(max_length=20, choices=UnitKind.pairs())
    base = models.CharField(max_length=120, blank=True)
    duty = models.PositiveIntegerField(default=0)
    on_duty_from = models.DateTimeField(null=True)
    on_duty_until = models.DateTimeField(null=True)
    state = models.PositiveSmallIntegerField(default=OFF_DUTY)
    state_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    position_at = models.DateTimeField(null=True)
    area_code = models.CharField(max_length=40, blank=True)
    message = models.PositiveSmallIntegerField(null=True)
    message_at = models.DateTimeField(null=True)
    alarm_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__gte=1, state__lte=11), name="incidents_a_unit_is_in_one_of_the_states"
            ),
            models.CheckConstraint(
                condition=Q(on_duty_from=None, on_duty_until=None, state=OFF_DUTY)
                | (Q(on_duty_from__isnull=False, on_duty_until__isnull=False) & ~Q(state=OFF_DUTY)),
                name="incidents_a_unit_on_duty_has_a_shift_and_no_other_has",
            ),
            models.CheckConstraint(
                condition=Q(lat=None, lon=None, position_at=None)
                | Q(lat__range=(-90, 90), lon__range=(-180, 180), position_at__isnull=False),
                name="incidents_a_position_has_an_age",
            ),
        ]
        indexes = [models.Index(fields=["callsign"], condition=~Q(state=OFF_DUTY), name="incidents_units_on_duty")]

    def __str__(self) -> str:
        return self.callsign


class CrewMember(models.Model):
    """One person's turn of duty on a unit."""

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="crew")
    duty = models.PositiveIntegerField()
    person_ref = models.CharField(max_length=120)
    person_name = models.CharField(max_length=120)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_ref"], condition=Q(until=None), name="incidents_a_person_crews_one_unit_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["unit", "duty"], name="incidents_crew_of_a_duty")]

    def __str__(self) -> str:
        return self.person_name


class StatusReport(models.Model):
    """
    One report of a unit as it was sent, and what was made of it: reports are added, never changed but for that.

    `at` is the event's own time, `received_at` when we had it, `stored_at` the database's. An unknown callsign has no unit.
    """

    id = models.BigAutoField(primary_key=True)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="reports")
    callsign = models.CharField(max_length=CALLSIGN_LENGTH)
    code = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=120)
    device = models.CharField(max_length=80, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    verdict = models.CharField(max_length=10, choices=Verdict.pairs())
    because = models.CharField(max_length=200, blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=120, blank=True)
    settled_because = models.CharField(max_length=200, blank=True)
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["callsign", "source", "code", "at"],
                nulls_distinct=False,
                name="incidents_a_report_is_kept_once",
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_because="") | Q(settled_at__isnull=False, settled_because__gt=""),
                name="incidents_a_settled_report_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "at"], name="incidents_reports_of_a_unit"),
            models.Index(
                fields=["id"], condition=Q(verdict="asked", settled_at=None), name="incidents_reports_to_ask_about"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.callsign} {self.code}"
