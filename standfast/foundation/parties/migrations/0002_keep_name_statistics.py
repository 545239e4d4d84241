"""
Let PostgreSQL remember how common the thousand most common names are.

The look-up weighs a rare name more than a common one, and reads how common each is from the statistics ANALYZE keeps anyway.
"""

from django.db import migrations

FORWARD = """
ALTER TABLE parties_person ALTER COLUMN given_key SET STATISTICS 1000;
ALTER TABLE parties_person ALTER COLUMN family_key SET STATISTICS 1000;
"""
BACK = """
ALTER TABLE parties_person ALTER COLUMN given_key SET STATISTICS -1;
ALTER TABLE parties_person ALTER COLUMN family_key SET STATISTICS -1;
"""


class Migration(migrations.Migration):
    """Keep more statistics on names."""

    dependencies = [("parties", "0001_begin")]

    operations = [migrations.RunSQL(FORWARD, BACK)]
