"""
Make the functions by which the intake and public processes write: the only thing their log-ins may do.

Each runs as the owner of the tables with a fixed search path, and qualifies every name. The public process has functions of its own,
which are always the source `website`: it cannot send in another's name.
"""

from django.db import migrations

SETTINGS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

ACCEPT = f"""
CREATE FUNCTION intake_accept(
    given_source text, given_key text, given_reference text, given_channel text, given_received_at timestamptz,
    given_body text, given_digest bytea, given_at timestamptz, given_journalled_at timestamptz
) RETURNS TABLE (outcome text, reference text, received_at timestamptz) LANGUAGE plpgsql {SETTINGS} AS $$
#variable_conflict use_column
DECLARE
    sender bigint := (SELECT s.id FROM public.intake_source s WHERE s.code = given_source);
    standing record;
    made bigint;
BEGIN
    IF sender IS NULL THEN
        RAISE EXCEPTION 'There is no source %.', given_source USING ERRCODE = 'foreign_key_violation';
    END IF;
    -- No target: with the key taken or the reference taken, nothing is written here and the row that stands is looked at.
    INSERT INTO public.intake_submission
        (source_id, idempotency_key, reference, channel, received_at, journalled_at, body, digest)
    VALUES (sender, given_key, given_reference, given_channel, given_received_at, given_journalled_at, given_body, given_digest)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO public.intake_filing (submission_id) VALUES (made);
        INSERT INTO public.eventlog_entry (kind, about, journey, by_ref, at, facts)
        VALUES ('intake.submission.stored', given_reference, given_reference, 'source:' || given_source, given_at,
            jsonb_build_object('source', given_source, 'channel', given_channel,
                'journalled', given_journalled_at IS NOT NULL));
        RETURN QUERY SELECT 'stored', given_reference, given_received_at;
        RETURN;
    END IF;
    SELECT s.id, s.reference, s.received_at, s.digest INTO standing
    FROM public.intake_submission s WHERE s.source_id = sender AND s.idempotency_key = given_key;
    IF standing.id IS NULL THEN
        RAISE EXCEPTION 'The reference % is taken by another submission.', given_reference USING ERRCODE = 'unique_violation';
    END IF;
    IF standing.digest = given_digest THEN
        RETURN QUERY SELECT 'again', standing.reference::text, standing.received_at;
        RETURN;
    END IF;
    INSERT INTO public.intake_conflict (submission_id, received_at, body, digest)
    VALUES (standing.id, given_received_at, given_body, given_digest)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        INSERT INTO public.eventlog_entry (kind, about, journey, by_ref, at, facts)
        VALUES ('intake.submission.conflicted', standing.reference, standing.reference, 'source:' || given_source, given_at,
            jsonb_build_object('source', given_source, 'conflict', made));
    END IF;
    RETURN QUERY SELECT 'conflict', standing.reference::text, standing.received_at;
END $$;
"""

CALL_EVENT = f"""
CREATE FUNCTION intake_call_event_received(
    given_source text, given_source_ref text, given_event text, given_at timestamptz, given_journalled_at timestamptz
) RETURNS text LANGUAGE plpgsql {SETTINGS} AS $$
DECLARE
    sender bigint := (SELECT s.id FROM public.intake_source s WHERE s.code = given_source);
    made bigint;
BEGIN
    IF sender IS NULL THEN
        RAISE EXCEPTION 'There is no source %.', given_source USING ERRCODE = 'foreign_key_violation';
    END IF;
    INSERT INTO public.intake_call_event (source_id, source_ref, event, at, journalled_at)
    VALUES (sender, given_source_ref, given_event, given_at, given_journalled_at)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN 'again';
    END IF;
    INSERT INTO public.intake_filing (call_event_id) VALUES (made);
    RETURN 'stored';
END $$;
"""

REFUSED = f"""
CREATE FUNCTION intake_refused(
    given_source text, given_kind text, given_at timestamptz, given_count bigint, given_body bytea
)
RETURNS void LANGUAGE sql {SETTINGS} AS $$
    INSERT INTO public.intake_refusal_count AS counted (source_code, hour, kind, count)
    VALUES (given_source, date_trunc('hour', given_at, 'UTC'), given_kind, given_count)
    ON CONFLICT (source_code, hour, kind) DO UPDATE SET count = counted.count + excluded.count;
    INSERT INTO public.intake_refused_body (source_code, kind, at, body)
    SELECT given_source, given_kind, given_at, given_body WHERE given_body IS NOT NULL;
$$;
"""

READING = f"""
CREATE FUNCTION intake_sources()
RETURNS TABLE (code text, key_hash bytea, channels jsonb, rate_per_minute bigint) LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT s.code, s.key_hash, s.channels, s.rate_per_minute FROM public.intake_source s WHERE s.active ORDER BY s.code;
$$;

CREATE FUNCTION intake_state(given_reference text)
RETURNS TABLE (received_at timestamptz, stored_at timestamptz, filed_at timestamptz) LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT s.received_at, s.stored_at, f.filed_at
    FROM public.intake_submission s JOIN public.intake_filing f ON f.submission_id = s.id
    WHERE s.reference = given_reference;
$$;

CREATE FUNCTION intake_ready() RETURNS boolean LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT NOT pg_is_in_recovery();
$$;
"""

PUBLIC = f"""
CREATE FUNCTION public_accept(
    given_source text, given_key text, given_reference text, given_channel text, given_received_at timestamptz,
    given_body text, given_digest bytea, given_at timestamptz, given_journalled_at timestamptz
) RETURNS TABLE (outcome text, reference text, received_at timestamptz) LANGUAGE plpgsql {SETTINGS} AS $$
BEGIN
    IF given_source <> 'website' OR given_channel NOT IN ('online', 'chat') THEN
        RAISE EXCEPTION 'The public process sends only as the website.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT * FROM public.intake_accept('website', given_key, given_reference, given_channel, given_received_at,
        given_body, given_digest, given_at, given_journalled_at);
END $$;

CREATE FUNCTION public_ready() RETURNS boolean LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT NOT pg_is_in_recovery();
$$;
"""

DROP = """
DROP FUNCTION public_ready();
DROP FUNCTION public_accept(text, text, text, text, timestamptz, text, bytea, timestamptz, timestamptz);
DROP FUNCTION intake_ready();
DROP FUNCTION intake_state(text);
DROP FUNCTION intake_sources();
DROP FUNCTION intake_refused(text, text, timestamptz, bigint, bytea);
DROP FUNCTION intake_call_event_received(text, text, text, timestamptz, timestamptz);
DROP FUNCTION intake_accept(text, text, text, text, timestamptz, text, bytea, timestamptz, timestamptz);
"""

# The online report is a source of its own. It holds no key (no text has this hash), so nobody can send as it over the API.
WEBSITE = """
INSERT INTO intake_source (code, name, key_hash, channels, rate_per_minute, active, made_at)
VALUES ('website', 'The force''s online report', decode(repeat('00', 32), 'hex'), '["online", "chat"]', 6000, true, now()) ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """Open the two doors."""

    dependencies = [
        ("intake", "0002_guard_what_was_received"),
        ("eventlog", "0002_refuse_change"),
    ]

    operations = [
        migrations.RunSQL(ACCEPT + CALL_EVENT + REFUSED + READING + PUBLIC, DROP),
        # Not undone: sources are never removed, and what the website sent may hang on it.
        migrations.RunSQL(WEBSITE, migrations.RunSQL.noop),
    ]
