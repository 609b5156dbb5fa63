"""When a scope was last used, so that it can be let go."""

from django.db import migrations, models
from django.utils import timezone

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [("incidents", "0007_sign_in")]

    operations = [
        AtOnce(
            [
                migrations.AddField(
                    "syncscope",
                    "touched_at",
                    models.DateTimeField(default=timezone.now, verbose_name="last used"),
                    preserve_default=False,
                ),
                migrations.AddIndex(
                    "syncscope", models.Index(fields=["touched_at"], name="sync_scope_by_use")
                ),
            ]
        ),
    ]
