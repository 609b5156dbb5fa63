import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0009_sync'),
        ('tracker', '0003_sync'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('token_digest', models.CharField(max_length=64, unique=True, verbose_name='token digest')),
                ('made_at', models.DateTimeField(verbose_name='made')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
            ],
            options={
                'verbose_name': 'calendar address',
                'verbose_name_plural': 'calendar addresses',
            },
        ),
        migrations.CreateModel(
            name='DutyNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('role', models.CharField(choices=[('D', 'Duty officer'), ('L', 'Crew leader'), ('S', 'Head of the supply station'), ('O', 'Distribution operations chief'), ('C', 'Grid control'), ('M', 'Marketing and 95598'), ('E', 'Emergency office'), ('V', 'Deputy general manager'), ('G', 'General manager'), ('U', 'Emergency office of the upper company'), ('N', 'Regulator liaison')], max_length=1, verbose_name='role')),
                ('since_at', models.DateTimeField(verbose_name='since')),
                ('until_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'post to be manned',
                'verbose_name_plural': 'posts to be manned',
            },
        ),
        migrations.CreateModel(
            name='DutySwap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('state', models.CharField(choices=[('offered', 'Offered'), ('agreed', 'Agreed, exchanged'), ('declined', 'Declined')], default='offered', max_length=8, verbose_name='state')),
                ('offered_at', models.DateTimeField(verbose_name='offered')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
            ],
            options={
                'verbose_name': 'exchange of shifts',
                'verbose_name_plural': 'exchanges of shifts',
            },
        ),
        migrations.CreateModel(
            name='DutyWish',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('shift_mails', models.BooleanField(default=False, verbose_name='mail before my shifts')),
                ('off_duty_mails', models.BooleanField(default=False, verbose_name='urgent mails off duty')),
            ],
            options={
                'verbose_name': 'wish about duty mails',
                'verbose_name_plural': 'wishes about duty mails',
            },
        ),
        migrations.CreateModel(
            name='Rotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('role', models.CharField(choices=[('D', 'Duty officer'), ('L', 'Crew leader'), ('S', 'Head of the supply station'), ('O', 'Distribution operations chief'), ('C', 'Grid control'), ('M', 'Marketing and 95598'), ('E', 'Emergency office'), ('V', 'Deputy general manager'), ('G', 'General manager'), ('U', 'Emergency office of the upper company'), ('N', 'Regulator liaison')], max_length=1, verbose_name='role')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('pattern', models.CharField(choices=[('daily', '24 hours each, one day after the other'), ('day_night', '12 hours: a day, then a night, then off'), ('weekly', 'A week each')], max_length=10, verbose_name='pattern')),
                ('starts_at', models.DateTimeField(verbose_name='first shift begins')),
                ('planned_until', models.DateTimeField(verbose_name='planned until')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('next_due_at', models.DateTimeField(blank=True, null=True, verbose_name='next due')),
            ],
            options={
                'verbose_name': 'rotation',
                'verbose_name_plural': 'rotations',
            },
        ),
        migrations.CreateModel(
            name='RotationMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('position', models.PositiveSmallIntegerField(verbose_name='turn')),
            ],
            options={
                'verbose_name': 'member of a rotation',
                'verbose_name_plural': 'members of rotations',
            },
        ),
        migrations.CreateModel(
            name='StormMode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('switch', models.CharField(choices=[('counted', 'The watch, by the number of alerts'), ('on', 'A person: on'), ('off', 'A person: off')], max_length=8, verbose_name='switched by')),
                ('is_exercise', models.BooleanField(default=False, verbose_name='exercise')),
                ('since_at', models.DateTimeField(verbose_name='since')),
                ('until_at', models.DateTimeField(verbose_name='until')),
                ('alerts', models.PositiveIntegerField(blank=True, null=True, verbose_name='alerts counted')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'storm mode',
                'verbose_name_plural': 'storm modes',
            },
        ),
        migrations.RemoveConstraint(
            model_name='alert',
            name='alert_end_is_whole',
        ),
        migrations.RemoveConstraint(
            model_name='alertevent',
            name='alert_event_kind_is_known',
        ),
        migrations.RemoveConstraint(
            model_name='notification',
            name='notification_owed_or_settled',
        ),
        migrations.AddField(
            model_name='alert',
            name='folded_under',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='folded', to='tracker.alert', verbose_name='explained by'),
        ),
        migrations.AddField(
            model_name='alert',
            name='is_shut',
            field=models.BooleanField(db_default=False, default=False, verbose_name='kept shut'),
        ),
        migrations.AddField(
            model_name='alert',
            name='resolved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ended by'),
        ),
        migrations.AddField(
            model_name='alert',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='snoozed until'),
        ),
        migrations.AddField(
            model_name='dutypost',
            name='instead_of',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.dutypost', verbose_name='instead of'),
        ),
        migrations.AddField(
            model_name='notification',
            name='digest',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='told_together', to='tracker.notification', verbose_name='told in'),
        ),
        migrations.AddField(
            model_name='notification',
            name='held_by',
            field=models.CharField(blank=True, choices=[('quiet', 'Quiet hours'), ('storm', 'Storm mode: a digest each 15 min'), ('cap', 'Twelve mails an hour: then a digest'), ('bundle', 'Two minutes after the last mail: joined into one'), ('stop', 'The watch had stopped: told together')], db_default='', default='', max_length=8, verbose_name='held by'),
        ),
        migrations.AddField(
            model_name='notification',
            name='held_until',
            field=models.DateTimeField(blank=True, null=True, verbose_name='held until'),
        ),
        migrations.AddField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('step', 'Step of an alert'), ('digest', 'Digest of what was held'), ('shift', 'Shift that begins')], db_default='step', default='step', max_length=8, verbose_name='about'),
        ),
        migrations.AddField(
            model_name='notification',
            name='post',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.dutypost', verbose_name='shift'),
        ),
        migrations.AddField(
            model_name='rulelevel',
            name='regardless_of_duty',
            field=models.BooleanField(db_default=False, default=False, verbose_name='off duty too'),
        ),
        migrations.AlterField(
            model_name='alert',
            name='resolved_why',
            field=models.CharField(blank=True, choices=[('cleared', 'Condition gone'), ('by_person', 'Ended by a person'), ('rule_off', 'Rule switched off')], max_length=10, verbose_name='why over'),
        ),
        migrations.AlterField(
            model_name='alertevent',
            name='kind',
            field=models.CharField(choices=[('opened', 'Opened'), ('raised', 'Raised to a worse band'), ('lowered', 'Lowered to a milder band'), ('told', 'Step taken, people told'), ('nobody', 'Step taken, nobody to tell'), ('acknowledged', 'Acknowledged'), ('ack_expired', 'Acknowledgement ran out'), ('snoozed', 'Snoozed'), ('folded', 'Explained by another outage, tells nobody'), ('unfolded', 'No longer explained, climbs by itself'), ('resolved', 'Over')], max_length=12, verbose_name='what'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='alert',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notifications', to='tracker.alert', verbose_name='alert'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='generation',
            field=models.PositiveIntegerField(default=1, verbose_name='climb'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='level',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='rung'),
        ),
        migrations.AlterField(
            model_name='notification',
            name='state',
            field=models.CharField(choices=[('queued', 'Waiting'), ('held', 'Held back'), ('leased', 'Being sent'), ('accepted', 'Taken by the mail server'), ('failed', 'Failed'), ('uncertain', 'Sent without an answer'), ('superseded', 'No longer needed'), ('digested', 'Told in a digest')], default='queued', max_length=12, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state__in', ['firing', 'acknowledged']), ('folded_under__isnull', False)), fields=['folded_under'], name='alert_folded'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('state__in', ['firing', 'acknowledged']), ('subject_type', 'outage')), fields=['subject_id'], name='alert_of_an_outage'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(condition=models.Q(('is_shut', True)), fields=['rule_code', 'subject_id'], name='alert_shut'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['held_until', 'id'], name='notification_held'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('digest__isnull', False)), fields=['digest'], name='notification_of_a_digest'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['recipient', '-created_at'], name='notification_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_due_at__isnull', True), ('resolved_at__isnull', False), ('resolved_why__in', ['cleared', 'by_person', 'rule_off']), ('state', 'resolved')), models.Q(('state__in', ['firing', 'acknowledged']), ('resolved_at__isnull', True), ('resolved_why', '')), _connector='OR'), name='alert_end_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('resolved_by__isnull', False), ('resolved_why', 'by_person')), models.Q(models.Q(('resolved_why', 'by_person'), _negated=True), ('is_shut', False), ('resolved_by__isnull', True)), _connector='OR'), name='alert_ended_by_a_person_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('folded_under__isnull', True), models.Q(('folded_under', models.F('id')), _negated=True), _connector='OR'), name='alert_does_not_explain_itself'),
        ),
        migrations.AddConstraint(
            model_name='alertevent',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['opened', 'raised', 'lowered', 'told', 'nobody', 'acknowledged', 'ack_expired', 'snoozed', 'folded', 'unfolded', 'resolved'])), name='alert_event_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('next_try_at__isnull', False), ('state', 'queued')), ('state__in', ['leased', 'uncertain']), models.Q(('next_try_at__isnull', True), ('state__in', ['accepted', 'failed', 'superseded', 'held', 'digested'])), _connector='OR'), name='notification_owed_or_settled'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alert__isnull', False), ('kind', 'step'), ('post__isnull', True)), models.Q(('alert__isnull', True), ('digest__isnull', True), ('kind', 'shift'), ('post__isnull', False)), models.Q(('alert__isnull', True), ('digest__isnull', True), ('kind', 'digest'), ('post__isnull', True)), _connector='OR'), name='notification_is_about_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_by', ''), ('held_until__isnull', True), models.Q(('state__in', ['held', 'digested']), _negated=True)), models.Q(('held_by__in', ['quiet', 'storm', 'cap', 'bundle', 'stop']), ('held_until__isnull', False)), _connector='OR'), name='notification_held_says_until_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('digest__isnull', False), ('state', 'digested')), models.Q(models.Q(('state', 'digested'), _negated=True), ('digest__isnull', True)), _connector='OR'), name='notification_digested_in_a_digest'),
        ),
        migrations.AddField(
            model_name='calendarfeed',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calendar_feeds', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='dutyneed',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='duty_needs', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='answered_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='offered',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps_offered', to='tracker.dutypost', verbose_name='shift offered'),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='offered_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered by'),
        ),
        migrations.AddField(
            model_name='dutyswap',
            name='wanted',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='swaps_wanted', to='tracker.dutypost', verbose_name='shift wanted'),
        ),
        migrations.AddField(
            model_name='dutywish',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='duty_wish', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='rotation',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rotations', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddField(
            model_name='dutypost',
            name='rotation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='tracker.rotation', verbose_name='rotation'),
        ),
        migrations.AddIndex(
            model_name='dutypost',
            index=models.Index(fields=['since_at'], name='duty_begins'),
        ),
        migrations.AddConstraint(
            model_name='dutypost',
            constraint=models.CheckConstraint(condition=models.Q(('instead_of__isnull', True), models.Q(('instead_of', models.F('id')), _negated=True), _connector='OR'), name='duty_is_not_instead_of_itself'),
        ),
        migrations.AddField(
            model_name='rotationmember',
            name='rotation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='tracker.rotation', verbose_name='rotation'),
        ),
        migrations.AddField(
            model_name='rotationmember',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='stormmode',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='switched by person'),
        ),
        migrations.AddField(
            model_name='stormmode',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='storm_modes', to='incidents.organization', verbose_name='organisation'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.CheckConstraint(condition=models.Q(('token_digest__regex', '^[0-9a-f]{64}$')), name='feed_keeps_a_digest_only'),
        ),
        migrations.AddConstraint(
            model_name='calendarfeed',
            constraint=models.CheckConstraint(condition=models.Q(('made_at__isnull', True), ('revoked_at__isnull', True), ('revoked_at__gte', models.F('made_at')), _connector='OR'), name='feed_made_revoked_in_order', violation_error_message='These moments run backwards.'),
        ),
        migrations.AddConstraint(
            model_name='dutyneed',
            constraint=models.UniqueConstraint(condition=models.Q(('until_at__isnull', True)), fields=('organization', 'role'), name='need_once_at_a_time', violation_error_message='This post is to be manned already.'),
        ),
        migrations.AddConstraint(
            model_name='dutyneed',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['D', 'L', 'S', 'O', 'C', 'M', 'E', 'V', 'G', 'U', 'N'])), name='need_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='dutyneed',
            constraint=models.CheckConstraint(condition=models.Q(('since_at__isnull', True), ('until_at__isnull', True), ('until_at__gte', models.F('since_at')), _connector='OR'), name='need_since_until_in_order', violation_error_message='These moments run backwards.'),
        ),
        migrations.AddConstraint(
            model_name='dutyswap',
            constraint=models.CheckConstraint(condition=models.Q(('offered', models.F('wanted')), _negated=True), name='swap_is_of_two_shifts'),
        ),
        migrations.AddConstraint(
            model_name='dutyswap',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('answered_by__isnull', True), ('state', 'offered')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state__in', ['agreed', 'declined'])), _connector='OR'), name='swap_answer_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='dutyswap',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(('state', 'agreed'), _negated=True), models.Q(('answered_by', models.F('offered_by')), _negated=True), _connector='OR'), name='swap_is_answered_by_the_other'),
        ),
        migrations.AddConstraint(
            model_name='dutyswap',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'offered')), fields=('offered', 'wanted'), name='swap_offered_once'),
        ),
        migrations.AddConstraint(
            model_name='dutyswap',
            constraint=models.CheckConstraint(condition=models.Q(('offered_at__isnull', True), ('answered_at__isnull', True), ('answered_at__gte', models.F('offered_at')), _connector='OR'), name='swap_offered_answered_in_order', violation_error_message='These moments run backwards.'),
        ),
        migrations.AddIndex(
            model_name='rotation',
            index=models.Index(condition=models.Q(('next_due_at__isnull', False)), fields=['next_due_at'], name='rotation_due'),
        ),
        migrations.AddConstraint(
            model_name='rotation',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['D', 'L', 'S', 'O', 'C', 'M', 'E', 'V', 'G', 'U', 'N'])), name='rotation_role_is_known'),
        ),
        migrations.AddConstraint(
            model_name='rotation',
            constraint=models.CheckConstraint(condition=models.Q(('pattern__in', ['daily', 'day_night', 'weekly'])), name='rotation_pattern_is_known'),
        ),
        migrations.AddConstraint(
            model_name='rotation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_at__isnull', True), ('next_due_at__isnull', False)), models.Q(('ends_at__isnull', False), ('next_due_at__isnull', True)), _connector='OR'), name='rotation_ended_plans_nothing'),
        ),
        migrations.AddConstraint(
            model_name='rotationmember',
            constraint=models.UniqueConstraint(fields=('rotation', 'position'), name='rotation_place_once'),
        ),
        migrations.AddConstraint(
            model_name='rotationmember',
            constraint=models.UniqueConstraint(fields=('rotation', 'user'), name='rotation_person_once'),
        ),
        migrations.AddConstraint(
            model_name='stormmode',
            constraint=models.CheckConstraint(condition=models.Q(('since_at__isnull', True), ('until_at__isnull', True), ('until_at__gte', models.F('since_at')), _connector='OR'), name='storm_mode_since_until_in_order', violation_error_message='These moments run backwards.'),
        ),
        migrations.AddConstraint(
            model_name='stormmode',
            constraint=models.CheckConstraint(condition=models.Q(('switch__in', ['counted', 'on', 'off'])), name='storm_mode_switch_is_known'),
        ),
        migrations.AddConstraint(
            model_name='stormmode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('alerts__isnull', False), ('made_by__isnull', True), ('switch', 'counted')), models.Q(models.Q(('switch', 'counted'), _negated=True), ('alerts__isnull', True), ('made_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='storm_mode_is_somebodys'),
        ),
        migrations.AddConstraint(
            model_name='stormmode',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('switch', 'counted')), expressions=[('organization', '='), (django.db.models.functions.comparison.Cast('is_exercise', models.IntegerField()), '='), (models.Func(models.F('since_at'), models.F('until_at'), models.Value('[)'), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='storm_mode_counted_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='stormmode',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('switch', 'counted'), _negated=True), expressions=[('organization', '='), (django.db.models.functions.comparison.Cast('is_exercise', models.IntegerField()), '='), (models.Func(models.F('since_at'), models.F('until_at'), models.Value('[)'), function='TSTZRANGE', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='storm_mode_switched_once_at_a_time', violation_error_message='A person has switched it for that time already.'),
        ),
    ]
