"""Make the tables of a chat: its thread, its lines, how far it is filed, who is there, and what is said of the desk."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    """Keep chats."""

    dependencies = [
        ("intake", "0005_tell_the_line_of_a_call"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChatThread",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=20, unique=True)),
                ("token_hash", models.BinaryField(max_length=32, null=True)),
                ("opening", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("seq", models.BigIntegerField(db_default=0)),
                ("seen_seq", models.BigIntegerField(db_default=0)),
                ("told", models.CharField(db_default="waiting", max_length=20)),
                ("allowance", models.FloatField(db_default=20.0)),
                ("counted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("left_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("return_hash", models.BinaryField(max_length=32, null=True)),
                ("return_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_chat_thread",
            },
        ),
        migrations.CreateModel(
            name="ChatLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("visitor", "Visitor"),
                            ("staff", "Us"),
                            ("notice", "Said by itself"),
                            ("signal", "Signal"),
                        ],
                        max_length=10,
                    ),
                ),
                ("client_id", models.CharField(max_length=64)),
                ("text", models.TextField()),
                ("floor", models.CharField(blank=True, db_default="", max_length=10)),
                ("by_ref", models.CharField(blank=True, db_default="", max_length=120)),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "intake_chat_line",
            },
        ),
        migrations.CreateModel(
            name="ChatOtherWords",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("digest", models.BinaryField(max_length=32)),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "db_table": "intake_chat_other_words",
            },
        ),
        migrations.CreateModel(
            name="ChatStanding",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("says", models.JSONField(default=dict)),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "db_table": "intake_chat_standing",
            },
        ),
        migrations.CreateModel(
            name="ChatFiling",
            fields=[
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="filing",
                        serialize=False,
                        to="intake.chatthread",
                    ),
                ),
                ("due_seq", models.BigIntegerField(db_default=0)),
                ("filed_seq", models.BigIntegerField(db_default=0)),
                ("attempts", models.PositiveIntegerField(db_default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True, db_default="")),
                ("parked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_chat_filing",
            },
        ),
        migrations.CreateModel(
            name="ChatPresence",
            fields=[
                (
                    "thread",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="presence",
                        serialize=False,
                        to="intake.chatthread",
                    ),
                ),
                ("seen_at", models.DateTimeField(null=True)),
                ("is_streaming", models.BooleanField(db_default=False)),
                ("typing_at", models.DateTimeField(null=True)),
                ("staff_typing_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_chat_presence",
            },
        ),
        migrations.AddConstraint(
            model_name="chatthread",
            constraint=models.UniqueConstraint(fields=("token_hash",), name="intake_a_cookie_opens_one_chat"),
        ),
        migrations.AddConstraint(
            model_name="chatthread",
            constraint=models.UniqueConstraint(fields=("return_hash",), name="intake_a_return_code_opens_one_chat"),
        ),
        migrations.AddConstraint(
            model_name="chatthread",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("return_hash", None), ("return_until", None)),
                    models.Q(("return_hash__isnull", False), ("return_until__isnull", False)),
                    _connector="OR",
                ),
                name="intake_a_return_code_ends",
            ),
        ),
        migrations.AddField(
            model_name="chatline",
            name="thread",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="intake.chatthread",
            ),
        ),
        migrations.AddField(
            model_name="chatotherwords",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="other_words",
                to="intake.chatline",
            ),
        ),
        migrations.AddConstraint(
            model_name="chatstanding",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="intake_chat_standing_is_one_row"),
        ),
        migrations.AddIndex(
            model_name="chatfiling",
            index=models.Index(
                condition=models.Q(("due_seq__gt", models.F("filed_seq")), ("parked_at", None)),
                fields=["thread"],
                name="intake_chat_filing_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="chatfiling",
            constraint=models.CheckConstraint(
                condition=models.Q(("filed_seq__lte", models.F("due_seq"))), name="intake_no_more_is_filed_than_came"
            ),
        ),
        migrations.AddConstraint(
            model_name="chatline",
            constraint=models.UniqueConstraint(fields=("thread", "seq"), name="intake_a_line_of_a_chat_has_its_place"),
        ),
        migrations.AddConstraint(
            model_name="chatline",
            constraint=models.UniqueConstraint(
                fields=("thread", "side", "client_id"), name="intake_a_line_of_a_chat_is_kept_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="chatotherwords",
            constraint=models.UniqueConstraint(
                fields=("line", "digest"), name="intake_other_words_of_a_line_are_kept_once"
            ),
        ),
    ]
