"""Scopes that cursors of the changes refer to."""

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_attachments")]

    operations = [
        migrations.CreateModel(
            name="SyncScope",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("digest", models.CharField(max_length=32, verbose_name="digest")),
                (
                    "body",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="what is in sight",
                    ),
                ),
                ("made_at", models.DateTimeField(verbose_name="first seen")),
            ],
            options={
                "verbose_name": "scope of a phone",
                "verbose_name_plural": "scopes of phones",
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="sync_scope_once"),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{32}$")),
                        name="sync_scope_digest_is_whole",
                    ),
                ],
            },
        ),
    ]
