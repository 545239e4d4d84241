"""
Guard the words of a chat, and make the functions by which both sides write and the visitor reads.

Every line, of whichever side, is added by `intake_chat_add`: it locks the chat's row, gives out the next number, and wakes readers when
it commits. The public process reaches a chat only by the hash of its visitor's cookie, and learns nothing of any other.
"""

from django.db import migrations

SETTINGS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
KEPT = ("intake_chat_line", "intake_chat_other_words")
NEVER_REMOVED = (*KEPT, "intake_chat_thread", "intake_chat_filing")

GUARDS = "".join(
    [
        "ALTER TABLE intake_chat_presence SET UNLOGGED;",
        *(
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();"
            for table in KEPT
        ),
        *(
            f"CREATE TRIGGER {table}_is_never_removed BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();"
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_intake();"
            for table in NEVER_REMOVED
        ),
    ]
)

ADD = f"""
CREATE FUNCTION intake_chat_add(
    given_thread bigint, given_side text, given_client_id text, given_text text, given_floor text, given_by text, given_at timestamptz
) RETURNS TABLE (outcome text, seq bigint, stored_at timestamptz) LANGUAGE plpgsql {SETTINGS} AS $$
#variable_conflict use_column
DECLARE
    named text;
    standing record;
    place bigint;
    moment timestamptz;
BEGIN
    SELECT t.reference INTO named FROM public.intake_chat_thread t WHERE t.id = given_thread FOR UPDATE;
    IF named IS NULL THEN
        RAISE EXCEPTION 'There is no chat %.', given_thread USING ERRCODE = 'foreign_key_violation';
    END IF;
    SELECT l.id, l.seq, l.text, l.stored_at INTO standing FROM public.intake_chat_line l
    WHERE l.thread_id = given_thread AND l.side = given_side AND l.client_id = given_client_id;
    IF standing.id IS NOT NULL THEN
        IF standing.text = given_text THEN
            RETURN QUERY SELECT 'again', standing.seq, standing.stored_at;
            RETURN;
        END IF;
        INSERT INTO public.intake_chat_other_words (line_id, text, digest)
        VALUES (standing.id, given_text, sha256(convert_to(given_text, 'UTF8'))) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            INSERT INTO public.eventlog_entry (kind, about, journey, by_ref, at, facts)
            VALUES ('intake.chat.conflicted', named, named, given_by, given_at, jsonb_build_object('seq', standing.seq));
        END IF;
        RETURN QUERY SELECT 'conflict', standing.seq, standing.stored_at;
        RETURN;
    END IF;
    UPDATE public.intake_chat_thread t SET seq = t.seq + 1 WHERE t.id = given_thread RETURNING t.seq INTO place;
    INSERT INTO public.intake_chat_line (thread_id, seq, side, client_id, text, floor, by_ref)
    VALUES (given_thread, place, given_side, given_client_id, given_text, given_floor,
        CASE WHEN given_side = 'staff' THEN given_by ELSE '' END)
    RETURNING intake_chat_line.stored_at INTO moment;
    IF given_side IN ('visitor', 'signal') THEN
        UPDATE public.intake_chat_filing SET due_seq = place WHERE thread_id = given_thread;
    END IF;
    INSERT INTO public.eventlog_entry (kind, about, journey, by_ref, at, facts)
    VALUES ('intake.chat.stored', named, named, given_by, given_at, jsonb_build_object('side', given_side, 'seq', place));
    PERFORM pg_notify('standfast_chat', given_thread::text);
    RETURN QUERY SELECT 'stored', place, moment;
END $$;

-- What the visitor is shown of a chat after a place in it: the words of both sides, never who of the staff wrote them.
CREATE FUNCTION intake_chat_look(given_thread bigint, given_after bigint) RETURNS jsonb LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT jsonb_build_object(
        'seq', t.seq, 'seen', t.seen_seq, 'told', t.told, 'closed', t.closed_at IS NOT NULL, 'reference', t.reference,
        'ring', EXISTS (SELECT 1 FROM public.intake_chat_line r WHERE r.thread_id = t.id AND r.floor = 'immediate'),
        'device', COALESCE(t.opening ->> 'device', ''), 'code', t.return_hash IS NOT NULL,
        'typing', COALESCE(p.staff_typing_at > clock_timestamp() - interval '10 seconds', false),
        'lines', COALESCE((
            SELECT jsonb_agg(jsonb_build_object('seq', l.seq, 'side', l.side, 'text', l.text, 'at', l.stored_at,
                'id', CASE WHEN l.side = 'visitor' THEN l.client_id ELSE '' END) ORDER BY l.seq)
            FROM (SELECT * FROM public.intake_chat_line each WHERE each.thread_id = t.id AND each.seq > given_after
                ORDER BY each.seq LIMIT 500) l WHERE l.side <> 'signal'), '[]'::jsonb))
    FROM public.intake_chat_thread t LEFT JOIN public.intake_chat_presence p ON p.thread_id = t.id
    WHERE t.id = given_thread;
$$;
"""

PUBLIC_WRITING = f"""
CREATE FUNCTION public_chat_open(
    given_hash bytea, given_client_id text, given_reference text, given_opening jsonb, given_text text, given_floor text,
    given_at timestamptz
) RETURNS TABLE (outcome text, reference text, seq bigint, stored_at timestamptz) LANGUAGE plpgsql {SETTINGS} AS $$
#variable_conflict use_column
DECLARE
    standing record;
BEGIN
    INSERT INTO public.intake_chat_thread (reference, token_hash, opening, opened_at)
    VALUES (given_reference, given_hash, given_opening, given_at) ON CONFLICT DO NOTHING;
    SELECT t.id, t.reference INTO standing FROM public.intake_chat_thread t
    WHERE t.token_hash = given_hash AND t.reference = given_reference;
    IF standing.id IS NULL THEN
        -- The cookie has another chat, or the id was another visitor's: neither is told from the other.
        RETURN QUERY SELECT 'taken', ''::text, 0::bigint, NULL::timestamptz;
        RETURN;
    END IF;
    INSERT INTO public.intake_chat_filing (thread_id) VALUES (standing.id) ON CONFLICT DO NOTHING;
    INSERT INTO public.intake_chat_presence (thread_id, seen_at) VALUES (standing.id, clock_timestamp()) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT a.outcome, given_reference, a.seq, a.stored_at
    FROM public.intake_chat_add(standing.id, 'visitor', given_client_id, given_text, given_floor, 'source:website', given_at) a;
END $$;

CREATE FUNCTION public_chat_say(
    given_hash bytea, given_client_id text, given_text text, given_floor text, given_at timestamptz
) RETURNS TABLE (outcome text, seq bigint, stored_at timestamptz, wait_seconds double precision) LANGUAGE plpgsql {SETTINGS} AS $$
#variable_conflict use_column
DECLARE
    standing record;
    moment timestamptz := clock_timestamp();
    allowed double precision;
BEGIN
    SELECT t.id, t.closed_at, t.allowance, t.counted_at INTO standing FROM public.intake_chat_thread t
    WHERE t.token_hash = given_hash FOR UPDATE;
    IF standing.id IS NULL THEN
        RETURN QUERY SELECT 'unknown', 0::bigint, NULL::timestamptz, 0::double precision;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM public.intake_chat_line l
        WHERE l.thread_id = standing.id AND l.side = 'visitor' AND l.client_id = given_client_id)
    THEN
        IF standing.closed_at IS NOT NULL THEN
            RETURN QUERY SELECT 'closed', 0::bigint, NULL::timestamptz, 0::double precision;
            RETURN;
        END IF;
        -- Twenty at once, then one a second: faster than anybody types, and it is this visitor's alone.
        allowed := least(20, standing.allowance + greatest(0, extract(epoch FROM moment - standing.counted_at)));
        IF allowed < 1 THEN
            RETURN QUERY SELECT 'too_many', 0::bigint, NULL::timestamptz, 1 - allowed;
            RETURN;
        END IF;
        UPDATE public.intake_chat_thread SET allowance = allowed - 1, counted_at = moment WHERE id = standing.id;
        UPDATE public.intake_chat_presence SET seen_at = moment, typing_at = NULL WHERE thread_id = standing.id;
    END IF;
    RETURN QUERY SELECT a.outcome, a.seq, a.stored_at, 0::double precision
    FROM public.intake_chat_add(standing.id, 'visitor', given_client_id, given_text, given_floor, 'source:website', given_at) a;
END $$;

-- The session is dead from now on, whatever else is true of the chat. Says whether there was one.
CREATE FUNCTION public_chat_leave(given_hash bytea, given_at timestamptz) RETURNS boolean LANGUAGE plpgsql {SETTINGS} AS $$
DECLARE
    found_id bigint;
    place bigint;
BEGIN
    UPDATE public.intake_chat_thread t SET token_hash = NULL, left_at = given_at WHERE t.token_hash = given_hash
    RETURNING t.id, t.seq INTO found_id, place;
    IF found_id IS NULL THEN
        RETURN false;
    END IF;
    UPDATE public.intake_chat_presence SET is_streaming = false, typing_at = NULL WHERE thread_id = found_id;
    PERFORM public.intake_chat_add(found_id, 'signal', 'left-' || place, 'left', '', 'source:website', given_at);
    RETURN true;
END $$;

CREATE FUNCTION public_chat_keep_code(given_hash bytea, given_code_hash bytea, given_until timestamptz) RETURNS boolean
LANGUAGE plpgsql {SETTINGS} AS $$
BEGIN
    UPDATE public.intake_chat_thread SET return_hash = given_code_hash,
        return_until = least(given_until, clock_timestamp() + interval '24 hours')
    WHERE token_hash = given_hash AND closed_at IS NULL;
    RETURN FOUND;
END $$;

-- A code is used up by being used; a wrong one, an old one and one for a chat that has ended are answered alike.
CREATE FUNCTION public_chat_come_back(given_code_hash bytea, given_hash bytea, given_at timestamptz) RETURNS boolean
LANGUAGE plpgsql {SETTINGS} AS $$
DECLARE
    found_id bigint;
    place bigint;
BEGIN
    UPDATE public.intake_chat_thread t SET token_hash = given_hash, left_at = NULL, return_hash = NULL, return_until = NULL
    WHERE t.return_hash = given_code_hash AND t.return_until > given_at AND t.closed_at IS NULL
    RETURNING t.id, t.seq INTO found_id, place;
    IF found_id IS NULL THEN
        RETURN false;
    END IF;
    PERFORM public.intake_chat_add(found_id, 'signal', 'returned-' || place, 'returned', '', 'source:website', given_at);
    RETURN true;
END $$;

CREATE FUNCTION public_chat_typing(given_hash bytea) RETURNS void LANGUAGE sql {SETTINGS} AS $$
    UPDATE public.intake_chat_presence p SET typing_at = clock_timestamp(), seen_at = clock_timestamp()
    FROM public.intake_chat_thread t WHERE t.token_hash = given_hash AND p.thread_id = t.id
        AND (p.typing_at IS NULL OR p.typing_at < clock_timestamp() - interval '2 seconds');
$$;
"""

PUBLIC_READING = f"""
CREATE FUNCTION public_chat_look(given_hash bytea, given_after bigint) RETURNS jsonb LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT public.intake_chat_look(t.id, given_after) FROM public.intake_chat_thread t WHERE t.token_hash = given_hash;
$$;

-- Many visitors of one process at once, each by its own cookie; a cookie that opens nothing has no row.
CREATE FUNCTION public_chat_looks(given_hashes bytea[], given_afters bigint[])
RETURNS TABLE (hash bytea, thread bigint, look jsonb) LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT t.token_hash, t.id, public.intake_chat_look(t.id, g.after)
    FROM unnest(given_hashes, given_afters) AS g(hash, after) JOIN public.intake_chat_thread t ON t.token_hash = g.hash;
$$;

-- "Still here", for every open page of a process at once; returns those that still may be.
CREATE FUNCTION public_chat_beat(given_hashes bytea[]) RETURNS SETOF bytea LANGUAGE sql {SETTINGS} AS $$
    INSERT INTO public.intake_chat_presence (thread_id, seen_at, is_streaming)
    SELECT t.id, clock_timestamp(), true FROM public.intake_chat_thread t WHERE t.token_hash = ANY(given_hashes) ORDER BY t.id
    ON CONFLICT (thread_id) DO UPDATE SET seen_at = excluded.seen_at, is_streaming = true;
    SELECT t.token_hash FROM public.intake_chat_thread t WHERE t.token_hash = ANY(given_hashes);
$$;

CREATE FUNCTION public_chat_standing() RETURNS TABLE (says jsonb, age_seconds double precision) LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT s.says, extract(epoch FROM clock_timestamp() - s.written_at) FROM public.intake_chat_standing s;
$$;
"""

DROP = (
    """
DROP FUNCTION public_chat_standing();
DROP FUNCTION public_chat_beat(bytea[]);
DROP FUNCTION public_chat_looks(bytea[], bigint[]);
DROP FUNCTION public_chat_look(bytea, bigint);
DROP FUNCTION public_chat_typing(bytea);
DROP FUNCTION public_chat_come_back(bytea, bytea, timestamptz);
DROP FUNCTION public_chat_keep_code(bytea, bytea, timestamptz);
DROP FUNCTION public_chat_leave(bytea, timestamptz);
DROP FUNCTION public_chat_say(bytea, text, text, text, timestamptz);
DROP FUNCTION public_chat_open(bytea, text, text, jsonb, text, text, timestamptz);
DROP FUNCTION intake_chat_look(bigint, bigint);
DROP FUNCTION intake_chat_add(bigint, text, text, text, text, text, timestamptz);
"""
    + "".join(f"DROP TRIGGER {table}_is_never_changed ON {table};" for table in KEPT)
    + "".join(
        f"DROP TRIGGER {table}_is_never_removed ON {table}; DROP TRIGGER {table}_is_never_emptied ON {table};"
        for table in NEVER_REMOVED
    )
    + "ALTER TABLE intake_chat_presence SET LOGGED;"
)


class Migration(migrations.Migration):
    """Open a chat's two sides."""

    dependencies = [("intake", "0006_keep_chats")]

    operations = [migrations.RunSQL(GUARDS + ADD + PUBLIC_WRITING + PUBLIC_READING, DROP)]
