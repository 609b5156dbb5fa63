"""Duty, all rules, response levels, digests, situation reports and replays."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import uuid
from django.conf import settings
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [("tracker", "0002_guards"), ("incidents", "0006_field_guards")]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="AreaProfile",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="area_profiles",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "area",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("province", "Province, load from 20,000 MW"),
                                    ("capital", "Provincial capital, load from 2,000 MW"),
                                    ("city_large", "Prefecture city, load from 600 MW"),
                                    ("city_small", "Prefecture city, load below 600 MW"),
                                    ("county_large", "County-level city, load from 150 MW"),
                                    ("county_small", "County-level city, load below 150 MW"),
                                ],
                                max_length=16,
                                verbose_name="area",
                            ),
                        ),
                        (
                            "load_mw",
                            models.DecimalField(
                                blank=True, decimal_places=1, max_digits=8, null=True, verbose_name="load (MW)"
                            ),
                        ),
                        ("customers", models.PositiveIntegerField(blank=True, null=True, verbose_name="customers")),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                    ],
                    options={
                        "verbose_name": "profile of an area",
                        "verbose_name_plural": "profiles of areas",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("valid_to__isnull", True)),
                                fields=("organization",),
                                name="profile_one_current",
                                violation_error_message="This organisation has a current profile already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gt", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="profile_dates_in_order",
                                violation_error_message="It would end before it begins.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("load_mw__isnull", True),
                                    models.Q(("load_mw__gte", 0.1), ("load_mw__lte", 200000)),
                                    _connector="OR",
                                ),
                                name="profile_load_mw_in_range",
                                violation_error_message="Outside the allowed range 0.1 to 200000.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("customers__isnull", False), ("load_mw__isnull", False), _connector="OR"
                                    ),
                                    models.Q(("source", ""), _negated=True),
                                ),
                                name="profile_says_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("customers__isnull", True), ("customers__gte", 1), _connector="OR"
                                ),
                                name="profile_customers_positive",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarFeed",
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
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calendar_feeds",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        ("token_digest", models.CharField(max_length=64, unique=True, verbose_name="token digest")),
                        ("made_at", models.DateTimeField(verbose_name="made")),
                        ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                    ],
                    options={
                        "verbose_name": "calendar address",
                        "verbose_name_plural": "calendar addresses",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("token_digest__regex", "^[0-9a-f]{64}$")),
                                name="feed_keeps_a_digest_only",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("made_at__isnull", True),
                                    ("revoked_at__isnull", True),
                                    ("revoked_at__gte", models.F("made_at")),
                                    _connector="OR",
                                ),
                                name="feed_made_revoked_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutyNeed",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duty_needs",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("D", "Duty officer"),
                                    ("L", "Crew leader"),
                                    ("S", "Head of the supply station"),
                                    ("O", "Distribution operations chief"),
                                    ("C", "Grid control"),
                                    ("M", "Marketing and 95598"),
                                    ("E", "Emergency office"),
                                    ("V", "Deputy general manager"),
                                    ("G", "General manager"),
                                    ("U", "Emergency office of the upper company"),
                                    ("N", "Regulator liaison"),
                                ],
                                max_length=1,
                                verbose_name="role",
                            ),
                        ),
                        ("since_at", models.DateTimeField(verbose_name="since")),
                        ("until_at", models.DateTimeField(blank=True, null=True, verbose_name="until")),
                    ],
                    options={
                        "verbose_name": "post to be manned",
                        "verbose_name_plural": "posts to be manned",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until_at__isnull", True)),
                                fields=("organization", "role"),
                                name="need_once_at_a_time",
                                violation_error_message="This post is to be manned already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role__in", ["D", "L", "S", "O", "C", "M", "E", "V", "G", "U", "N"])
                                ),
                                name="need_role_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("since_at__isnull", True),
                                    ("until_at__isnull", True),
                                    ("until_at__gte", models.F("since_at")),
                                    _connector="OR",
                                ),
                                name="need_since_until_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutySwap",
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
                        (
                            "offered",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="swaps_offered",
                                to="tracker.dutypost",
                                verbose_name="shift offered",
                            ),
                        ),
                        (
                            "wanted",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="swaps_wanted",
                                to="tracker.dutypost",
                                verbose_name="shift wanted",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("offered", "Offered"),
                                    ("agreed", "Agreed, exchanged"),
                                    ("declined", "Declined"),
                                ],
                                default="offered",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("offered_at", models.DateTimeField(verbose_name="offered")),
                        (
                            "offered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="offered by",
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="answered by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "exchange of shifts",
                        "verbose_name_plural": "exchanges of shifts",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("offered", models.F("wanted")), _negated=True),
                                name="swap_is_of_two_shifts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answered_at__isnull", True),
                                        ("answered_by__isnull", True),
                                        ("state", "offered"),
                                    ),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                        ("state__in", ["agreed", "declined"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="swap_answer_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("answered_by__isnull", True),
                                    models.Q(("state", "agreed"), _negated=True),
                                    models.Q(("answered_by", models.F("offered_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="swap_is_answered_by_the_other",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "offered")),
                                fields=("offered", "wanted"),
                                name="swap_offered_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("offered_at__isnull", True),
                                    ("answered_at__isnull", True),
                                    ("answered_at__gte", models.F("offered_at")),
                                    _connector="OR",
                                ),
                                name="swap_offered_answered_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DutyWish",
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
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="duty_wish",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        ("shift_mails", models.BooleanField(default=False, verbose_name="mail before my shifts")),
                        ("off_duty_mails", models.BooleanField(default=False, verbose_name="urgent mails off duty")),
                    ],
                    options={
                        "verbose_name": "wish about duty mails",
                        "verbose_name_plural": "wishes about duty mails",
                    },
                ),
                migrations.CreateModel(
                    name="EmergencyResponse",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "storm",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="incidents.storm",
                                verbose_name="storm",
                            ),
                        ),
                        ("is_exercise", models.BooleanField(default=False, verbose_name="exercise")),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("IV", "Level IV (blue)"),
                                    ("III", "Level III (yellow)"),
                                    ("II", "Level II (orange)"),
                                    ("I", "Level I (red)"),
                                ],
                                max_length=3,
                                verbose_name="level",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("proposed", "Proposed"),
                                    ("expired", "Proposal ran out"),
                                    ("withdrawn", "Proposal withdrawn, condition gone"),
                                    ("declined", "Declined"),
                                    ("started", "In force"),
                                    ("ended", "Ended"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("basis", models.CharField(max_length=500, verbose_name="basis")),
                        ("proposed_at", models.DateTimeField(blank=True, null=True, verbose_name="proposed")),
                        ("seen_at", models.DateTimeField(blank=True, null=True, verbose_name="condition last met")),
                        (
                            "expires_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="proposal void from"),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="decided by",
                            ),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                        (
                            "ended_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="ended by",
                            ),
                        ),
                        (
                            "follows",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="tracker.emergencyresponse",
                                verbose_name="takes the place of",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "emergency response",
                        "verbose_name_plural": "emergency responses",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state", "proposed")),
                                fields=("organization", "is_exercise"),
                                name="response_one_proposal",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["started"])),
                                fields=("organization", "is_exercise"),
                                name="response_one_in_force",
                                violation_error_message="A response is in force here already: raise or lower it.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("basis", ""), _negated=True), name="response_names_its_basis"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True),
                                        ("decided_by__isnull", True),
                                        ("expires_at__isnull", False),
                                        ("seen_at__isnull", False),
                                        ("state__in", ["proposed", "expired", "withdrawn"]),
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("state__in", ["started", "declined", "ended"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="response_decided_by_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False), ("ended_by__isnull", False), ("state", "ended")
                                    ),
                                    models.Q(
                                        models.Q(("state", "ended"), _negated=True),
                                        ("ended_at__isnull", True),
                                        ("ended_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="response_end_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at__isnull", True),
                                    ("ended_at__gte", models.F("decided_at")),
                                    _connector="OR",
                                ),
                                name="response_ends_after_it_began",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Holding",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("rule_code", models.CharField(max_length=8, verbose_name="rule code")),
                        ("subject_type", models.CharField(max_length=30, verbose_name="subject type")),
                        ("subject_id", models.BigIntegerField(verbose_name="subject number")),
                        ("is_exercise", models.BooleanField(default=False, verbose_name="exercise")),
                        ("since_at", models.DateTimeField(blank=True, null=True, verbose_name="holds since")),
                    ],
                    options={
                        "verbose_name": "condition on the way",
                        "verbose_name_plural": "conditions on the way",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("since_at__isnull", False)),
                                fields=["rule_code"],
                                name="holding_waiting",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("rule_code", "subject_type", "subject_id", "is_exercise"),
                                name="holding_once_a_subject",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("rule_code__regex", "^E[0-9]{2}$")),
                                name="holding_code_is_a_letter_and_two_digits",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Replay",
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
                        (
                            "storm",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replays",
                                to="incidents.storm",
                                verbose_name="storm",
                            ),
                        ),
                        ("label", models.CharField(max_length=100, verbose_name="rules")),
                        (
                            "rules",
                            models.JSONField(
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="rules in words",
                            ),
                        ),
                        ("from_at", models.DateTimeField(verbose_name="from")),
                        ("to_at", models.DateTimeField(verbose_name="to")),
                        ("step_s", models.PositiveIntegerField(verbose_name="step (s)")),
                        (
                            "alerts",
                            models.JSONField(
                                blank=True,
                                default=list,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="alerts",
                            ),
                        ),
                        ("run_at", models.DateTimeField(verbose_name="run")),
                        (
                            "run_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="run by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "replay",
                        "verbose_name_plural": "replays",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("to_at__gt", models.F("from_at"))), name="replay_runs_forward"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("step_s__gte", 1)), name="replay_step_is_positive"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportRecipient",
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
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "kinds",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("flash", "Flash report"),
                                        ("follow_up", "Follow-up report"),
                                        ("verified", "Verified report"),
                                        ("detailed", "Detailed report"),
                                        ("ad_hoc", "Report as needed"),
                                        ("digest", "Digest of the situation"),
                                        ("long_tail", "List of the long tail"),
                                    ],
                                    max_length=10,
                                ),
                                size=None,
                                verbose_name="kinds",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("D", "Duty officer"),
                                    ("L", "Crew leader"),
                                    ("S", "Head of the supply station"),
                                    ("O", "Distribution operations chief"),
                                    ("C", "Grid control"),
                                    ("M", "Marketing and 95598"),
                                    ("E", "Emergency office"),
                                    ("V", "Deputy general manager"),
                                    ("G", "General manager"),
                                    ("U", "Emergency office of the upper company"),
                                    ("N", "Regulator liaison"),
                                ],
                                max_length=1,
                                verbose_name="role",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "language",
                            models.CharField(
                                blank=True,
                                choices=[("zh-hans", "Chinese"), ("en", "English")],
                                max_length=8,
                                verbose_name="language",
                            ),
                        ),
                        ("enabled", models.BooleanField(default=True, verbose_name="switched on")),
                    ],
                    options={
                        "verbose_name": "recipient of reports",
                        "verbose_name_plural": "recipients of reports",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "role", "user"),
                                name="report_recipient_once",
                                nulls_distinct=False,
                                violation_error_message="This recipient is listed already: change that row.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("user__isnull", True), models.Q(("role", ""), _negated=True)),
                                    models.Q(("role", ""), ("user__isnull", False)),
                                    _connector="OR",
                                ),
                                name="report_recipient_is_a_role_or_a_person",
                                violation_error_message="A recipient is either a role or a person.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("kinds__len__gte", 1),
                                    (
                                        "kinds__contained_by",
                                        [
                                            "flash",
                                            "follow_up",
                                            "verified",
                                            "detailed",
                                            "ad_hoc",
                                            "digest",
                                            "long_tail",
                                        ],
                                    ),
                                ),
                                name="report_recipient_names_known_kinds",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReportSchedule",
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
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("flash", "Flash report"),
                                    ("follow_up", "Follow-up report"),
                                    ("verified", "Verified report"),
                                    ("detailed", "Detailed report"),
                                    ("ad_hoc", "Report as needed"),
                                    ("digest", "Digest of the situation"),
                                    ("long_tail", "List of the long tail"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("IV", "Level IV (blue)"),
                                    ("III", "Level III (yellow)"),
                                    ("II", "Level II (orange)"),
                                    ("I", "Level I (red)"),
                                ],
                                max_length=3,
                                verbose_name="response level",
                            ),
                        ),
                        (
                            "times",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.TimeField(),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="times of day",
                            ),
                        ),
                        (
                            "after_min",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="after the event (min)"),
                        ),
                        (
                            "cutoff_min",
                            models.PositiveIntegerField(default=0, verbose_name="numbers taken before (min)"),
                        ),
                        (
                            "keep_min",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="still sent for (min)"),
                        ),
                        ("enabled", models.BooleanField(default=True, verbose_name="switched on")),
                        ("source", models.CharField(max_length=300, verbose_name="source")),
                    ],
                    options={
                        "verbose_name": "schedule of reports",
                        "verbose_name_plural": "schedules of reports",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organization", "kind", "level", "cutoff_min"),
                                name="report_schedule_once",
                                nulls_distinct=False,
                                violation_error_message="There is such a schedule already: change that one.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("after_min__isnull", False),
                                        ("kind__in", ["flash", "verified"]),
                                        ("times__len", 0),
                                    ),
                                    models.Q(
                                        ("after_min__isnull", True),
                                        ("kind__in", ["follow_up", "digest", "long_tail"]),
                                        ("times__len__gte", 1),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_schedule_has_a_clock",
                                violation_error_message="Flash and verified reports follow an event, the others a time of day.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", ""), _negated=True),
                                name="report_schedule_names_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("after_min__isnull", True),
                                    models.Q(("after_min__gte", 1), ("after_min__lte", 10080)),
                                    _connector="OR",
                                ),
                                name="report_schedule_after_min_in_range",
                                violation_error_message="Outside the allowed range 1 to 10080.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cutoff_min__isnull", True),
                                    models.Q(("cutoff_min__gte", 0), ("cutoff_min__lte", 2880)),
                                    _connector="OR",
                                ),
                                name="report_schedule_cutoff_min_in_range",
                                violation_error_message="Outside the allowed range 0 to 2880.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("keep_min__isnull", True),
                                    models.Q(("keep_min__gte", 1), ("keep_min__lte", 1440)),
                                    _connector="OR",
                                ),
                                name="report_schedule_keep_min_in_range",
                                violation_error_message="Outside the allowed range 1 to 1440.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ResponseThreshold",
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
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("national", "National, an event grade"),
                                    ("company", "Company, a response level"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "area",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("province", "Province, load from 20,000 MW"),
                                    ("capital", "Provincial capital, load from 2,000 MW"),
                                    ("city_large", "Prefecture city, load from 600 MW"),
                                    ("city_small", "Prefecture city, load below 600 MW"),
                                    ("county_large", "County-level city, load from 150 MW"),
                                    ("county_small", "County-level city, load below 150 MW"),
                                ],
                                max_length=16,
                                verbose_name="area",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("IV", "Level IV (blue)"),
                                    ("III", "Level III (yellow)"),
                                    ("II", "Level II (orange)"),
                                    ("I", "Level I (red)"),
                                ],
                                max_length=3,
                                verbose_name="level",
                            ),
                        ),
                        ("clause", models.PositiveSmallIntegerField(default=1, verbose_name="clause")),
                        (
                            "measure",
                            models.CharField(
                                choices=[
                                    ("load_lost_pct", "Load lost (%)"),
                                    ("customers_out_pct", "Customers out (%)"),
                                    ("icing_ratio", "Highest icing ratio of a section"),
                                    ("lines_out", "10 and 20 kV lines out"),
                                    ("hv_lines_out", "35 and 110 kV lines out"),
                                    ("ehv_lines_out", "Lines of 220 kV and above out"),
                                    ("key_user_out_min", "Special or first-grade user out (min)"),
                                    ("support_requests", "Requests for outside support"),
                                    ("national_share", "Share of a national threshold (%)"),
                                    ("weather_warning", "Weather warning (1 blue to 4 red)"),
                                ],
                                max_length=24,
                                verbose_name="measure",
                            ),
                        ),
                        ("at_least", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="from")),
                        (
                            "below",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=9, null=True, verbose_name="below"
                            ),
                        ),
                        ("valid_from", models.DateField(verbose_name="valid from")),
                        ("valid_to", models.DateField(blank=True, null=True, verbose_name="valid to")),
                        ("basis", models.CharField(max_length=300, verbose_name="legal basis or source")),
                    ],
                    options={
                        "verbose_name": "threshold of a response level",
                        "verbose_name_plural": "thresholds of response levels",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("kind", "organization", "area", "level", "clause", "measure", "valid_from"),
                                name="threshold_once_at_a_time",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_to__isnull", True),
                                    ("valid_to__gt", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="threshold_dates_in_order",
                                violation_error_message="It would end before it begins.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("below__isnull", True), ("below__gt", models.F("at_least")), _connector="OR"
                                ),
                                name="threshold_edges_in_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("basis", ""), _negated=True), name="threshold_names_its_basis"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind", "national"),
                                        ("organization__isnull", True),
                                        models.Q(("area", ""), _negated=True),
                                    ),
                                    models.Q(("area", ""), ("kind", "company")),
                                    _connector="OR",
                                ),
                                name="threshold_kind_fits",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("at_least__isnull", True),
                                    models.Q(("at_least__gte", 0), ("at_least__lte", 1000000)),
                                    _connector="OR",
                                ),
                                name="threshold_at_least_in_range",
                                violation_error_message="Outside the allowed range 0 to 1000000.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Rotation",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rotations",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "role",
                            models.CharField(
                                choices=[
                                    ("D", "Duty officer"),
                                    ("L", "Crew leader"),
                                    ("S", "Head of the supply station"),
                                    ("O", "Distribution operations chief"),
                                    ("C", "Grid control"),
                                    ("M", "Marketing and 95598"),
                                    ("E", "Emergency office"),
                                    ("V", "Deputy general manager"),
                                    ("G", "General manager"),
                                    ("U", "Emergency office of the upper company"),
                                    ("N", "Regulator liaison"),
                                ],
                                max_length=1,
                                verbose_name="role",
                            ),
                        ),
                        ("name", models.CharField(max_length=60, verbose_name="name")),
                        (
                            "pattern",
                            models.CharField(
                                choices=[
                                    ("daily", "24 hours each, one day after the other"),
                                    ("day_night", "12 hours: a day, then a night, then off"),
                                    ("weekly", "A week each"),
                                ],
                                max_length=10,
                                verbose_name="pattern",
                            ),
                        ),
                        ("starts_at", models.DateTimeField(verbose_name="first shift begins")),
                        ("planned_until", models.DateTimeField(verbose_name="planned until")),
                        ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                        ("next_due_at", models.DateTimeField(blank=True, null=True, verbose_name="next due")),
                    ],
                    options={
                        "verbose_name": "rotation",
                        "verbose_name_plural": "rotations",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_due_at__isnull", False)),
                                fields=["next_due_at"],
                                name="rotation_due",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("role__in", ["D", "L", "S", "O", "C", "M", "E", "V", "G", "U", "N"])
                                ),
                                name="rotation_role_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("pattern__in", ["daily", "day_night", "weekly"])),
                                name="rotation_pattern_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ends_at__isnull", True), ("next_due_at__isnull", False)),
                                    models.Q(("ends_at__isnull", False), ("next_due_at__isnull", True)),
                                    _connector="OR",
                                ),
                                name="rotation_ended_plans_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RotationMember",
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
                        (
                            "rotation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="members",
                                to="tracker.rotation",
                                verbose_name="rotation",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField(verbose_name="turn")),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "member of a rotation",
                        "verbose_name_plural": "members of rotations",
                        "constraints": [
                            models.UniqueConstraint(fields=("rotation", "position"), name="rotation_place_once"),
                            models.UniqueConstraint(fields=("rotation", "user"), name="rotation_person_once"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SituationReport",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "storm",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reports",
                                to="incidents.storm",
                                verbose_name="storm",
                            ),
                        ),
                        ("is_exercise", models.BooleanField(default=False, verbose_name="exercise")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("flash", "Flash report"),
                                    ("follow_up", "Follow-up report"),
                                    ("verified", "Verified report"),
                                    ("detailed", "Detailed report"),
                                    ("ad_hoc", "Report as needed"),
                                    ("digest", "Digest of the situation"),
                                    ("long_tail", "List of the long tail"),
                                ],
                                max_length=10,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("IV", "Level IV (blue)"),
                                    ("III", "Level III (yellow)"),
                                    ("II", "Level II (orange)"),
                                    ("I", "Level I (red)"),
                                ],
                                max_length=3,
                                verbose_name="response level",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("due", "To be drafted"),
                                    ("drafted", "Drafted, to be signed"),
                                    ("signed", "Signed, to be sent"),
                                    ("sent", "Sent"),
                                    ("waived", "Not needed, as somebody decided"),
                                    ("skipped", "Skipped: its time had passed"),
                                ],
                                default="due",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("since_at", models.DateTimeField(blank=True, null=True, verbose_name="counted from")),
                        ("as_of", models.DateTimeField(verbose_name="as of")),
                        ("known_at", models.DateTimeField(blank=True, null=True, verbose_name="as known at")),
                        ("due_at", models.DateTimeField(verbose_name="due")),
                        (
                            "keep_until",
                            models.DateTimeField(blank=True, null=True, verbose_name="worth sending until"),
                        ),
                        ("next_due_at", models.DateTimeField(blank=True, null=True, verbose_name="next report due")),
                        ("created_at", models.DateTimeField(verbose_name="fell due")),
                        ("adds_up", models.BooleanField(blank=True, null=True, verbose_name="adds up")),
                        (
                            "numbers",
                            models.JSONField(
                                blank=True,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                null=True,
                                verbose_name="numbers",
                            ),
                        ),
                        (
                            "remark",
                            models.TextField(blank=True, max_length=1000, verbose_name="difficulties and needs"),
                        ),
                        ("drafted_at", models.DateTimeField(blank=True, null=True, verbose_name="drafted")),
                        ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed")),
                        (
                            "signed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="signed by",
                            ),
                        ),
                        ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                        (
                            "sent_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="sent by",
                            ),
                        ),
                        (
                            "corrects",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="tracker.situationreport",
                                verbose_name="takes the place of",
                            ),
                        ),
                        (
                            "correction_reason",
                            models.CharField(blank=True, max_length=300, verbose_name="why corrected"),
                        ),
                        ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="waived or skipped")),
                        ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="why not sent")),
                        ("tried_at", models.DateTimeField(blank=True, null=True, verbose_name="drafting broke")),
                        ("last_error", models.TextField(blank=True, verbose_name="last error")),
                    ],
                    options={
                        "verbose_name": "situation report",
                        "verbose_name_plural": "situation reports",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "due")), fields=["as_of", "id"], name="report_due"
                            ),
                            models.Index(fields=["organization", "-as_of"], name="report_newest"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("corrects__isnull", True)),
                                fields=("organization", "is_exercise", "kind", "as_of"),
                                name="report_once",
                                violation_error_message="There is a report of this kind as of this moment already.",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("corrects__isnull", True), ("kind", "flash"), ("storm__isnull", False)
                                ),
                                fields=("organization", "storm"),
                                name="report_one_flash_a_storm",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(
                                    ("corrects__isnull", False), models.Q(("state", "waived"), _negated=True)
                                ),
                                fields=("corrects",),
                                name="report_corrected_once",
                                violation_error_message="This report has a correction already: correct that one.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "flash",
                                            "follow_up",
                                            "verified",
                                            "detailed",
                                            "ad_hoc",
                                            "digest",
                                            "long_tail",
                                        ],
                                    ),
                                    ("state__in", ["due", "drafted", "signed", "sent", "waived", "skipped"]),
                                ),
                                name="report_kind_and_state_are_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("as_of__lte", models.F("due_at"))),
                                name="report_cut_off_before_due",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("drafted_at__isnull", True),
                                        ("numbers__isnull", True),
                                        ("state__in", ["due", "waived", "skipped"]),
                                    ),
                                    models.Q(
                                        ("drafted_at__isnull", False),
                                        ("numbers__isnull", False),
                                        models.Q(("state", "due"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_numbers_when_drafted",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("signed_at__isnull", True),
                                        ("signed_by__isnull", True),
                                        models.Q(
                                            models.Q(("state__in", ["signed", "sent"]), _negated=True),
                                            models.Q(
                                                (
                                                    "kind__in",
                                                    ["flash", "follow_up", "verified", "detailed", "ad_hoc"],
                                                ),
                                                _negated=True,
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        ("kind__in", ["flash", "follow_up", "verified", "detailed", "ad_hoc"]),
                                        ("signed_at__isnull", False),
                                        ("signed_by__isnull", False),
                                        ("state__in", ["signed", "sent"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_signed_by_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("sent_at__isnull", False),
                                        ("state", "sent"),
                                        models.Q(
                                            ("sent_by__isnull", False),
                                            models.Q(
                                                (
                                                    "kind__in",
                                                    ["flash", "follow_up", "verified", "detailed", "ad_hoc"],
                                                ),
                                                _negated=True,
                                            ),
                                            _connector="OR",
                                        ),
                                    ),
                                    models.Q(
                                        models.Q(("state", "sent"), _negated=True),
                                        ("sent_at__isnull", True),
                                        ("sent_by__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_sent_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("state__in", ["waived", "skipped"]),
                                        models.Q(("end_reason", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["waived", "skipped"]), _negated=True),
                                        ("end_reason", ""),
                                        ("ended_at__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_ended_with_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("correction_reason", ""), ("corrects__isnull", True)),
                                    models.Q(
                                        ("corrects__isnull", False),
                                        models.Q(("correction_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="report_correction_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StormMode",
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
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="storm_modes",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "switch",
                            models.CharField(
                                choices=[
                                    ("counted", "The watch, by the number of alerts"),
                                    ("on", "A person: on"),
                                    ("off", "A person: off"),
                                ],
                                max_length=8,
                                verbose_name="switched by",
                            ),
                        ),
                        ("is_exercise", models.BooleanField(default=False, verbose_name="exercise")),
                        ("since_at", models.DateTimeField(verbose_name="since")),
                        ("until_at", models.DateTimeField(verbose_name="until")),
                        ("alerts", models.PositiveIntegerField(blank=True, null=True, verbose_name="alerts counted")),
                        (
                            "made_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="switched by person",
                            ),
                        ),
                        ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                    ],
                    options={
                        "verbose_name": "storm mode",
                        "verbose_name_plural": "storm modes",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("since_at__isnull", True),
                                    ("until_at__isnull", True),
                                    ("until_at__gte", models.F("since_at")),
                                    _connector="OR",
                                ),
                                name="storm_mode_since_until_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("switch__in", ["counted", "on", "off"])),
                                name="storm_mode_switch_is_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("alerts__isnull", False), ("made_by__isnull", True), ("switch", "counted")
                                    ),
                                    models.Q(
                                        models.Q(("switch", "counted"), _negated=True),
                                        ("alerts__isnull", True),
                                        ("made_by__isnull", False),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="storm_mode_is_somebodys",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("switch", "counted")),
                                expressions=[
                                    ("organization", "="),
                                    (
                                        django.db.models.functions.comparison.Cast(
                                            "is_exercise", models.IntegerField()
                                        ),
                                        "=",
                                    ),
                                    (
                                        models.Func(
                                            models.F("since_at"),
                                            models.F("until_at"),
                                            models.Value("[)"),
                                            function="TSTZRANGE",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="storm_mode_counted_once_at_a_time",
                            ),
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                condition=models.Q(("switch", "counted"), _negated=True),
                                expressions=[
                                    ("organization", "="),
                                    (
                                        django.db.models.functions.comparison.Cast(
                                            "is_exercise", models.IntegerField()
                                        ),
                                        "=",
                                    ),
                                    (
                                        models.Func(
                                            models.F("since_at"),
                                            models.F("until_at"),
                                            models.Value("[)"),
                                            function="TSTZRANGE",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="storm_mode_switched_once_at_a_time",
                                violation_error_message="A person has switched it for that time already.",
                            ),
                        ],
                    },
                ),
                migrations.RemoveConstraint(
                    model_name="alert",
                    name="alert_end_is_whole",
                ),
                migrations.RemoveConstraint(
                    model_name="alertevent",
                    name="alert_event_kind_is_known",
                ),
                migrations.RemoveConstraint(
                    model_name="notification",
                    name="notification_owed_or_settled",
                ),
                migrations.AddField(
                    model_name="alert",
                    name="changed_in",
                    field=models.BigIntegerField(
                        db_default=models.Func(
                            output_field=models.BigIntegerField(), template="(pg_current_xact_id()::text::bigint)"
                        ),
                        editable=False,
                        verbose_name="changed in transaction",
                    ),
                ),
                migrations.AddField(
                    model_name="alert",
                    name="folded_under",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="folded",
                        to="tracker.alert",
                        verbose_name="explained by",
                    ),
                ),
                migrations.AddField(
                    model_name="alert",
                    name="gone_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="condition gone since"),
                ),
                migrations.AddField(
                    model_name="alert",
                    name="is_shut",
                    field=models.BooleanField(db_default=False, default=False, verbose_name="kept shut"),
                ),
                migrations.AddField(
                    model_name="alert",
                    name="resolved_by",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="ended by",
                    ),
                ),
                migrations.AddField(
                    model_name="alert",
                    name="snoozed_until",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="snoozed until"),
                ),
                migrations.AddField(
                    model_name="dutypost",
                    name="instead_of",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tracker.dutypost",
                        verbose_name="instead of",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="at_most_once",
                    field=models.BooleanField(db_default=False, default=False, verbose_name="at most once"),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="digest",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="told_together",
                        to="tracker.notification",
                        verbose_name="told in",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="held_by",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("quiet", "Quiet hours"),
                            ("storm", "Storm mode: a digest each 15 min"),
                            ("cap", "Twelve mails an hour: then a digest"),
                            ("bundle", "Two minutes after the last mail: joined into one"),
                            ("stop", "The watch had stopped: told together"),
                        ],
                        db_default="",
                        default="",
                        max_length=8,
                        verbose_name="held by",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="held_until",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="held until"),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("step", "Step of an alert"),
                            ("digest", "Digest of what was held"),
                            ("shift", "Shift that begins"),
                            ("report", "Situation report"),
                        ],
                        db_default="step",
                        default="step",
                        max_length=8,
                        verbose_name="about",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="post",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tracker.dutypost",
                        verbose_name="shift",
                    ),
                ),
                migrations.AddField(
                    model_name="rule",
                    name="clear_s",
                    field=models.PositiveIntegerField(default=0, verbose_name="must be gone for (s)"),
                ),
                migrations.AddField(
                    model_name="rule",
                    name="for_s",
                    field=models.PositiveIntegerField(default=0, verbose_name="must hold for (s)"),
                ),
                migrations.AddField(
                    model_name="rule",
                    name="quiet",
                    field=models.CharField(
                        choices=[
                            ("severity", "Information and notices wait for the morning"),
                            ("never", "Nothing waits"),
                        ],
                        default="severity",
                        max_length=8,
                        verbose_name="at night",
                    ),
                ),
                migrations.AddField(
                    model_name="rule",
                    name="storm_policy",
                    field=models.CharField(
                        choices=[
                            ("severity", "Critical singly, the rest in a digest"),
                            ("single", "Always singly"),
                            ("digest", "Always in the digest"),
                        ],
                        default="severity",
                        max_length=8,
                        verbose_name="in a storm of alerts",
                    ),
                ),
                migrations.AddField(
                    model_name="rulelevel",
                    name="people",
                    field=models.ManyToManyField(
                        blank=True, related_name="+", to=settings.AUTH_USER_MODEL, verbose_name="people by name"
                    ),
                ),
                migrations.AddField(
                    model_name="rulelevel",
                    name="regardless_of_duty",
                    field=models.BooleanField(db_default=False, default=False, verbose_name="off duty too"),
                ),
                migrations.AlterField(
                    model_name="alert",
                    name="resolved_why",
                    field=models.CharField(
                        blank=True,
                        choices=[
                            ("cleared", "Condition gone"),
                            ("by_person", "Ended by a person"),
                            ("rule_off", "Rule switched off"),
                        ],
                        max_length=10,
                        verbose_name="why over",
                    ),
                ),
                migrations.AlterField(
                    model_name="alertevent",
                    name="kind",
                    field=models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("raised", "Raised to a worse band"),
                            ("lowered", "Lowered to a milder band"),
                            ("told", "Step taken, people told"),
                            ("nobody", "Step taken, nobody to tell"),
                            ("acknowledged", "Acknowledged"),
                            ("ack_expired", "Acknowledgement ran out"),
                            ("snoozed", "Snoozed"),
                            ("folded", "Explained by another outage, tells nobody"),
                            ("unfolded", "No longer explained, climbs by itself"),
                            ("resolved", "Over"),
                        ],
                        max_length=12,
                        verbose_name="what",
                    ),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="alert",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="tracker.alert",
                        verbose_name="alert",
                    ),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="generation",
                    field=models.PositiveIntegerField(default=1, verbose_name="climb"),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="level",
                    field=models.PositiveSmallIntegerField(default=1, verbose_name="rung"),
                ),
                migrations.AlterField(
                    model_name="notification",
                    name="state",
                    field=models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("held", "Held back"),
                            ("leased", "Being sent"),
                            ("accepted", "Taken by the mail server"),
                            ("failed", "Failed"),
                            ("uncertain", "Sent without an answer"),
                            ("superseded", "No longer needed"),
                            ("digested", "Told in a digest"),
                        ],
                        default="queued",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                migrations.AddIndex(
                    model_name="alert",
                    index=models.Index(fields=["changed_in", "id"], name="alert_in_commit_order"),
                ),
                migrations.AddIndex(
                    model_name="alert",
                    index=models.Index(
                        condition=models.Q(
                            ("state__in", ["firing", "acknowledged"]), ("folded_under__isnull", False)
                        ),
                        fields=["folded_under"],
                        name="alert_folded",
                    ),
                ),
                migrations.AddIndex(
                    model_name="alert",
                    index=models.Index(
                        condition=models.Q(("state__in", ["firing", "acknowledged"]), ("subject_type", "outage")),
                        fields=["subject_id"],
                        name="alert_of_an_outage",
                    ),
                ),
                migrations.AddIndex(
                    model_name="alert",
                    index=models.Index(
                        condition=models.Q(("is_shut", True)), fields=["rule_code", "subject_id"], name="alert_shut"
                    ),
                ),
                migrations.AddConstraint(
                    model_name="alert",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_due_at__isnull", True),
                                ("resolved_at__isnull", False),
                                ("resolved_why__in", ["cleared", "by_person", "rule_off"]),
                                ("state", "resolved"),
                            ),
                            models.Q(
                                ("state__in", ["firing", "acknowledged"]),
                                ("resolved_at__isnull", True),
                                ("resolved_why", ""),
                            ),
                            _connector="OR",
                        ),
                        name="alert_end_is_whole",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="alert",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("resolved_by__isnull", False), ("resolved_why", "by_person")),
                            models.Q(
                                models.Q(("resolved_why", "by_person"), _negated=True),
                                ("is_shut", False),
                                ("resolved_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="alert_ended_by_a_person_is_whole",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="alert",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("folded_under__isnull", True),
                            models.Q(("folded_under", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="alert_does_not_explain_itself",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="alertevent",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "opened",
                                    "raised",
                                    "lowered",
                                    "told",
                                    "nobody",
                                    "acknowledged",
                                    "ack_expired",
                                    "snoozed",
                                    "folded",
                                    "unfolded",
                                    "resolved",
                                ],
                            )
                        ),
                        name="alert_event_kind_is_known",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="rule",
                    constraint=models.CheckConstraint(
                        condition=models.Q(("clear_s__lte", 86400), ("for_s__lte", 86400)),
                        name="rule_delays_within_a_day",
                    ),
                ),
                migrations.AddField(
                    model_name="dutypost",
                    name="rotation",
                    field=models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="tracker.rotation",
                        verbose_name="rotation",
                    ),
                ),
                migrations.AddIndex(
                    model_name="dutypost",
                    index=models.Index(fields=["since_at"], name="duty_begins"),
                ),
                migrations.AddConstraint(
                    model_name="dutypost",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("instead_of__isnull", True),
                            models.Q(("instead_of", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="duty_is_not_instead_of_itself",
                    ),
                ),
                migrations.AddField(
                    model_name="notification",
                    name="report",
                    field=models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notifications",
                        to="tracker.situationreport",
                        verbose_name="situation report",
                    ),
                ),
                migrations.AddIndex(
                    model_name="notification",
                    index=models.Index(
                        condition=models.Q(("state", "held")), fields=["held_until", "id"], name="notification_held"
                    ),
                ),
                migrations.AddIndex(
                    model_name="notification",
                    index=models.Index(
                        condition=models.Q(("digest__isnull", False)),
                        fields=["digest"],
                        name="notification_of_a_digest",
                    ),
                ),
                migrations.AddIndex(
                    model_name="notification",
                    index=models.Index(fields=["recipient", "-created_at"], name="notification_of_a_person"),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("report__isnull", False)),
                        fields=("report", "recipient", "channel"),
                        name="notification_of_a_report_once",
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
                                ("state__in", ["accepted", "failed", "superseded", "held", "digested"]),
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
                            models.Q(
                                ("report__isnull", True),
                                models.Q(
                                    models.Q(("alert__isnull", False), ("kind", "step"), ("post__isnull", True)),
                                    models.Q(
                                        ("alert__isnull", True),
                                        ("digest__isnull", True),
                                        ("kind", "shift"),
                                        ("post__isnull", False),
                                    ),
                                    models.Q(
                                        ("alert__isnull", True),
                                        ("digest__isnull", True),
                                        ("kind", "digest"),
                                        ("post__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            models.Q(
                                ("kind", "report"),
                                ("report__isnull", False),
                                ("alert__isnull", True),
                                ("digest__isnull", True),
                                ("post__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="notification_is_about_one_thing",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("held_by", ""),
                                ("held_until__isnull", True),
                                models.Q(("state__in", ["held", "digested"]), _negated=True),
                            ),
                            models.Q(
                                ("held_by__in", ["quiet", "storm", "cap", "bundle", "stop"]),
                                ("held_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="notification_held_says_until_when_and_why",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="notification",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("digest__isnull", False), ("state", "digested")),
                            models.Q(models.Q(("state", "digested"), _negated=True), ("digest__isnull", True)),
                            _connector="OR",
                        ),
                        name="notification_digested_in_a_digest",
                    ),
                ),
            ]
        ),
    ]
