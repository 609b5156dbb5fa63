import django.db.models.deletion
import django.db.models.lookups
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0007_held_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='identity')),
                ('client_id', models.UUIDField(verbose_name="phone's id")),
                ('client_digest', models.CharField(max_length=64, verbose_name='digest of the body')),
                ('caption', models.CharField(blank=True, max_length=300, verbose_name='caption')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name of the file')),
                ('size', models.PositiveIntegerField(verbose_name='size announced (bytes)')),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256')),
                ('state', models.CharField(choices=[('uploading', 'Uploading'), ('received', 'Received, being prepared'), ('ready', 'Ready'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('terminated', 'Upload ended by the phone'), ('abandoned', 'Upload abandoned')], default='uploading', max_length=12, verbose_name='state')),
                ('problem', models.CharField(blank=True, choices=[('digest-mismatch', 'Other bytes arrived than were announced'), ('type-unsupported', 'No JPEG, PNG or WebP'), ('animated', 'More than one picture'), ('truncated', 'Part of the picture is missing'), ('too-many-pixels', 'Too many pixels'), ('too-much-memory', 'Needs too much memory'), ('too-slow', 'Takes too long to decode'), ('unreadable', 'The picture cannot be read'), ('duplicate', 'The same photo is there already')], max_length=20, verbose_name='why refused')),
                ('end_reason', models.CharField(blank=True, max_length=300, verbose_name='why withdrawn')),
                ('keeps_position', models.BooleanField(default=True, verbose_name='position may be kept')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='taken')),
                ('taken_basis', models.CharField(blank=True, choices=[('exif', 'Camera, with its offset'), ('phone', 'Told by the phone'), ('exif_assumed', 'Camera, Chinese time assumed')], max_length=12, verbose_name='time known from')),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='latitude')),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, verbose_name='longitude')),
                ('crs', models.CharField(blank=True, choices=[('EPSG:4490', 'CGCS2000'), ('EPSG:4326', 'WGS 84'), ('GCJ-02', 'GCJ-02 (Chinese phone maps, offset)')], max_length=12, verbose_name='coordinate system')),
                ('width_px', models.PositiveIntegerField(blank=True, null=True, verbose_name='width (px)')),
                ('height_px', models.PositiveIntegerField(blank=True, null=True, verbose_name='height (px)')),
                ('stored_size', models.PositiveIntegerField(blank=True, null=True, verbose_name='size kept (bytes)')),
                ('store_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='key in the store')),
                ('uploaded', models.PositiveIntegerField(default=0, verbose_name='bytes received')),
                ('upload_metadata', models.CharField(blank=True, max_length=4000, verbose_name='metadata of the upload')),
                ('touched_at', models.DateTimeField(verbose_name='last bytes')),
                ('next_try_at', models.DateTimeField(blank=True, null=True, verbose_name='next try')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('ready_at', models.DateTimeField(blank=True, null=True, verbose_name='ready since')),
                ('recorded_at', models.DateTimeField(blank=True, null=True, verbose_name='recorded on the device')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.assignment', verbose_name='assignment')),
                ('check_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.checkin', verbose_name='check-in')),
                ('damage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.damage', verbose_name='damage')),
                ('hazard', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.hazard', verbose_name='hidden danger')),
                ('ice_reading', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.icereading', verbose_name='ice reading')),
                ('outage', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.outage', verbose_name='outage')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reported by')),
                ('road_block', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.roadblock', verbose_name='blocked road')),
                ('visit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.visit', verbose_name='visit of leaders')),
                ('weather_reading', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='incidents.weatherreading', verbose_name='weather reading')),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
            },
        ),
        migrations.CreateModel(
            name='UploadChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField(verbose_name='first byte')),
                ('data', models.BinaryField(verbose_name='bytes')),
                ('attachment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chunks', to='incidents.attachment', verbose_name='photo')),
            ],
            options={
                'verbose_name': 'piece of an upload',
                'verbose_name_plural': 'pieces of uploads',
            },
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['next_try_at'], name='attachment_owed'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(condition=models.Q(('state', 'uploading')), fields=['touched_at'], name='attachment_uploading'),
        ),
        migrations.AddIndex(
            model_name='attachment',
            index=models.Index(fields=['reported_by', 'received_at'], name='attachment_by_sender'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.UniqueConstraint(fields=('reported_by', 'client_id'), name='attachment_client_id_once'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(models.Func(models.F('outage'), models.F('damage'), models.F('ice_reading'), models.F('weather_reading'), models.F('road_block'), models.F('hazard'), models.F('assignment'), models.F('check_in'), models.F('visit'), function='num_nonnulls', output_field=models.IntegerField()), 1)), name='attachment_is_of_one_thing', violation_error_message='A photo is of exactly one thing.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('size__isnull', True), models.Q(('size__gte', 1), ('size__lte', 12582912)), _connector='OR'), name='attachment_size_in_range', violation_error_message='Outside the allowed range 1 to 12582912.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('latitude__isnull', True), models.Q(('latitude__gte', -90), ('latitude__lte', 90)), _connector='OR'), name='attachment_latitude_in_range', violation_error_message='Outside the allowed range -90 to 90.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('longitude__isnull', True), models.Q(('longitude__gte', -180), ('longitude__lte', 180)), _connector='OR'), name='attachment_longitude_in_range', violation_error_message='Outside the allowed range -180 to 180.'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('uploaded__lte', models.F('size'))), name='attachment_bytes_within_size'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['received', 'ready', 'refused', 'withdrawn']), ('uploaded', models.F('size'))), models.Q(models.Q(('state__in', ['received', 'ready', 'refused', 'withdrawn']), _negated=True), models.Q(('uploaded', models.F('size')), _negated=True)), _connector='OR'), name='attachment_whole_when_received'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['ready', 'withdrawn']), ('height_px__isnull', False), ('ready_at__isnull', False), ('stored_size__isnull', False), ('width_px__isnull', False)), models.Q(models.Q(('state__in', ['ready', 'withdrawn']), _negated=True), models.Q(('height_px__isnull', False), ('ready_at__isnull', False), ('stored_size__isnull', False), ('width_px__isnull', False), _negated=True)), _connector='OR'), name='attachment_kept_is_a_picture'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['refused']), models.Q(('problem', ''), _negated=True)), models.Q(models.Q(('state__in', ['refused']), _negated=True), ('problem', '')), _connector='OR'), name='attachment_refused_for_a_problem'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['withdrawn']), models.Q(('end_reason', ''), _negated=True)), models.Q(models.Q(('state__in', ['withdrawn']), _negated=True), ('end_reason', '')), _connector='OR'), name='attachment_withdrawn_with_reason'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['received']), ('next_try_at__isnull', False)), models.Q(models.Q(('state__in', ['received']), _negated=True), models.Q(('next_try_at__isnull', False), _negated=True)), _connector='OR'), name='attachment_owed_when_received'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('crs', ''), ('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('latitude__isnull', False), ('longitude__isnull', False), models.Q(('crs', ''), _negated=True)), _connector='OR'), name='attachment_position_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_at__isnull', True), ('taken_basis', '')), models.Q(('taken_at__isnull', False), models.Q(('taken_basis', ''), _negated=True)), _connector='OR'), name='attachment_time_says_whence'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^([0-9a-f]{64})?$')), name='attachment_digest_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='uploadchunk',
            constraint=models.UniqueConstraint(fields=('attachment', 'start'), name='upload_chunk_once'),
        ),
        # What arrives is compressed already.
        migrations.RunSQL(
            "ALTER TABLE incidents_uploadchunk ALTER COLUMN data SET STORAGE EXTERNAL;",
            "ALTER TABLE incidents_uploadchunk ALTER COLUMN data SET STORAGE EXTENDED;",
        ),
    ]
