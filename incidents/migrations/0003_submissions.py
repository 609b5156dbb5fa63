import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):

    dependencies = [
        ('incidents', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Submission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, verbose_name='key')),
                ('route', models.CharField(max_length=200, verbose_name='address')),
                ('digest', models.CharField(max_length=64, verbose_name='digest of the body')),
                ('status', models.PositiveSmallIntegerField(verbose_name='status')),
                ('body', models.TextField(blank=True, verbose_name='answer')),
                ('headers', models.JSONField(blank=True, default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name='headers')),
                ('created_at', models.DateTimeField(verbose_name='received')),
            ],
            options={
                'verbose_name': 'submission',
                'verbose_name_plural': 'submissions',
            },
        ),
        AtOnce(
            [
                migrations.AddField(
                    model_name='submission',
                    name='user',
                    field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
                ),
                migrations.AddIndex(
                    model_name='submission',
                    index=models.Index(fields=['created_at'], name='submission_by_age'),
                ),
                migrations.AddConstraint(
                    model_name='submission',
                    constraint=models.UniqueConstraint(fields=('user', 'key'), name='submission_key_once'),
                ),
                migrations.AddConstraint(
                    model_name='submission',
                    constraint=models.CheckConstraint(condition=models.Q(('status__range', (200, 299))), name='submission_keeps_successes_only'),
                ),
                migrations.AddConstraint(
                    model_name='submission',
                    constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='submission_digest_is_whole'),
                ),
            ]
        ),
    ]
