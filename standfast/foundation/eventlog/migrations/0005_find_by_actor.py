"""Make what one person did quick to find: the search of the record asks for it by actor, newest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the index."""

    dependencies = [("eventlog", "0004_refuse_change_of_seals")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["by_ref", "id"], name="eventlog_entry_by_actor"),
        ),
    ]
