"""Which rosters and forecasts of units were published, when, and what did each say?"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from standfast.foundation.kernel.choices import Choice


class PublicationKind(Choice):
    """What was published."""

    ROSTER = "roster", "Roster of units"
    FORECAST = "forecast", "Forecast of demand for units"


class Publication(models.Model):
    """
    One roster or forecast as it was published, never changed: a later one takes its place from then on, and this one stays.

    `file` is the name of the file it came from, `series` the one that was taken of it. `starts_at` and `ends_at` span what it says.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=PublicationKind.pairs())
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=120)
    file = models.TextField()
    series = models.TextField(blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stored_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), ends_at__gt=F("published_at")),
                name="resourcing_a_publication_says_something_of_what_is_to_come",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RosteredUnits(models.Model):
    """How many response units a roster has on duty in a stretch of time."""

    id = models.BigAutoField(primary_key=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="rostered")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    units = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="resourcing_a_stretch_of_a_roster_has_a_length"
            ),
            models.UniqueConstraint(
                fields=["publication", "starts_at"], name="resourcing_a_roster_says_one_number_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="resourcing_rostered_by_end")]

    def __str__(self) -> str:
        return f"{self.units} units from {self.starts_at}"


class ForecastDemand(models.Model):
    """
    How many incidents for units a forecast expects in an interval.

    `quantiles` are by level as text, such as {"0.9": 7.0}: nine times in ten it is no more than seven.
    """

    id = models.BigAutoField(primary_key=True)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="demand")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    mean = models.FloatField()
    quantiles = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at"), mean__gte=0),
                name="resourcing_an_interval_has_a_length_and_no_demand_below_nought",
            ),
            models.UniqueConstraint(
                fields=["publication", "starts_at"], name="resourcing_a_forecast_says_one_thing_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="resourcing_demand_by_end")]

    def __str__(self) -> str:
        return f"{self.mean:g} from {self.starts_at}"
