"""Refuse every change of what was received, whoever asks: the owner too, unless it drops the trigger first."""

from django.db import migrations

KEPT_AS_RECEIVED = ("intake_submission", "intake_call_event", "intake_refused_body")
KEPT_FOR_EVER = (*KEPT_AS_RECEIVED, "intake_conflict", "intake_source", "intake_filing")

FUNCTIONS = """
CREATE FUNCTION refuse_change_of_intake() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'What was received is kept as it is: % of % is refused.', lower(TG_OP), TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION refuse_change_of_other_words() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.resolved_at IS NOT NULL
        OR (NEW.id, NEW.submission_id, NEW.received_at, NEW.stored_at, NEW.body, NEW.digest)
            IS DISTINCT FROM (OLD.id, OLD.submission_id, OLD.received_at, OLD.stored_at, OLD.body, OLD.digest)
    THEN
        RAISE EXCEPTION 'Of a conflict only the resolution is written, and once.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER intake_conflict_keeps_its_words BEFORE UPDATE ON intake_conflict
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_other_words();
"""
GUARD = """
CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();
"""
KEEP = """
CREATE TRIGGER {table}_is_never_removed BEFORE DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();
CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_intake();
"""
ALLOW = "".join(
    [
        "DROP TRIGGER intake_conflict_keeps_its_words ON intake_conflict;",
        *(f"DROP TRIGGER {table}_is_never_changed ON {table};" for table in KEPT_AS_RECEIVED),
        *(
            f"DROP TRIGGER {table}_is_never_removed ON {table}; DROP TRIGGER {table}_is_never_emptied ON {table};"
            for table in KEPT_FOR_EVER
        ),
        "DROP FUNCTION refuse_change_of_other_words(); DROP FUNCTION refuse_change_of_intake();",
    ]
)


class Migration(migrations.Migration):
    """Guard the write-ahead tables."""

    dependencies = [("intake", "0001_begin")]

    operations = [
        migrations.RunSQL(
            FUNCTIONS
            + "".join(GUARD.format(table=table) for table in KEPT_AS_RECEIVED)
            + "".join(KEEP.format(table=table) for table in KEPT_FOR_EVER),
            ALLOW,
        )
    ]
