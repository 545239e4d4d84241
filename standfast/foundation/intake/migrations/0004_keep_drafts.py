"""
Make the place where an unfinished online report waits between two pages, and the functions that are the only way to it.

The body is sealed under the visitor's own token, of which only a hash is here: without the cookie nobody can read it. The table is
unlogged on purpose, so that words nobody sent reach no log, archive or backup; each page carries a sealed copy in case it is emptied.
"""

from django.db import migrations

SETTINGS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

TABLE = """
CREATE UNLOGGED TABLE public_draft (
    token_hash bytea NOT NULL,
    body bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT public_draft_has_one_token PRIMARY KEY (token_hash),
    CONSTRAINT public_draft_token_is_hashed CHECK (octet_length(token_hash) = 32),
    CONSTRAINT public_draft_is_no_larger_than_a_report CHECK (octet_length(body) <= 262144),
    CONSTRAINT public_draft_that_ended_is_empty CHECK (ended_at IS NULL OR body = ''::bytea)
);
CREATE INDEX public_draft_by_expiry ON public_draft (expires_at);
"""

FUNCTIONS = f"""
CREATE FUNCTION public_draft_keep(given_hash bytea, given_body bytea, given_at timestamptz)
RETURNS boolean LANGUAGE plpgsql {SETTINGS} AS $$
BEGIN
    -- The pages themselves sweep: a few rows each time, never waiting for another sweeper.
    DELETE FROM public.public_draft WHERE token_hash IN (
        SELECT d.token_hash FROM public.public_draft d WHERE d.expires_at <= given_at AND d.token_hash <> given_hash
        ORDER BY d.expires_at LIMIT 20 FOR UPDATE SKIP LOCKED);
    INSERT INTO public.public_draft AS kept (token_hash, body, expires_at)
    VALUES (given_hash, given_body, given_at + interval '60 minutes')
    ON CONFLICT (token_hash) DO UPDATE SET body = excluded.body, expires_at = excluded.expires_at
    WHERE kept.ended_at IS NULL;
    RETURN FOUND;
END $$;

CREATE FUNCTION public_draft_read(given_hash bytea, given_at timestamptz)
RETURNS TABLE (body bytea, ended boolean) LANGUAGE sql STABLE {SETTINGS} AS $$
    SELECT d.body, d.ended_at IS NOT NULL FROM public.public_draft d
    WHERE d.token_hash = given_hash AND d.expires_at > given_at;
$$;

-- The empty row stays for a day, so that a page still open somewhere cannot begin the draft again.
CREATE FUNCTION public_draft_end(given_hash bytea, given_at timestamptz) RETURNS boolean LANGUAGE plpgsql {SETTINGS} AS $$
BEGIN
    UPDATE public.public_draft SET body = ''::bytea, ended_at = given_at, expires_at = given_at + interval '1 day'
    WHERE token_hash = given_hash AND ended_at IS NULL;
    RETURN FOUND;
END $$;
"""

DROP = """
DROP FUNCTION public_draft_end(bytea, timestamptz);
DROP FUNCTION public_draft_read(bytea, timestamptz);
DROP FUNCTION public_draft_keep(bytea, bytea, timestamptz);
DROP TABLE public_draft;
"""


class Migration(migrations.Migration):
    """Keep unfinished reports for an hour."""

    dependencies = [("intake", "0003_accept_by_function")]

    operations = [migrations.RunSQL(TABLE + FUNCTIONS, DROP)]
