from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_sync")]

    operations = [
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(fields=["-reported_at", "-id"], name="outage_newest"),
        ),
    ]
