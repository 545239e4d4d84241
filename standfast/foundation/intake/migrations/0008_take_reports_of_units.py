"""Take what units report: kept as received, filed by the worker like everything else, by a function of its own."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

SETTINGS = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

RECEIVE = f"""
CREATE FUNCTION intake_unit_report_received(
    given_source text, given_callsign text, given_code integer, given_at timestamptz, given_device text,
    given_lat double precision, given_lon double precision, given_journalled_at timestamptz
) RETURNS text LANGUAGE plpgsql {SETTINGS} AS $$
DECLARE
    sender bigint := (SELECT s.id FROM public.intake_source s WHERE s.code = given_source);
    made bigint;
BEGIN
    IF sender IS NULL THEN
        RAISE EXCEPTION 'There is no source %.', given_source USING ERRCODE = 'foreign_key_violation';
    END IF;
    INSERT INTO public.intake_unit_report (source_id, callsign, code, at, device, lat, lon, journalled_at)
    VALUES (sender, given_callsign, given_code, given_at, given_device, given_lat, given_lon, given_journalled_at)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NULL THEN
        RETURN 'again';
    END IF;
    INSERT INTO public.intake_filing (unit_report_id) VALUES (made);
    RETURN 'stored';
END $$;
"""

DROP = "DROP FUNCTION intake_unit_report_received(text, text, integer, timestamptz, text, double precision, double precision, timestamptz);"

GUARD = """
CREATE TRIGGER intake_unit_report_is_never_changed BEFORE UPDATE ON intake_unit_report
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();
CREATE TRIGGER intake_unit_report_is_never_removed BEFORE DELETE ON intake_unit_report
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_intake();
CREATE TRIGGER intake_unit_report_is_never_emptied BEFORE TRUNCATE ON intake_unit_report
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_intake();
"""

ALLOW = """
DROP TRIGGER intake_unit_report_is_never_changed ON intake_unit_report;
DROP TRIGGER intake_unit_report_is_never_removed ON intake_unit_report;
DROP TRIGGER intake_unit_report_is_never_emptied ON intake_unit_report;
"""


class Migration(migrations.Migration):
    """Open the way for mobile terminals."""

    dependencies = [("intake", "0007_chat_by_function")]

    operations = [
        migrations.CreateModel(
            name="UnitReport",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("callsign", models.CharField(max_length=12)),
                ("code", models.SmallIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("device", models.CharField(blank=True, db_default="", max_length=80)),
                ("lat", models.FloatField(null=True)),
                ("lon", models.FloatField(null=True)),
                ("journalled_at", models.DateTimeField(null=True)),
                ("stored_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "source",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="intake.source",
                    ),
                ),
            ],
            options={"db_table": "intake_unit_report"},
        ),
        migrations.AddConstraint(
            model_name="unitreport",
            constraint=models.UniqueConstraint(
                fields=("source", "callsign", "code", "at", "device"),
                name="intake_a_report_of_a_unit_is_kept_once",
                nulls_distinct=False,
            ),
        ),
        migrations.RemoveConstraint(model_name="filing", name="intake_a_filing_is_of_one_thing"),
        migrations.AddField(
            model_name="filing",
            name="unit_report",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="filing",
                to="intake.unitreport",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("call_event", None), ("submission__isnull", False), ("unit_report", None)),
                    models.Q(("call_event__isnull", False), ("submission", None), ("unit_report", None)),
                    models.Q(("call_event", None), ("submission", None), ("unit_report__isnull", False)),
                    _connector="OR",
                ),
                name="intake_a_filing_is_of_one_thing",
            ),
        ),
        migrations.RunSQL(GUARD + RECEIVE, DROP + ALLOW),
    ]
