"""Facts from the field that could not be applied when they came, and phones that say their time."""

import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

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

    dependencies = [
        ('incidents', '0006_enrolment'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldFact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('verb', models.CharField(max_length=30, verbose_name='what was told')),
                ('said', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='as it was told')),
                ('at', models.DateTimeField(verbose_name='happened')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded on the device')),
                ('clock_skew_s', models.IntegerField(blank=True, help_text='device clock minus server clock', null=True, verbose_name='clock skew (s)')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('channel', models.CharField(choices=[('admin', 'Web admin'), ('api', 'Field API'), ('system', 'The system itself'), ('import', 'Import')], max_length=8, verbose_name='through')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='request')),
                ('key', models.CharField(max_length=200, verbose_name='key')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('conflict', 'In conflict'), ('applied', 'Applied'), ('taken', 'Taken over'), ('dismissed', 'Dismissed')], max_length=10, verbose_name='state')),
                ('why', models.CharField(max_length=40, verbose_name='why it is held')),
                ('told', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='what that is about')),
                ('stands', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='what stands against it')),
                ('overdue_at', models.DateTimeField(verbose_name='overdue from')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='applied or settled')),
                ('settled_why', models.CharField(blank=True, max_length=300, verbose_name='why it was settled so')),
            ],
            options={
                'verbose_name': 'held fact',
                'verbose_name_plural': 'held facts',
            },
        ),
        migrations.AddField(
            model_name='organization',
            name='held_fact_hours',
            field=models.PositiveSmallIntegerField(default=12, help_text='Facts from the field that cannot be applied; they stay, marked. 12 h is our default.', verbose_name='a held fact is overdue after (h)'),
        ),
        migrations.AddField(
            model_name='submission',
            name='clock_skew_s',
            field=models.IntegerField(blank=True, help_text='device clock minus server clock', null=True, verbose_name='clock skew (s)'),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('held_fact_hours__isnull', True), models.Q(('held_fact_hours__gte', 1), ('held_fact_hours__lte', 168)), _connector='OR'), name='organization_held_fact_hours_in_range', violation_error_message='Outside the allowed range 1 to 168.'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='assignment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.assignment', verbose_name='assignment'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='damage',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.damage', verbose_name='damage'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='deployment',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.deployment', verbose_name='support deployment'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='device',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.device', verbose_name='device'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='hazard',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.hazard', verbose_name='hidden danger'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='outage',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.outage', verbose_name='outage'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='reported_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='road_block',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='held_facts', to='incidents.roadblock', verbose_name='blocked road'),
        ),
        migrations.AddField(
            model_name='heldfact',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='settled by'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['outage', 'at', 'id'], name='held_open_outage'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['damage', 'at', 'id'], name='held_open_damage'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['assignment', 'at', 'id'], name='held_open_assignment'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['road_block', 'at', 'id'], name='held_open_road_block'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['deployment', 'at', 'id'], name='held_open_deployment'),
        ),
        migrations.AddIndex(
            model_name='heldfact',
            index=models.Index(condition=models.Q(('state__in', ['waiting', 'conflict'])), fields=['hazard', 'at', 'id'], name='held_open_hazard'),
        ),
        migrations.AddConstraint(
            model_name='heldfact',
            constraint=models.UniqueConstraint(fields=('reported_by', 'key'), name='held_fact_once_a_sending'),
        ),
        migrations.AddConstraint(
            model_name='heldfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assignment__isnull', True), ('damage__isnull', True), ('deployment__isnull', True), ('hazard__isnull', True), ('outage__isnull', False), ('road_block__isnull', True)), models.Q(('assignment__isnull', True), ('damage__isnull', False), ('deployment__isnull', True), ('hazard__isnull', True), ('outage__isnull', True), ('road_block__isnull', True)), models.Q(('assignment__isnull', False), ('damage__isnull', True), ('deployment__isnull', True), ('hazard__isnull', True), ('outage__isnull', True), ('road_block__isnull', True)), models.Q(('assignment__isnull', True), ('damage__isnull', True), ('deployment__isnull', True), ('hazard__isnull', True), ('outage__isnull', True), ('road_block__isnull', False)), models.Q(('assignment__isnull', True), ('damage__isnull', True), ('deployment__isnull', False), ('hazard__isnull', True), ('outage__isnull', True), ('road_block__isnull', True)), models.Q(('assignment__isnull', True), ('damage__isnull', True), ('deployment__isnull', True), ('hazard__isnull', False), ('outage__isnull', True), ('road_block__isnull', True)), _connector='OR'), name='held_fact_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='heldfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('state__in', ['waiting', 'conflict'])), models.Q(models.Q(('state__in', ['waiting', 'conflict']), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='held_fact_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='heldfact',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_by__isnull', False), ('state__in', ['taken', 'dismissed']), models.Q(('settled_why', ''), _negated=True)), models.Q(models.Q(('state__in', ['taken', 'dismissed']), _negated=True), ('settled_by__isnull', True), ('settled_why', '')), _connector='OR'), name='held_fact_settled_by_a_person_with_a_reason'),
        ),
        migrations.RunSQL(STEPS_FIT, STEPS_FITTED_AT_THE_END),
    ]
