"""Keep what stood of a person before a correction."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the table of corrections."""

    dependencies = [("parties", "0002_keep_name_statistics")]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("given_names", models.CharField(blank=True, max_length=120)),
                ("family_name", models.CharField(blank=True, max_length=120)),
                ("known_as", models.CharField(blank=True, max_length=120)),
                ("born_on", models.DateField(null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[("female", "Female"), ("male", "Male"), ("other", "Other")], max_length=10, null=True
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("corrected_at", models.DateTimeField()),
                ("corrected_by", models.CharField(max_length=120)),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="parties_a_correction_says_why"
                    )
                ],
            },
        ),
    ]
