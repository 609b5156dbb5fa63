"""Important users, and the indexes that the rules of the watch look through."""

import django.db.models.deletion
import uuid
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0010_speed"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportantUser",
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
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("special", "Special grade"),
                            ("first", "First grade"),
                            ("second", "Second grade"),
                            ("temporary", "Temporary"),
                            ("sensitive", "Sensitive"),
                        ],
                        max_length=10,
                        verbose_name="grade",
                    ),
                ),
                (
                    "own_generator_kw",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="own generator (kW)"),
                ),
                (
                    "endurance_h",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        max_digits=5,
                        null=True,
                        verbose_name="own supply lasts (h)",
                    ),
                ),
                ("contact", models.CharField(blank=True, max_length=60, verbose_name="contact")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="facts confirmed")),
                (
                    "supplied_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("own_generator", "Own generator"),
                            ("generator_car", "Generator car"),
                            ("other_line", "Another line"),
                        ],
                        max_length=14,
                        verbose_name="emergency supply",
                    ),
                ),
                (
                    "supplied_since_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="supplied since"),
                ),
                (
                    "supplied_until_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="fuel lasts until"),
                ),
                (
                    "retired_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="no longer important"),
                ),
            ],
            options={
                "verbose_name": "important user",
                "verbose_name_plural": "important users",
            },
        ),
        migrations.AddIndex(
            model_name="damage",
            index=models.Index(
                condition=models.Q(("is_live_hazard", True), ("made_safe_at__isnull", True)),
                fields=["outage"],
                name="damage_still_dangerous",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(("restored_at__isnull", False)),
                fields=["restored_at"],
                name="outage_restored",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("status__in", ["accepted", "en_route"])),
                fields=["accepted_at"],
                name="assignment_on_the_way",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("status", "on_site")), fields=["on_site_at"], name="assignment_on_site"
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(
                    ("status", "on_site"), models.Q(("briefed_at", None), ("permit_no", ""), _connector="OR")
                ),
                fields=["on_site_at"],
                name="assignment_unbriefed",
            ),
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(Coalesce("departed_at", "on_site_at"), name="assignment_set_out"),
        ),
        migrations.AddIndex(
            model_name="estimate",
            index=models.Index(fields=["value_at"], include=("outage",), name="estimate_promised"),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(("status", "restored")), fields=["isolated_at"], name="outage_not_closed"
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(("status__in", ["reported", "confirmed", "located", "isolated"])),
                fields=["reported_at"],
                name="outage_without_work",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                Coalesce("occurred_at", "reported_at"),
                condition=models.Q(
                    ("status__in", ["restored", "closed", "momentary", "cancelled", "reopened"]),
                    _negated=True,
                ),
                name="outage_began",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                Coalesce("confirmed_at", "reported_at"),
                condition=models.Q(
                    ("status__in", ["restored", "closed", "momentary", "cancelled", "reopened"]),
                    _negated=True,
                ),
                name="outage_taken_up",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["restored", "closed", "momentary", "cancelled", "reopened"]),
                    _negated=True,
                ),
                fields=["customers_affected"],
                name="outage_customers",
            ),
        ),
        migrations.AddIndex(
            model_name="outage",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["restored", "closed", "momentary", "cancelled", "reopened"]),
                    _negated=True,
                ),
                fields=["mv_users"],
                name="outage_areas",
            ),
        ),
        migrations.AddField(
            model_name="importantuser",
            name="feeders",
            field=models.ManyToManyField(
                blank=True, related_name="important_users", to="incidents.line", verbose_name="feeders"
            ),
        ),
        migrations.AddField(
            model_name="importantuser",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="important_users",
                to="incidents.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantuser",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at__isnull", True)),
                fields=("organization", "name"),
                name="important_user_once",
                violation_error_message="This user is on record already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantuser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("own_generator_kw__isnull", True),
                    models.Q(("own_generator_kw__gte", 1), ("own_generator_kw__lte", 100000)),
                    _connector="OR",
                ),
                name="important_user_own_generator_kw_in_range",
                violation_error_message="Outside the allowed range 1 to 100000.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantuser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("endurance_h__isnull", True),
                    models.Q(("endurance_h__gte", 0), ("endurance_h__lte", 999)),
                    _connector="OR",
                ),
                name="important_user_endurance_h_in_range",
                violation_error_message="Outside the allowed range 0 to 999.",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantuser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("supplied_by", ""),
                        ("supplied_since_at__isnull", True),
                        ("supplied_until_at__isnull", True),
                    ),
                    models.Q(
                        models.Q(("supplied_by", ""), _negated=True), ("supplied_since_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="important_user_supply_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="importantuser",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supplied_since_at__isnull", True),
                    ("supplied_until_at__isnull", True),
                    ("supplied_until_at__gte", models.F("supplied_since_at")),
                    _connector="OR",
                ),
                name="important_user_supplied_since_supplied_until_in_order",
                violation_error_message="These moments run backwards.",
            ),
        ),
    ]
