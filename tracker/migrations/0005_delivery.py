"""Gateways, bounces, relays, and the times at which the watch itself was ill."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [("tracker", "0004_watch_guards")]

    operations = [
        migrations.CreateModel(
            name="Hook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identity"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("url", models.CharField(max_length=500, verbose_name="address of the gateway")),
                (
                    "format",
                    models.CharField(
                        choices=[("full", "Whole text"), ("short", "One line, for text messages")],
                        default="full",
                        max_length=8,
                        verbose_name="format",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("zh-hans", "Chinese"), ("en", "English")], max_length=8
                        ),
                        size=None,
                        verbose_name="languages",
                    ),
                ),
                ("enabled", models.BooleanField(default=True, verbose_name="switched on")),
                (
                    "secret_number",
                    models.PositiveIntegerField(default=1, verbose_name="number of the secret"),
                ),
                ("secret_digest", models.CharField(max_length=64, verbose_name="digest of the secret")),
                ("secret_made_at", models.DateTimeField(verbose_name="secret made")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("failures", models.PositiveIntegerField(default=0, verbose_name="failures in a row")),
                ("failing_since", models.DateTimeField(blank=True, null=True, verbose_name="failing since")),
                ("rests_until", models.DateTimeField(blank=True, null=True, verbose_name="left alone until")),
                ("last_accepted_at", models.DateTimeField(blank=True, null=True, verbose_name="last answer")),
                ("last_error", models.CharField(blank=True, max_length=300, verbose_name="last error")),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hooks",
                        to="incidents.organization",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "gateway",
                "verbose_name_plural": "gateways",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("enabled", True)),
                        fields=("organization",),
                        name="hook_one_at_work_an_organization",
                        nulls_distinct=False,
                        violation_error_message="This organisation has a gateway that is switched on already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("url__regex", "^https?://[^/@ ]+(/[^ ]*)?$")),
                        name="hook_speaks_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("languages__len__gte", 1), ("languages__contained_by", ["zh-hans", "en"])
                        ),
                        name="hook_carries_known_languages",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["full", "short"])), name="hook_format_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("secret_digest__regex", "^[0-9a-f]{64}$")),
                        name="hook_keeps_a_digest_only",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("failing_since__isnull", True),
                                ("failures", 0),
                                ("rests_until__isnull", True),
                            ),
                            models.Q(
                                ("failing_since__isnull", False),
                                ("failures__gte", 1),
                                ("rests_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="hook_failing_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchFailure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[("dead", "The watch did not turn"), ("late", "Something due was not done")],
                        max_length=8,
                        verbose_name="what was wrong",
                    ),
                ),
                ("began_at", models.DateTimeField(verbose_name="began")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="well again")),
                ("told_at", models.DateTimeField(blank=True, null=True, verbose_name="last told")),
                (
                    "told",
                    models.JSONField(
                        blank=True,
                        default=list,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="how it was told",
                    ),
                ),
            ],
            options={
                "verbose_name": "failure of the watch",
                "verbose_name_plural": "failures of the watch",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("why",),
                        name="watch_failure_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["dead", "late"])), name="watch_failure_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("began_at__isnull", True),
                            ("ended_at__isnull", True),
                            ("ended_at__gte", models.F("began_at")),
                            _connector="OR",
                        ),
                        name="watch_failure_began_ended_in_order",
                        violation_error_message="These moments run backwards.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Bounce",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="identity"
                    ),
                ),
                ("address", models.EmailField(max_length=254, verbose_name="address")),
                ("at", models.DateTimeField(verbose_name="came back")),
                ("status", models.CharField(blank=True, max_length=20, verbose_name="code of the server")),
                ("told", models.CharField(max_length=300, verbose_name="words of the server")),
                ("cleared_at", models.DateTimeField(blank=True, null=True, verbose_name="reachable again")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "cleared_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="said by",
                    ),
                ),
                (
                    "notification",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tracker.notification",
                        verbose_name="notification",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bounces",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail that came back",
                "verbose_name_plural": "mails that came back",
                "indexes": [
                    models.Index(
                        condition=models.Q(("cleared_at__isnull", True)), fields=["user"], name="bounce_open"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("at__isnull", True),
                            ("cleared_at__isnull", True),
                            ("cleared_at__gte", models.F("at")),
                            _connector="OR",
                        ),
                        name="bounce_at_cleared_in_order",
                        violation_error_message="These moments run backwards.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cleared_by__isnull", True), ("reason", "")),
                            models.Q(
                                ("cleared_at__isnull", False),
                                ("cleared_by__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="bounce_cleared_is_whole",
                    ),
                ],
            },
        ),
        AtOnce(
            [
                migrations.RemoveConstraint(
                    model_name="notification",
                    name="notification_accepted_is_whole",
                ),
                migrations.RemoveConstraint(
                    model_name="notification",
                    name="notification_owed_or_settled",
                ),
                migrations.RemoveIndex(
                    model_name="notification",
                    name="notification_owed",
                ),
                migrations.AddField(
                    model_name="notification",
                    name="bounce",
                    field=models.CharField(
                        blank=True, db_default="", default="", max_length=300, verbose_name="why it came back"
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="bounced_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="came back"),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="relay",
                    field=models.CharField(
                        blank=True, db_default="", default="", max_length=100, verbose_name="taken by"
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="replayed_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="sent again by hand"),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="channel",
                    field=models.CharField(
                        choices=[("mail", "Mail"), ("webhook", "Gateway")],
                        max_length=8,
                        verbose_name="through",
                    ),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("held", "Held back"),
                            ("leased", "Being sent"),
                            ("accepted", "Taken by mail server or gateway"),
                            ("failed", "Failed"),
                            ("uncertain", "Sent without an answer"),
                            ("superseded", "No longer needed"),
                            ("digested", "Told in a digest"),
                            ("bounced", "Came back undelivered"),
                        ],
                        default="queued",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                migrations.AlterField(
                    model_name="rulelevel",
                    name="channel",
                    field=models.CharField(
                        choices=[("mail", "Mail"), ("webhook", "Gateway"), ("both", "Mail and gateway")],
                        default="mail",
                        max_length=8,
                        verbose_name="through",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="rulelevel",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("channel__in", ["mail", "webhook", "both"])),
                        name="level_channel_is_known",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="hook",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="tracker.hook",
                        verbose_name="gateway",
                    ),
                ),
                migrations.AddIndex(
                    model_name="notification",
                    index=models.Index(
                        condition=models.Q(("next_try_at__isnull", False)),
                        fields=["channel", "-urgency", "next_try_at", "id"],
                        name="notification_owed",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_try_at__isnull", False), ("state", "queued")),
                            ("state__in", ["leased", "uncertain"]),
                            models.Q(
                                ("next_try_at__isnull", True),
                                (
                                    "state__in",
                                    ["accepted", "failed", "superseded", "held", "digested", "bounced"],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="notification_owed_or_settled",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                            ("state", "bounced"),
                            models.Q(
                                models.Q(("state__in", ["accepted", "bounced"]), _negated=True),
                                ("accepted_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="notification_accepted_is_whole",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("bounced_at__isnull", False),
                                ("channel", "mail"),
                                models.Q(("bounce", ""), _negated=True),
                            ),
                            models.Q(
                                ("bounce", ""),
                                ("bounced_at__isnull", True),
                                models.Q(("state", "bounced"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="notification_bounced_says_when_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "mail"), ("hook__isnull", True)),
                            models.Q(("channel", "webhook"), ("hook__isnull", False)),
                            _connector="OR",
                        ),
                        name="notification_through_a_gateway_names_it",
                    ),
                ),
            ]
        ),
    ]
