"""Begin the records of published rosters and forecasts of units."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("roster", "Roster of units"), ("forecast", "Forecast of demand for units")],
                        max_length=10,
                    ),
                ),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=120)),
                ("file", models.TextField()),
                ("series", models.TextField(blank=True)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("published_at")), ("starts_at__lt", models.F("ends_at"))
                        ),
                        name="resourcing_a_publication_says_something_of_what_is_to_come",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ForecastDemand",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("mean", models.FloatField()),
                ("quantiles", models.JSONField()),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="demand", to="resourcing.publication"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ends_at"], name="resourcing_demand_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mean__gte", 0), ("starts_at__lt", models.F("ends_at"))),
                        name="resourcing_an_interval_has_a_length_and_no_demand_below_nought",
                    ),
                    models.UniqueConstraint(
                        fields=("publication", "starts_at"), name="resourcing_a_forecast_says_one_thing_at_a_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RosteredUnits",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("units", models.PositiveIntegerField()),
                (
                    "publication",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rostered",
                        to="resourcing.publication",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ends_at"], name="resourcing_rostered_by_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("starts_at__lt", models.F("ends_at"))),
                        name="resourcing_a_stretch_of_a_roster_has_a_length",
                    ),
                    models.UniqueConstraint(
                        fields=("publication", "starts_at"), name="resourcing_a_roster_says_one_number_at_a_time"
                    ),
                ],
            },
        ),
    ]
