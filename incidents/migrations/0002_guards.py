"""What a constraint on one row cannot say: triggers that hold for every role."""

from django.db import migrations

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
"""

APPEND_ONLY = [
    "incidents_journalentry",
    "incidents_journalseal",
    "incidents_estimate",
    "incidents_checkin",
    "incidents_weatherreading",
    "incidents_icereading",
]

STAMP_JOURNAL = """
CREATE FUNCTION journal_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_at := clock_timestamp();
    NEW.transaction_id := pg_current_xact_id()::text::bigint;
    NEW.cluster := (SELECT system_identifier FROM pg_control_system());
    RETURN NEW;
END $$;
CREATE TRIGGER journal_stamped BEFORE INSERT ON incidents_journalentry
    FOR EACH ROW EXECUTE FUNCTION journal_stamp();

CREATE FUNCTION seal_stamp() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.sealed_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER seal_stamped BEFORE INSERT ON incidents_journalseal
    FOR EACH ROW EXECUTE FUNCTION seal_stamp();
"""

NO_RING = """
CREATE FUNCTION organization_refuse_ring() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND EXISTS (
        WITH RECURSIVE above(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT o.parent_id FROM incidents_organization o JOIN above a ON o.id = a.id
            WHERE o.parent_id IS NOT NULL
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'organisation % would be above itself', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_has_no_ring';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER organization_has_no_ring BEFORE INSERT OR UPDATE OF parent_id ON incidents_organization
    FOR EACH ROW EXECUTE FUNCTION organization_refuse_ring();
"""

# The outage row is locked, so that two steps recorded at once are checked one after the other.
STEPS_FIT = """
CREATE FUNCTION restoration_step_fits() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF TG_OP = 'INSERT' AND NEW.seq <> coalesce(last_seq, 0) + 1 THEN
        RAISE EXCEPTION 'step % of outage % does not follow step %', NEW.seq, NEW.outage_id, last_seq
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_numbers_follow';
    END IF;
    IF NEW.method <> 'generator' AND given + coalesce(NEW.customers, 0) > affected THEN
        RAISE EXCEPTION 'steps of outage % give back more customers than were out', NEW.outage_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'step_sum_within_affected';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER restoration_step_fits BEFORE INSERT OR UPDATE ON incidents_restorationstep
    FOR EACH ROW EXECUTE FUNCTION restoration_step_fits();
"""


def _append_only(table):
    name = f"{table.removeprefix('incidents_')}_is_append_only"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_record")]

    operations = [
        migrations.RunSQL(REFUSE_CHANGE, "DROP FUNCTION refuse_change();"),
        *[_append_only(table) for table in APPEND_ONLY],
        migrations.RunSQL(
            STAMP_JOURNAL,
            "DROP TRIGGER journal_stamped ON incidents_journalentry; DROP FUNCTION journal_stamp();"
            "DROP TRIGGER seal_stamped ON incidents_journalseal; DROP FUNCTION seal_stamp();",
        ),
        migrations.RunSQL(
            NO_RING,
            "DROP TRIGGER organization_has_no_ring ON incidents_organization;"
            "DROP FUNCTION organization_refuse_ring();",
        ),
        migrations.RunSQL(
            STEPS_FIT,
            "DROP TRIGGER restoration_step_fits ON incidents_restorationstep;"
            "DROP FUNCTION restoration_step_fits();",
        ),
    ]
