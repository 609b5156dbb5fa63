"""Weather warnings, patrols and safety briefings; a warning is never edited, which a trigger holds."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


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


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0004_unknown_is_not_true'),
    ]

    operations = [
        migrations.CreateModel(
            name='Patrol',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('source', models.CharField(choices=[('measured', 'Measured'), ('reported', 'Reported'), ('imported', 'Imported'), ('model', 'Model'), ('inferred', 'Inferred'), ('manual', 'Entered by hand')], default='manual', max_length=12, verbose_name='source')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='source reference')),
                ('quote', models.TextField(blank=True, max_length=2000, verbose_name='words of the source')),
                ('unknown_reasons', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='why unknown')),
                ('entry_mode', models.CharField(choices=[('live', 'Live'), ('historical', 'After the fact')], default='live', max_length=12, verbose_name='entry mode')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded on the device')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('kind', models.CharField(choices=[('patrol', 'Patrol'), ('special_patrol', 'Special patrol'), ('inspect_after', 'Patrol after restoration')], max_length=16, verbose_name='kind')),
                ('status', models.CharField(choices=[('ordered', 'Ordered'), ('under_way', 'Under way'), ('finished', 'Finished'), ('cancelled', 'Cancelled')], default='ordered', max_length=10, verbose_name='status')),
                ('ordered_at', models.DateTimeField(verbose_name='ordered')),
                ('begun_at', models.DateTimeField(blank=True, null=True, verbose_name='begun')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='finished or cancelled')),
                ('nothing_found', models.BooleanField(blank=True, null=True, verbose_name='nothing found')),
                ('remark', models.CharField(blank=True, max_length=1000, verbose_name='remark')),
                ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.assignment', verbose_name='assignment')),
                ('crew', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.crew', verbose_name='crew')),
                ('damages', models.ManyToManyField(blank=True, related_name='patrols', to='incidents.damage', verbose_name='damage found')),
                ('hazards', models.ManyToManyField(blank=True, related_name='patrols', to='incidents.hazard', verbose_name='hidden dangers found')),
                ('ice_readings', models.ManyToManyField(blank=True, related_name='patrols', to='incidents.icereading', verbose_name='ice measured')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.line', verbose_name='line')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.organization', verbose_name='organisation')),
                ('outage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.outage', verbose_name='outage')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patrols', to='incidents.person', verbose_name='person')),
                ('place', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.place', verbose_name='place')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                ('sections', models.ManyToManyField(blank=True, related_name='patrols', to='incidents.linesection', verbose_name='line sections')),
                ('storm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to='incidents.storm', verbose_name='storm')),
            ],
            options={
                'verbose_name': 'patrol',
                'verbose_name_plural': 'patrols',
                'indexes': [models.Index(fields=['line', 'kind', '-ended_at'], name='patrol_newest_of_a_line')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ordered_at__isnull', True), ('begun_at__isnull', True), ('begun_at__gte', models.F('ordered_at')), _connector='OR'), models.Q(('ordered_at__isnull', True), ('ended_at__isnull', True), ('ended_at__gte', models.F('ordered_at')), _connector='OR'), models.Q(('begun_at__isnull', True), ('ended_at__isnull', True), ('ended_at__gte', models.F('begun_at')), _connector='OR')), name='patrol_ordered_begun_ended_in_order', violation_error_message='These moments run backwards.'), models.CheckConstraint(condition=models.Q(('crew__isnull', True), ('person__isnull', True), _connector='OR'), name='patrol_by_a_crew_or_a_person', violation_error_message='A patrol is walked by a crew or by a person, not by both.'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['under_way', 'finished']), _negated=True), ('crew__isnull', False), ('person__isnull', False), ('entry_mode', 'historical'), _connector='OR'), name='patrol_begun_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('begun_at__isnull', True), ('ended_at__isnull', True), ('status', 'ordered')), models.Q(('begun_at__isnull', False), ('ended_at__isnull', True), ('status', 'under_way')), models.Q(('ended_at__isnull', False), ('status__in', ['finished', 'cancelled'])), _connector='OR'), name='patrol_status_fits_its_moments'), models.CheckConstraint(condition=models.Q(models.Q(('nothing_found__isnull', False), ('status', 'finished')), models.Q(models.Q(('status', 'finished'), _negated=True), ('nothing_found__isnull', True)), _connector='OR'), name='patrol_says_what_was_found')],
            },
        ),
        migrations.CreateModel(
            name='SafetyBriefing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('source', models.CharField(choices=[('measured', 'Measured'), ('reported', 'Reported'), ('imported', 'Imported'), ('model', 'Model'), ('inferred', 'Inferred'), ('manual', 'Entered by hand')], default='manual', max_length=12, verbose_name='source')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='source reference')),
                ('quote', models.TextField(blank=True, max_length=2000, verbose_name='words of the source')),
                ('unknown_reasons', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='why unknown')),
                ('entry_mode', models.CharField(choices=[('live', 'Live'), ('historical', 'After the fact')], default='live', max_length=12, verbose_name='entry mode')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded on the device')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('given_at', models.DateTimeField(verbose_name='given')),
                ('given_by', models.CharField(blank=True, max_length=60, verbose_name='given by')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('live_parts', 'Live parts nearby'), ('back_feed', 'Back-feed from generators'), ('isolation', 'Power off, test dead, earth'), ('falling_ice', 'Falling ice and leaping conductors'), ('climbing', 'Iced poles and towers'), ('felling', 'Bamboo and trees under tension'), ('road', 'Iced roads'), ('terrain', 'Terrain and way out'), ('weather', 'Cold and weather'), ('contact', 'Who is called, and when'), ('other', 'Other')], max_length=12), blank=True, default=list, size=None, verbose_name='topics')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='what was said')),
                ('signed_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='signed by visitors')),
                ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='briefings', to='incidents.assignment', verbose_name='assignment')),
                ('deployment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='briefings', to='incidents.deployment', verbose_name='support deployment')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                ('signed_by', models.ManyToManyField(blank=True, related_name='briefings', to='incidents.person', verbose_name='signed by')),
            ],
            options={
                'verbose_name': 'briefing record',
                'verbose_name_plural': 'briefing records',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('assignment__isnull', False), ('deployment__isnull', True)), models.Q(('assignment__isnull', True), ('deployment__isnull', False)), _connector='OR'), name='briefing_is_for_a_team_or_a_crew', violation_error_message='A briefing is for a team or for a job, not for both.'), models.UniqueConstraint(fields=('deployment', 'given_at'), name='briefing_of_a_team_once_a_moment', violation_error_message='This team was briefed at that very moment already.'), models.UniqueConstraint(fields=('assignment', 'given_at'), name='briefing_of_a_crew_once_a_moment', violation_error_message='This crew was briefed at that very moment already.')],
            },
        ),
        migrations.CreateModel(
            name='WeatherWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('source', models.CharField(choices=[('measured', 'Measured'), ('reported', 'Reported'), ('imported', 'Imported'), ('model', 'Model'), ('inferred', 'Inferred'), ('manual', 'Entered by hand')], default='manual', max_length=12, verbose_name='source')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='source reference')),
                ('quote', models.TextField(blank=True, max_length=2000, verbose_name='words of the source')),
                ('unknown_reasons', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='why unknown')),
                ('entry_mode', models.CharField(choices=[('live', 'Live'), ('historical', 'After the fact')], default='live', max_length=12, verbose_name='entry mode')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded on the device')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('issuer', models.CharField(max_length=100, verbose_name='issuer')),
                ('hazard', models.CharField(choices=[('road_icing', 'Road icing'), ('snowstorm', 'Snowstorm'), ('cold_wave', 'Cold wave'), ('freezing', 'Freezing rain and snow'), ('wire_icing', 'Wire icing'), ('frost', 'Frost'), ('gale', 'Gale'), ('other', 'Other')], max_length=12, verbose_name='warns of')),
                ('level', models.CharField(choices=[('blue', 'Blue (IV)'), ('yellow', 'Yellow (III)'), ('orange', 'Orange (II)'), ('red', 'Red (I)')], max_length=8, verbose_name='level')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('valid_from_at', models.DateTimeField(verbose_name='holds from')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('text', models.TextField(max_length=4000, verbose_name='text as issued')),
                ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                ('cancel_reason', models.CharField(blank=True, max_length=300, verbose_name='why cancelled')),
                ('areas', models.ManyToManyField(related_name='weather_warnings', to='incidents.division', verbose_name='areas')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weather_warnings', to='incidents.organization', verbose_name='organisation')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                ('storm', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_set', to='incidents.storm', verbose_name='storm')),
                ('update_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='incidents.weatherwarning', verbose_name='takes the place of')),
            ],
            options={
                'verbose_name': 'weather warning',
                'verbose_name_plural': 'weather warnings',
                'indexes': [models.Index(condition=models.Q(('cancelled_at__isnull', True)), fields=['expires_at'], name='weather_warning_not_cancelled')],
                'constraints': [models.CheckConstraint(condition=models.Q(('issuer', ''), _negated=True), name='weather_warning_has_an_issuer'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='weather_warning_has_a_text'), models.CheckConstraint(condition=models.Q(('issued_at__isnull', True), ('expires_at__isnull', True), ('expires_at__gte', models.F('issued_at')), _connector='OR'), name='weather_warning_issued_expires_in_order', violation_error_message='These moments run backwards.'), models.CheckConstraint(condition=models.Q(('valid_from_at__isnull', True), ('expires_at__isnull', True), ('expires_at__gte', models.F('valid_from_at')), _connector='OR'), name='weather_warning_valid_from_expires_in_order', violation_error_message='These moments run backwards.'), models.CheckConstraint(condition=models.Q(('issued_at__isnull', True), ('cancelled_at__isnull', True), ('cancelled_at__gte', models.F('issued_at')), _connector='OR'), name='weather_warning_issued_cancelled_in_order', violation_error_message='These moments run backwards.'), models.CheckConstraint(condition=models.Q(models.Q(('cancel_reason', ''), ('cancelled_at__isnull', True)), models.Q(('cancelled_at__isnull', False), models.Q(('cancel_reason', ''), _negated=True)), _connector='OR'), name='weather_warning_cancelled_with_a_reason'), models.UniqueConstraint(fields=('update_of',), name='weather_warning_superseded_once', violation_error_message='Another warning has taken its place already.')],
            },
        ),
        migrations.RunSQL(NEVER_EDITED, FORGET),
    ]
