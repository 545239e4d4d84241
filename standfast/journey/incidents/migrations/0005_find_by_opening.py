"""Find the incidents that were opened in a period without reading all: demand is held against its forecast."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add one index."""

    dependencies = [
        ("incidents", "0004_name_opening_codes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["opened_at"], name="incidents_by_opening"),
        ),
    ]
