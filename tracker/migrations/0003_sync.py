"""Alerts say which transaction changed them: the watch writes no journal, and phones have to miss nothing."""

from django.db import migrations, models

import incidents.models.journal

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


class Migration(migrations.Migration):
    dependencies = [("tracker", "0002_guards"), ("incidents", "0009_sync")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="changed_in",
            field=models.BigIntegerField(
                db_default=incidents.models.journal.TRANSACTION_ID,
                editable=False,
                verbose_name="changed in transaction",
            ),
        ),
        migrations.AddIndex(
            model_name="alert",
            index=models.Index(fields=["changed_in", "id"], name="alert_in_commit_order"),
        ),
        migrations.RunSQL(
            STAMP, "DROP TRIGGER alert_changed ON tracker_alert; DROP FUNCTION alert_note_change();"
        ),
    ]
