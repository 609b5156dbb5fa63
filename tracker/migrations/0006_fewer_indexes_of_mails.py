"""Three indexes fewer: others begin with the same column, or nobody searches by the beginning of a number.

A mail is written four times on its way, and each time into every index of its table.
"""

from typing import ClassVar

from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    """What the number of a mail is unique by becomes a constraint with a name."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("tracker", "0005_delivery"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar[list[Operation]] = [
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(fields=("message_id",), name="notification_message_id"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="message_id",
            field=models.CharField(max_length=300, verbose_name="message id"),
        ),
        migrations.AlterField(
            model_name="notification",
            name="alert",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="notifications",
                to="tracker.alert",
                verbose_name="alert",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="recipient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=models.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="recipient",
            ),
        ),
    ]
