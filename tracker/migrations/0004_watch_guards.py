"""What the database holds of rules, replays, reports and alerts by itself, whoever writes."""

from django.db import migrations

# What only the ladder counts by is no change: a phone would get the alert again at each of its steps.
STAMP = """
CREATE FUNCTION alert_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER alert_changed BEFORE UPDATE ON tracker_alert FOR EACH ROW
    WHEN (to_jsonb(OLD) - '{next_step,next_due_at,changed_in}'::text[]
        IS DISTINCT FROM to_jsonb(NEW) - '{next_step,next_due_at,changed_in}'::text[])
    EXECUTE FUNCTION alert_note_change();
"""

# Signed numbers may only be sent; what was sent, waived or skipped never changes; nothing is deleted.
FREEZE_REPORT = """
CREATE FUNCTION report_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('due', 'drafted') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'signed' AND NEW.state = 'sent' THEN
        OLD.state := NEW.state;
        OLD.sent_at := NEW.sent_at;
        OLD.sent_by_id := NEW.sent_by_id;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a report that was signed, sent or ended never changes: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER report_is_frozen BEFORE UPDATE OR DELETE ON tracker_situationreport
    FOR EACH ROW EXECUTE FUNCTION report_refuse_change();
"""


def _append_only(table, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("tracker", "0003_watch_of_everything")]

    operations = [
        migrations.RunSQL(
            STAMP, "DROP TRIGGER alert_changed ON tracker_alert; DROP FUNCTION alert_note_change();"
        ),
        _append_only("tracker_rulelevel_people", "level_people_are_frozen"),
        _append_only("tracker_replay", "replay_is_append_only"),
        migrations.RunSQL(
            FREEZE_REPORT,
            "DROP TRIGGER report_is_frozen ON tracker_situationreport; DROP FUNCTION report_refuse_change();",
        ),
    ]
