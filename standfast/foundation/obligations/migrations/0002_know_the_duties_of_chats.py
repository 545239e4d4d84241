"""Know the duties of a chat, and of a contradicted vulnerability."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("obligations", "0001_begin"),
    ]

    operations = [
        migrations.AlterField(
            model_name="obligation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer", "Answer"),
                    ("claim", "Claim"),
                    ("risk_read", "Read for risk"),
                    ("assess", "Assess and grade"),
                    ("route", "Decide the route"),
                    ("abandoned_decision", "Decide on the abandoned contact"),
                    ("review", "Review the waiting risk (re-THRIVE)"),
                    ("chat_answer", "Answer the chat"),
                    ("chat_reply", "Go on answering the chat"),
                    ("chat_transfer", "Accept or refuse the chat"),
                    ("attend", "Attend"),
                    ("attend_policy", "Attend, by the force's own clock"),
                    ("referral_answer", "Partner to answer the referral"),
                    ("contact_back", "Contact the caller"),
                    ("settle_contradiction", "Settle a contradicted vulnerability"),
                ],
                max_length=40,
            ),
        ),
    ]
