"""Refuse every update, delete and truncate of the event log, whoever asks: the owner too, unless it drops the trigger first."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION eventlog_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'The event log is append-only: % of % is refused.', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER eventlog_entry_is_append_only BEFORE UPDATE OR DELETE ON eventlog_entry
    FOR EACH ROW EXECUTE FUNCTION eventlog_refuse();
CREATE TRIGGER eventlog_entry_is_never_emptied BEFORE TRUNCATE ON eventlog_entry
    FOR EACH STATEMENT EXECUTE FUNCTION eventlog_refuse();
"""
ALLOW = """
DROP TRIGGER eventlog_entry_is_never_emptied ON eventlog_entry;
DROP TRIGGER eventlog_entry_is_append_only ON eventlog_entry;
DROP FUNCTION eventlog_refuse();
"""


class Migration(migrations.Migration):
    """Guard the event log."""

    dependencies = [("eventlog", "0001_begin")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
