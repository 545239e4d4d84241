"""Find the assessments whose words the detector did not read without looking at all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add one small index."""

    dependencies = [
        ("assessment", "0003_keep_instruments"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(
                condition=models.Q(("detector", "did not run")),
                fields=["id"],
                name="assessment_unread",
            ),
        ),
    ]
