"""
Keep on which line a call came, where telephony tells it: a call nobody answered has no contact to say it.

The function takes the line last and by default none, so that the previous release can go on calling it while this one is rolled out.
"""

from django.db import migrations, models

SETTINGS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

WITH_LINE = f"""
DROP FUNCTION intake_call_event_received(text, text, text, timestamptz, timestamptz);
CREATE FUNCTION intake_call_event_received(
    given_source text, given_source_ref text, given_event text, given_at timestamptz, given_journalled_at timestamptz,
    given_channel text DEFAULT ''
) RETURNS text LANGUAGE plpgsql {SETTINGS} AS $$
DECLARE
    sender bigint := (SELECT s.id FROM public.intake_source s WHERE s.code = given_source);
    made bigint;
BEGIN
    IF sender IS NULL THEN
        RAISE EXCEPTION 'There is no source %.', given_source USING ERRCODE = 'foreign_key_violation';
    END IF;
    INSERT INTO public.intake_call_event (source_id, source_ref, event, channel, at, journalled_at)
    VALUES (sender, given_source_ref, given_event, given_channel, given_at, given_journalled_at)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN 'again';
    END IF;
    INSERT INTO public.intake_filing (call_event_id) VALUES (made);
    RETURN 'stored';
END $$;
"""

WITHOUT_LINE = f"""
DROP FUNCTION intake_call_event_received(text, text, text, timestamptz, timestamptz, text);
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


class Migration(migrations.Migration):
    """Make room for the line, and let it be told."""

    dependencies = [("intake", "0004_keep_drafts")]

    operations = [
        migrations.AddField(
            model_name="callevent",
            name="channel",
            field=models.CharField(blank=True, choices=[("999", "999"), ("101", "101")], db_default="", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="callevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["", "999", "101"])),
                name="intake_a_call_comes_on_a_line_that_is_known_or_untold",
            ),
        ),
        migrations.RunSQL(WITH_LINE, WITHOUT_LINE),
    ]
