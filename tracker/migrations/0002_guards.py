"""What a constraint on one row cannot say: versions of rules are frozen, events are append-only."""

from django.db import migrations

FREEZE_RULE = """
CREATE FUNCTION rule_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.replaced_at IS NULL AND NEW.replaced_at IS NOT NULL THEN
        OLD.replaced_at := NEW.replaced_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a version of a rule never changes: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER rule_version_is_frozen BEFORE UPDATE OR DELETE ON tracker_rule
    FOR EACH ROW EXECUTE FUNCTION rule_refuse_change();
"""


def _append_only(table, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("tracker", "0001_watch"), ("incidents", "0002_guards")]

    operations = [
        migrations.RunSQL(
            FREEZE_RULE,
            "DROP TRIGGER rule_version_is_frozen ON tracker_rule; DROP FUNCTION rule_refuse_change();",
        ),
        _append_only("tracker_rulelevel", "level_is_frozen"),
        _append_only("tracker_alertevent", "alert_event_is_append_only"),
    ]
