import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

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


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0005_warnings_patrols_briefings'),
    ]

    operations = [
        migrations.CreateModel(
            name='EnrolmentCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('code_digest', models.CharField(max_length=64, unique=True, verbose_name='digest of the code')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None, verbose_name='scopes')),
                ('lasting', models.DurationField(verbose_name='a token lives for')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('client_id', models.UUIDField(blank=True, null=True, verbose_name='number of the phone')),
            ],
            options={
                'verbose_name': 'enrolment code',
                'verbose_name_plural': 'enrolment codes',
            },
        ),
        migrations.AddField(
            model_name='device',
            name='lasting',
            field=models.DurationField(default=datetime.timedelta(days=90), verbose_name='a token lives for'),
        ),
        migrations.AddField(
            model_name='device',
            name='next_digest',
            field=models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name='next token digest'),
        ),
        migrations.AddField(
            model_name='device',
            name='next_expires_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='next token expires'),
        ),
        migrations.AddField(
            model_name='device',
            name='next_prefix',
            field=models.CharField(blank=True, max_length=8, verbose_name='next token begins with'),
        ),
        migrations.AddField(
            model_name='device',
            name='platform',
            field=models.CharField(blank=True, max_length=40, verbose_name='platform'),
        ),
        migrations.AddConstraint(
            model_name='device',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_digest__isnull', True), ('next_expires_at__isnull', True), ('next_prefix', '')), models.Q(('next_digest__isnull', False), ('next_digest__regex', '^[0-9a-f]{64}$'), ('next_expires_at__isnull', False), ('revoked_at__isnull', True)), _connector='OR'), name='device_next_token_is_whole'),
        ),
        migrations.AddField(
            model_name='enrolmentcode',
            name='device',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.device', verbose_name='device'),
        ),
        migrations.AddField(
            model_name='enrolmentcode',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='issued by'),
        ),
        migrations.AddField(
            model_name='enrolmentcode',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddIndex(
            model_name='enrolmentcode',
            index=models.Index(fields=['expires_at'], name='enrolment_by_age'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentcode',
            constraint=models.UniqueConstraint(condition=models.Q(('used_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('user',), name='enrolment_one_open_a_person'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentcode',
            constraint=models.CheckConstraint(condition=models.Q(('code_digest__regex', '^[0-9a-f]{64}$')), name='enrolment_keeps_a_digest_only'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('client_id__isnull', True), ('device__isnull', True), ('used_at__isnull', True)), models.Q(('client_id__isnull', False), ('device__isnull', False), ('used_at__isnull', False)), _connector='OR'), name='enrolment_use_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='enrolmentcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issued_at__isnull', True), ('used_at__isnull', True), ('used_at__gte', models.F('issued_at')), _connector='OR'), models.Q(('issued_at__isnull', True), ('expires_at__isnull', True), ('expires_at__gte', models.F('issued_at')), _connector='OR'), models.Q(('used_at__isnull', True), ('expires_at__isnull', True), ('expires_at__gte', models.F('used_at')), _connector='OR')), name='enrolment_issued_used_expires_in_order', violation_error_message='These moments run backwards.'),
        ),
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
    ]
