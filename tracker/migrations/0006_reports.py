"""Situation reports: their rows, schedules and recipients; what was signed or sent is frozen."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

# Signed numbers may only be sent; what was sent, waived or skipped never changes; nothing is deleted.
FREEZE_REPORT = """
CREATE FUNCTION report_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state IN ('due', 'drafted') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'signed' AND NEW.state = 'sent' THEN
        OLD.state := NEW.state;
        OLD.sent_at := NEW.sent_at;
        OLD.sent_by_id := NEW.sent_by_id;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a report that was signed, sent or ended never changes: % refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
END $$;
CREATE TRIGGER report_is_frozen BEFORE UPDATE OR DELETE ON tracker_situationreport
    FOR EACH ROW EXECUTE FUNCTION report_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0011_important_users"),
        ("tracker", "0005_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
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
            },
        ),
        migrations.RemoveConstraint(
            model_name="notification",
            name="notification_is_about_one_thing",
        ),
        migrations.AddField(
            model_name="notification",
            name="at_most_once",
            field=models.BooleanField(db_default=False, default=False, verbose_name="at most once"),
        ),
        migrations.AlterField(
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
            model_name="reportrecipient",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="reportrecipient",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="reportschedule",
            name="organization",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="situationreport",
            name="corrects",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="tracker.situationreport",
                verbose_name="takes the place of",
            ),
        ),
        migrations.AddField(
            model_name="situationreport",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="incidents.organization",
                verbose_name="organisation",
            ),
        ),
        migrations.AddField(
            model_name="situationreport",
            name="sent_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="sent by",
            ),
        ),
        migrations.AddField(
            model_name="situationreport",
            name="signed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signed by",
            ),
        ),
        migrations.AddField(
            model_name="situationreport",
            name="storm",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reports",
                to="incidents.storm",
                verbose_name="storm",
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
            model_name="reportrecipient",
            constraint=models.UniqueConstraint(
                fields=("organization", "role", "user"),
                name="report_recipient_once",
                nulls_distinct=False,
                violation_error_message="This recipient is listed already: change that row.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("user__isnull", True), models.Q(("role", ""), _negated=True)),
                    models.Q(("role", ""), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="report_recipient_is_a_role_or_a_person",
                violation_error_message="A recipient is either a role or a person.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportrecipient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kinds__len__gte", 1),
                    (
                        "kinds__contained_by",
                        ["flash", "follow_up", "verified", "detailed", "ad_hoc", "digest", "long_tail"],
                    ),
                ),
                name="report_recipient_names_known_kinds",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.UniqueConstraint(
                fields=("organization", "kind", "level", "cutoff_min"),
                name="report_schedule_once",
                nulls_distinct=False,
                violation_error_message="There is such a schedule already: change that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("after_min__isnull", False), ("kind__in", ["flash", "verified"]), ("times__len", 0)
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
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="report_schedule_names_its_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("after_min__isnull", True),
                    models.Q(("after_min__gte", 1), ("after_min__lte", 10080)),
                    _connector="OR",
                ),
                name="report_schedule_after_min_in_range",
                violation_error_message="Outside the allowed range 1 to 10080.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cutoff_min__isnull", True),
                    models.Q(("cutoff_min__gte", 0), ("cutoff_min__lte", 2880)),
                    _connector="OR",
                ),
                name="report_schedule_cutoff_min_in_range",
                violation_error_message="Outside the allowed range 0 to 2880.",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportschedule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("keep_min__isnull", True),
                    models.Q(("keep_min__gte", 1), ("keep_min__lte", 1440)),
                    _connector="OR",
                ),
                name="report_schedule_keep_min_in_range",
                violation_error_message="Outside the allowed range 1 to 1440.",
            ),
        ),
        migrations.AddIndex(
            model_name="situationreport",
            index=models.Index(
                condition=models.Q(("state", "due")), fields=["as_of", "id"], name="report_due"
            ),
        ),
        migrations.AddIndex(
            model_name="situationreport",
            index=models.Index(fields=["organization", "-as_of"], name="report_newest"),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True)),
                fields=("organization", "is_exercise", "kind", "as_of"),
                name="report_once",
                violation_error_message="There is a report of this kind as of this moment already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True), ("kind", "flash"), ("storm__isnull", False)),
                fields=("organization", "storm"),
                name="report_one_flash_a_storm",
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", False), models.Q(("state", "waived"), _negated=True)),
                fields=("corrects",),
                name="report_corrected_once",
                violation_error_message="This report has a correction already: correct that one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["flash", "follow_up", "verified", "detailed", "ad_hoc", "digest", "long_tail"],
                    ),
                    ("state__in", ["due", "drafted", "signed", "sent", "waived", "skipped"]),
                ),
                name="report_kind_and_state_are_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("as_of__lte", models.F("due_at"))), name="report_cut_off_before_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("signed_at__isnull", True),
                        ("signed_by__isnull", True),
                        models.Q(
                            models.Q(("state__in", ["signed", "sent"]), _negated=True),
                            models.Q(
                                ("kind__in", ["flash", "follow_up", "verified", "detailed", "ad_hoc"]),
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
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("sent_at__isnull", False),
                        ("state", "sent"),
                        models.Q(
                            ("sent_by__isnull", False),
                            models.Q(
                                ("kind__in", ["flash", "follow_up", "verified", "detailed", "ad_hoc"]),
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
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddConstraint(
            model_name="situationreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction_reason", ""), ("corrects__isnull", True)),
                    models.Q(("corrects__isnull", False), models.Q(("correction_reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="report_correction_has_a_reason",
            ),
        ),
        migrations.RunSQL(
            FREEZE_REPORT,
            "DROP TRIGGER report_is_frozen ON tracker_situationreport; DROP FUNCTION report_refuse_change();",
        ),
    ]
