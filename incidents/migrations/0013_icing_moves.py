"""A section's icing moves with every reading: no index tells of what moves."""

import django.db.models.deletion
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_saved_views")]

    operations = [
        AtOnce(
            [
                migrations.AlterField(
                    "sectionicing",
                    "section",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="icing",
                        to="incidents.linesection",
                        verbose_name="line section",
                    ),
                ),
                migrations.AlterField(
                    "sectionicing",
                    "reading",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.icereading",
                        verbose_name="newest reading",
                    ),
                ),
            ]
        ),
    ]
