"""Let incidents be merged, split and parted again."""

import django.db.models.deletion
from django.db import migrations, models

import standfast.journey.incidents.states


class Migration(migrations.Migration):
    """Keep what an incident was merged into or split from, and what a merge carried."""

    dependencies = [
        ("incidents", "0002_send_units"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="link",
            name="incidents_two_are_linked_once",
        ),
        migrations.AddField(
            model_name="incident",
            name="merged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="incident",
            name="merged_into",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="merged", to="incidents.incident"
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="split_from",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="split", to="incidents.incident"
            ),
        ),
        migrations.AddField(
            model_name="link",
            name="carried",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="link",
            name="undone_because",
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AlterField(
            model_name="incident",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contact.contact"
            ),
        ),
        migrations.AlterField(
            model_name="incident",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting for a unit"),
                    ("assigned", "Unit assigned"),
                    ("at_scene", "Unit at scene"),
                    ("resulted", "Attended, to be closed"),
                    ("resolved", "Resolved"),
                    ("merged", "Merged into another"),
                ],
                default=standfast.journey.incidents.states.IncidentState["WAITING"],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="logentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("note", "Note"),
                    ("sent", "Unit sent"),
                    ("status", "Unit status"),
                    ("alarm", "Alarm"),
                    ("result", "Result"),
                    ("call_back", "Call-back"),
                    ("closing", "Closing"),
                    ("joined", "Link, merge or split"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.UniqueConstraint(
                condition=models.Q(("split_from", None)),
                fields=("contact",),
                name="incidents_a_contact_opens_one_incident",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_at__isnull", False), ("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_at", None), ("merged_into", None)),
                    _connector="OR",
                ),
                name="incidents_a_merged_one_says_into_which_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="incident",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_into", models.F("id")), _negated=True),
                    models.Q(("split_from", models.F("id")), _negated=True),
                ),
                name="incidents_none_is_merged_into_or_split_from_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="link",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at", None)),
                fields=("incident", "other", "kind"),
                name="incidents_two_are_linked_once",
            ),
        ),
    ]
