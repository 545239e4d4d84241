"""File the chats that wait in turn: none waits for ever behind those that came before it and go on writing."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep when each chat was last filed."""

    dependencies = [("intake", "0008_take_reports_of_units")]

    operations = [
        migrations.AddField(model_name="chatfiling", name="filed_at", field=models.DateTimeField(null=True)),
    ]
