"""Let an incident have the opening code a person chose. The database fills it in, so that the release before still opens incidents."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add one column with a default of the database's own."""

    dependencies = [
        ("incidents", "0003_join_incidents"),
    ]

    operations = [
        migrations.AddField(
            model_name="incident",
            name="opening_code",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
    ]
