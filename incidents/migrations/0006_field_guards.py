"""What the database holds of the field's facts by itself, whoever writes."""

from django.db import migrations

NEVER_EDITED = """
CREATE FUNCTION weather_warning_refuse_edit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - ARRAY['cancelled_at', 'cancel_reason', 'unknown_reasons']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['cancelled_at', 'cancel_reason', 'unknown_reasons']
        OR OLD.cancelled_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'warning % is superseded or cancelled, never edited', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER weather_warning_is_never_edited BEFORE UPDATE ON incidents_weatherwarning
    FOR EACH ROW EXECUTE FUNCTION weather_warning_refuse_edit();
"""

FORGET = """
DROP TRIGGER weather_warning_is_never_edited ON incidents_weatherwarning;
DROP FUNCTION weather_warning_refuse_edit();
"""

# Phones count on an answer for seven days, by the clock of the database and whoever deletes.
KEEP_ANSWERS = """
CREATE FUNCTION submission_refuse_early_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.created_at > clock_timestamp() - interval '7 days' THEN
        RAISE EXCEPTION 'answer % is younger than seven days', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'submission_kept_seven_days';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER submission_kept_seven_days BEFORE DELETE ON incidents_submission
    FOR EACH ROW EXECUTE FUNCTION submission_refuse_early_end();
"""

# A job opens the outage to the crew's people: one between strangers would show a company's outage to another.
# While on loan a crew works for its receiver, so that the two are of one tree.
SAME_COMPANY = """
CREATE FUNCTION organization_top(bigint) RETURNS bigint LANGUAGE sql STABLE AS $$
    WITH RECURSIVE above(id, parent_id) AS (
        SELECT id, parent_id FROM incidents_organization WHERE id = $1
        UNION
        SELECT o.id, o.parent_id FROM incidents_organization o JOIN above a ON o.id = a.parent_id
    )
    SELECT id FROM above WHERE parent_id IS NULL
$$;
CREATE FUNCTION assignment_refuse_strangers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    works_for bigint := (SELECT organization_id FROM incidents_crew WHERE id = NEW.crew_id);
    matter_of bigint;
BEGIN
    FOR matter_of IN
        SELECT organization_id FROM incidents_outage WHERE id = NEW.outage_id
        UNION SELECT organization_id FROM incidents_roadblock WHERE id = NEW.road_block_id
    LOOP
        IF matter_of <> works_for AND organization_top(matter_of) <> organization_top(works_for) THEN
            RAISE EXCEPTION 'crew % works for another company', NEW.crew_id
                USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'assignment_within_one_company';
        END IF;
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER assignment_within_one_company
    BEFORE INSERT OR UPDATE OF crew_id, outage_id, road_block_id ON incidents_assignment
    FOR EACH ROW EXECUTE FUNCTION assignment_refuse_strangers();
"""

# A step that is told late takes its place among the others: a new number may lie between theirs. That no
# two are the same and that they run forward is held as before.
STEPS_FIT = """
CREATE OR REPLACE FUNCTION restoration_step_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    affected integer;
    began timestamptz;
    last_seq integer;
    earlier_at timestamptz;
    later_at timestamptz;
    given bigint;
BEGIN
    SELECT customers_affected, occurred_at INTO affected, began
        FROM incidents_outage WHERE id = NEW.outage_id FOR UPDATE;
    SELECT max(seq), max(at) FILTER (WHERE seq < NEW.seq), min(at) FILTER (WHERE seq > NEW.seq),
            coalesce(sum(customers) FILTER (WHERE method <> 'generator'), 0)
        INTO last_seq, earlier_at, later_at, given
        FROM incidents_restorationstep WHERE outage_id = NEW.outage_id AND id <> NEW.id;
    IF NEW.at < began OR NEW.at < earlier_at OR NEW.at > later_at THEN
        RAISE EXCEPTION 'step % of outage % runs backwards', NEW.seq, NEW.outage_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_times_run_forward';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.seq > coalesce(last_seq, 0) + 1 THEN
        RAISE EXCEPTION 'step % of outage % does not follow step %', NEW.seq, NEW.outage_id, last_seq
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_numbers_follow';
    END IF;
    IF NEW.method <> 'generator' AND given + coalesce(NEW.customers, 0) > affected THEN
        RAISE EXCEPTION 'steps of outage % give back more customers than were out', NEW.outage_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_sum_within_affected';
    END IF;
    RETURN NEW;
END $$;
"""

STEPS_FITTED_AT_THE_END = STEPS_FIT.replace("NEW.seq > coalesce", "NEW.seq <> coalesce")


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_field_api")]

    operations = [
        migrations.RunSQL(NEVER_EDITED, FORGET),
        migrations.RunSQL(
            "UPDATE incidents_device SET lasting = expires_at - enrolled_at", migrations.RunSQL.noop
        ),
        migrations.RunSQL(
            KEEP_ANSWERS,
            "DROP TRIGGER submission_kept_seven_days ON incidents_submission;"
            "DROP FUNCTION submission_refuse_early_end();",
        ),
        migrations.RunSQL(
            SAME_COMPANY,
            "DROP TRIGGER assignment_within_one_company ON incidents_assignment;"
            "DROP FUNCTION assignment_refuse_strangers(); DROP FUNCTION organization_top(bigint);",
        ),
        migrations.RunSQL(STEPS_FIT, STEPS_FITTED_AT_THE_END),
        # What arrives is compressed already.
        migrations.RunSQL(
            "ALTER TABLE incidents_uploadchunk ALTER COLUMN data SET STORAGE EXTERNAL;",
            "ALTER TABLE incidents_uploadchunk ALTER COLUMN data SET STORAGE EXTENDED;",
        ),
    ]
