"""Keep the facts people take from the lines of a chat."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Add facts."""

    dependencies = [
        ("chat", "0001_record_conversations"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("starts", models.PositiveIntegerField()),
                ("ends", models.PositiveIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("threat", "Threat"),
                            ("harm", "Harm"),
                            ("suspect", "Suspect"),
                            ("place", "Place"),
                            ("writer", "Who writes"),
                            ("vulnerable", "Vulnerable"),
                            ("vehicle", "Vehicle"),
                            ("time", "Time"),
                            ("phone", "Number"),
                        ],
                        max_length=12,
                    ),
                ),
                ("text", models.CharField(max_length=400)),
                ("by_ref", models.CharField(max_length=120)),
                ("by_name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                ("dropped_at", models.DateTimeField(null=True)),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="facts", to="chat.conversation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("dropped_at", None)),
                        fields=("conversation", "seq", "starts", "ends", "kind"),
                        name="chat_words_are_taken_once_for_a_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("starts__lt", models.F("ends"))), name="chat_a_fact_has_words"
                    ),
                ],
            },
        ),
    ]
