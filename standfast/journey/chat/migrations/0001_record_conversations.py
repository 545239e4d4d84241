"""Make the tables of conversations: what is kept of a chat beside its words, marks, private notes, operators."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import standfast.journey.chat.states


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contact", "0002_file_a_call_told_twice"),
        ("intake", "0007_chat_by_function"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Conversation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for somebody to answer"),
                            ("in_hand", "In hand"),
                            ("transferred", "Offered to a colleague"),
                            ("abandoned", "Broke off: a person decides"),
                            ("closed", "Closed"),
                        ],
                        default=standfast.journey.chat.states.ChatState["WAITING"],
                        max_length=20,
                    ),
                ),
                ("owned_since", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("visitor_at", models.DateTimeField()),
                ("staff_at", models.DateTimeField(null=True)),
                ("first_answer_at", models.DateTimeField(null=True)),
                ("unanswered_since", models.DateTimeField(null=True)),
                ("waiting_since", models.DateTimeField(null=True)),
                ("visitor_seq", models.BigIntegerField(default=0)),
                ("read_seq", models.BigIntegerField(default=0)),
                ("listen_until", models.DateTimeField(null=True)),
                ("device_safe", models.CharField(blank=True, max_length=10)),
                ("taps_only", models.BooleanField(default=False)),
                ("offered_at", models.DateTimeField(null=True)),
                ("summary", models.CharField(blank=True, max_length=400)),
                (
                    "broken_how",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "The visitor left by “Exit this page”"),
                            ("silence", "The visitor has gone quiet"),
                            ("lost_link", "The connection to the visitor was lost"),
                            ("end_phrase", "The visitor wrote that they had to stop"),
                        ],
                        max_length=12,
                    ),
                ),
                ("broken_at", models.DateTimeField(null=True)),
                ("told_nobody", models.BooleanField(default=False)),
                ("times_returned", models.PositiveIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closing_reason", models.CharField(blank=True, max_length=400)),
                (
                    "contact",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contact.contact"
                    ),
                ),
                (
                    "offered_to",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="intake.chatthread"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("strand", models.CharField(max_length=40)),
                ("score", models.FloatField()),
                ("because", models.JSONField(default=list)),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="marks", to="chat.conversation"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Operator",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_taking", models.BooleanField(default=False)),
                ("points", models.PositiveIntegerField()),
                ("since", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PrivateNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("is_whisper", models.BooleanField(default=False)),
                ("by_ref", models.CharField(max_length=120)),
                ("by_name", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "conversation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="notes", to="chat.conversation"
                    ),
                ),
            ],
            options={
                "db_table": "chat_private_note",
            },
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["state", "waiting_since"],
                name="chat_open_by_state",
            ),
        ),
        migrations.AddIndex(
            model_name="conversation",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True), fields=["owner"], name="chat_open_by_owner"
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner__isnull", False), ("state__in", ["in_hand", "transferred"])),
                    models.Q(("owner", None), ("state__in", ["waiting", "closed"])),
                    ("state", "abandoned"),
                    _connector="OR",
                ),
                name="chat_in_hand_has_an_owner_and_waiting_has_none",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "waiting"), ("waiting_since__isnull", False)),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("waiting_since", None)),
                    _connector="OR",
                ),
                name="chat_waiting_says_since_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("offered_at__isnull", False),
                        ("offered_to__isnull", False),
                        ("state", "transferred"),
                        ("summary__gt", ""),
                    ),
                    models.Q(
                        models.Q(("state", "transferred"), _negated=True), ("offered_at", None), ("offered_to", None)
                    ),
                    _connector="OR",
                ),
                name="chat_an_offer_says_to_whom_and_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("broken_at__isnull", False), ("broken_how__gt", ""), ("state", "abandoned")),
                    models.Q(models.Q(("state", "abandoned"), _negated=True), ("broken_at", None), ("broken_how", "")),
                    _connector="OR",
                ),
                name="chat_abandoned_says_how_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="conversation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("closing_reason__gt", ""), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                    _connector="OR",
                ),
                name="chat_closed_says_why_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="mark",
            constraint=models.UniqueConstraint(
                fields=("conversation", "seq", "strand"), name="chat_a_line_is_marked_once_for_a_strand"
            ),
        ),
    ]
