"""Refuse every update, delete and truncate of seals and checkpoints, as of the events themselves."""

from typing import ClassVar

from django.db import migrations

TABLES = ("eventlog_seal", "eventlog_checkpoint")
REFUSE = "".join(
    f"""
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION eventlog_refuse();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION eventlog_refuse();
"""
    for table in TABLES
)
ALLOW = "".join(
    f"DROP TRIGGER {table}_is_never_emptied ON {table}; DROP TRIGGER {table}_is_append_only ON {table};"
    for table in TABLES
)


class Migration(migrations.Migration):
    """Guard the seals."""

    dependencies: ClassVar = [("eventlog", "0003_seal")]

    operations: ClassVar = [migrations.RunSQL(REFUSE, ALLOW)]
