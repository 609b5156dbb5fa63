"""Rules that watch the whole record: delays, people by name, response levels, replays."""

import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


def _append_only(table, name):
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0011_important_users'),
        ('tracker', '0004_duty'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AreaProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('area', models.CharField(blank=True, choices=[('province', 'Province, load from 20,000 MW'), ('capital', 'Provincial capital, load from 2,000 MW'), ('city_large', 'Prefecture city, load from 600 MW'), ('city_small', 'Prefecture city, load below 600 MW'), ('county_large', 'County-level city, load from 150 MW'), ('county_small', 'County-level city, load below 150 MW')], max_length=16, verbose_name='area')),
                ('load_mw', models.DecimalField(blank=True, decimal_places=1, max_digits=8, null=True, verbose_name='load (MW)')),
                ('customers', models.PositiveIntegerField(blank=True, null=True, verbose_name='customers')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('source', models.CharField(max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'profile of an area',
                'verbose_name_plural': 'profiles of areas',
            },
        ),
        migrations.CreateModel(
            name='EmergencyResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('is_exercise', models.BooleanField(default=False, verbose_name='exercise')),
                ('level', models.CharField(choices=[('IV', 'Level IV (blue)'), ('III', 'Level III (yellow)'), ('II', 'Level II (orange)'), ('I', 'Level I (red)')], max_length=3, verbose_name='level')),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('expired', 'Proposal ran out'), ('withdrawn', 'Proposal withdrawn, condition gone'), ('declined', 'Declined'), ('started', 'In force'), ('ended', 'Ended')], max_length=10, verbose_name='state')),
                ('basis', models.CharField(max_length=500, verbose_name='basis')),
                ('proposed_at', models.DateTimeField(blank=True, null=True, verbose_name='proposed')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='condition last met')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='proposal void from')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
            ],
            options={
                'verbose_name': 'emergency response',
                'verbose_name_plural': 'emergency responses',
            },
        ),
        migrations.CreateModel(
            name='Holding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule_code', models.CharField(max_length=8, verbose_name='rule code')),
                ('subject_type', models.CharField(max_length=30, verbose_name='subject type')),
                ('subject_id', models.BigIntegerField(verbose_name='subject number')),
                ('is_exercise', models.BooleanField(default=False, verbose_name='exercise')),
                ('since_at', models.DateTimeField(blank=True, null=True, verbose_name='holds since')),
            ],
            options={
                'verbose_name': 'condition on the way',
                'verbose_name_plural': 'conditions on the way',
            },
        ),
        migrations.CreateModel(
            name='Replay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('label', models.CharField(max_length=100, verbose_name='rules')),
                ('rules', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='rules in words')),
                ('from_at', models.DateTimeField(verbose_name='from')),
                ('to_at', models.DateTimeField(verbose_name='to')),
                ('step_s', models.PositiveIntegerField(verbose_name='step (s)')),
                ('alerts', models.JSONField(blank=True, default=list, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='alerts')),
                ('run_at', models.DateTimeField(verbose_name='run')),
            ],
            options={
                'verbose_name': 'replay',
                'verbose_name_plural': 'replays',
            },
        ),
        migrations.CreateModel(
            name='ResponseThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('kind', models.CharField(choices=[('national', 'National, an event grade'), ('company', 'Company, a response level')], max_length=10, verbose_name='kind')),
                ('area', models.CharField(blank=True, choices=[('province', 'Province, load from 20,000 MW'), ('capital', 'Provincial capital, load from 2,000 MW'), ('city_large', 'Prefecture city, load from 600 MW'), ('city_small', 'Prefecture city, load below 600 MW'), ('county_large', 'County-level city, load from 150 MW'), ('county_small', 'County-level city, load below 150 MW')], max_length=16, verbose_name='area')),
                ('level', models.CharField(choices=[('IV', 'Level IV (blue)'), ('III', 'Level III (yellow)'), ('II', 'Level II (orange)'), ('I', 'Level I (red)')], max_length=3, verbose_name='level')),
                ('clause', models.PositiveSmallIntegerField(default=1, verbose_name='clause')),
                ('measure', models.CharField(choices=[('load_lost_pct', 'Load lost (%)'), ('customers_out_pct', 'Customers out (%)'), ('icing_ratio', 'Highest icing ratio of a section'), ('lines_out', '10 and 20 kV lines out'), ('hv_lines_out', '35 and 110 kV lines out'), ('ehv_lines_out', 'Lines of 220 kV and above out'), ('key_user_out_min', 'Special or first-grade user out (min)'), ('support_requests', 'Requests for outside support'), ('national_share', 'Share of a national threshold (%)'), ('weather_warning', 'Weather warning (1 blue to 4 red)')], max_length=24, verbose_name='measure')),
                ('at_least', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='from')),
                ('below', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='below')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('basis', models.CharField(max_length=300, verbose_name='legal basis or source')),
            ],
            options={
                'verbose_name': 'threshold of a response level',
                'verbose_name_plural': 'thresholds of response levels',
            },
        ),
        migrations.AddField(
            model_name='alert',
            name='gone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='condition gone since'),
        ),
        migrations.AddField(
            model_name='rule',
            name='clear_s',
            field=models.PositiveIntegerField(default=0, verbose_name='must be gone for (s)'),
        ),
        migrations.AddField(
            model_name='rule',
            name='for_s',
            field=models.PositiveIntegerField(default=0, verbose_name='must hold for (s)'),
        ),
        migrations.AddField(
            model_name='rule',
            name='quiet',
            field=models.CharField(choices=[('severity', 'Information and notices wait for the morning'), ('never', 'Nothing waits')], default='severity', max_length=8, verbose_name='at night'),
        ),
        migrations.AddField(
            model_name='rule',
            name='storm_policy',
            field=models.CharField(choices=[('severity', 'Critical singly, the rest in a digest'), ('single', 'Always singly'), ('digest', 'Always in the digest')], default='severity', max_length=8, verbose_name='in a storm of alerts'),
        ),
        migrations.AddField(
            model_name='rulelevel',
            name='people',
            field=models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='people by name'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('clear_s__lte', 86400), ('for_s__lte', 86400)), name='rule_delays_within_a_day'),
        ),
        migrations.AddField(
            model_name='areaprofile',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='area_profiles', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='emergencyresponse',
            name='decided_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by'),
        ),
        migrations.AddField(
            model_name='emergencyresponse',
            name='ended_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='emergencyresponse',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='tracker.emergencyresponse', verbose_name='takes the place of'),
        ),
        migrations.AddField(
            model_name='emergencyresponse',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='emergencyresponse',
            name='storm',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='responses', to='incidents.storm', verbose_name='storm'),
        ),
        migrations.AddIndex(
            model_name='holding',
            index=models.Index(condition=models.Q(('since_at__isnull', False)), fields=['rule_code'], name='holding_waiting'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.UniqueConstraint(fields=('rule_code', 'subject_type', 'subject_id', 'is_exercise'), name='holding_once_a_subject'),
        ),
        migrations.AddConstraint(
            model_name='holding',
            constraint=models.CheckConstraint(condition=models.Q(('rule_code__regex', '^E[0-9]{2}$')), name='holding_code_is_a_letter_and_two_digits'),
        ),
        migrations.AddField(
            model_name='replay',
            name='run_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='run by'),
        ),
        migrations.AddField(
            model_name='replay',
            name='storm',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replays', to='incidents.storm', verbose_name='storm'),
        ),
        migrations.AddField(
            model_name='responsethreshold',
            name='organization',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('organization',), name='profile_one_current', violation_error_message='This organisation has a current profile already.'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='profile_dates_in_order', violation_error_message='It would end before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.CheckConstraint(condition=models.Q(('load_mw__isnull', True), models.Q(('load_mw__gte', 0.1), ('load_mw__lte', 200000)), _connector='OR'), name='profile_load_mw_in_range', violation_error_message='Outside the allowed range 0.1 to 200000.'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('customers__isnull', False), ('load_mw__isnull', False), _connector='OR'), models.Q(('source', ''), _negated=True)), name='profile_says_something'),
        ),
        migrations.AddConstraint(
            model_name='areaprofile',
            constraint=models.CheckConstraint(condition=models.Q(('customers__isnull', True), ('customers__gte', 1), _connector='OR'), name='profile_customers_positive'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('organization', 'is_exercise'), name='response_one_proposal'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['started'])), fields=('organization', 'is_exercise'), name='response_one_in_force', violation_error_message='A response is in force here already: raise or lower it.'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='response_names_its_basis'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('expires_at__isnull', False), ('seen_at__isnull', False), ('state__in', ['proposed', 'expired', 'withdrawn'])), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['started', 'declined', 'ended'])), _connector='OR'), name='response_decided_by_a_person'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('state', 'ended')), models.Q(models.Q(('state', 'ended'), _negated=True), ('ended_at__isnull', True), ('ended_by__isnull', True)), _connector='OR'), name='response_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='emergencyresponse',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('ended_at__gte', models.F('decided_at')), _connector='OR'), name='response_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('to_at__gt', models.F('from_at'))), name='replay_runs_forward'),
        ),
        migrations.AddConstraint(
            model_name='replay',
            constraint=models.CheckConstraint(condition=models.Q(('step_s__gte', 1)), name='replay_step_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.UniqueConstraint(fields=('kind', 'organization', 'area', 'level', 'clause', 'measure', 'valid_from'), name='threshold_once_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='threshold_dates_in_order', violation_error_message='It would end before it begins.'),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.CheckConstraint(condition=models.Q(('below__isnull', True), ('below__gt', models.F('at_least')), _connector='OR'), name='threshold_edges_in_order'),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.CheckConstraint(condition=models.Q(('basis', ''), _negated=True), name='threshold_names_its_basis'),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'national'), ('organization__isnull', True), models.Q(('area', ''), _negated=True)), models.Q(('area', ''), ('kind', 'company')), _connector='OR'), name='threshold_kind_fits'),
        ),
        migrations.AddConstraint(
            model_name='responsethreshold',
            constraint=models.CheckConstraint(condition=models.Q(('at_least__isnull', True), models.Q(('at_least__gte', 0), ('at_least__lte', 1000000)), _connector='OR'), name='threshold_at_least_in_range', violation_error_message='Outside the allowed range 0 to 1000000.'),
        ),
        _append_only("tracker_rulelevel_people", "level_people_are_frozen"),
        _append_only("tracker_replay", "replay_is_append_only"),
    ]
