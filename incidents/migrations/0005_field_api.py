"""What phones in the field bring: warnings, patrols, briefings, photos, held facts, enrolment, important users."""

import datetime
import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
import uuid
from django.conf import settings
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


class Migration(migrations.Migration):
    dependencies = [("incidents", "0004_unknown_is_not_true")]

    operations = [
        AtOnce(
            [
                migrations.CreateModel(
                    name="Attachment",
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
                        ("client_id", models.UUIDField(verbose_name="phone's id")),
                        ("client_digest", models.CharField(max_length=64, verbose_name="digest of the body")),
                        (
                            "outage",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.outage",
                                verbose_name="outage",
                            ),
                        ),
                        (
                            "damage",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.damage",
                                verbose_name="damage",
                            ),
                        ),
                        (
                            "ice_reading",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.icereading",
                                verbose_name="ice reading",
                            ),
                        ),
                        (
                            "weather_reading",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.weatherreading",
                                verbose_name="weather reading",
                            ),
                        ),
                        (
                            "road_block",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.roadblock",
                                verbose_name="blocked road",
                            ),
                        ),
                        (
                            "hazard",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.hazard",
                                verbose_name="hidden danger",
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.assignment",
                                verbose_name="assignment",
                            ),
                        ),
                        (
                            "check_in",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.checkin",
                                verbose_name="check-in",
                            ),
                        ),
                        (
                            "visit",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attachments",
                                to="incidents.visit",
                                verbose_name="visit of leaders",
                            ),
                        ),
                        ("caption", models.CharField(blank=True, max_length=300, verbose_name="caption")),
                        ("name", models.CharField(blank=True, max_length=120, verbose_name="name of the file")),
                        ("size", models.PositiveIntegerField(verbose_name="size announced (bytes)")),
                        ("sha256", models.CharField(blank=True, max_length=64, verbose_name="SHA-256")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("uploading", "Uploading"),
                                    ("received", "Received, being prepared"),
                                    ("ready", "Ready"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Withdrawn"),
                                    ("terminated", "Upload ended by the phone"),
                                    ("abandoned", "Upload abandoned"),
                                ],
                                default="uploading",
                                max_length=12,
                                verbose_name="state",
                            ),
                        ),
                        (
                            "problem",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("digest-mismatch", "Other bytes arrived than were announced"),
                                    ("type-unsupported", "No JPEG, PNG or WebP"),
                                    ("animated", "More than one picture"),
                                    ("truncated", "Part of the picture is missing"),
                                    ("too-many-pixels", "Too many pixels"),
                                    ("too-much-memory", "Needs too much memory"),
                                    ("too-slow", "Takes too long to decode"),
                                    ("unreadable", "The picture cannot be read"),
                                    ("duplicate", "The same photo is there already"),
                                ],
                                max_length=20,
                                verbose_name="why refused",
                            ),
                        ),
                        ("end_reason", models.CharField(blank=True, max_length=300, verbose_name="why withdrawn")),
                        ("keeps_position", models.BooleanField(default=True, verbose_name="position may be kept")),
                        ("taken_at", models.DateTimeField(blank=True, null=True, verbose_name="taken")),
                        (
                            "taken_basis",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("exif", "Camera, with its offset"),
                                    ("phone", "Told by the phone"),
                                    ("exif_assumed", "Camera, Chinese time assumed"),
                                ],
                                max_length=12,
                                verbose_name="time known from",
                            ),
                        ),
                        (
                            "latitude",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="latitude"
                            ),
                        ),
                        (
                            "longitude",
                            models.DecimalField(
                                blank=True, decimal_places=6, max_digits=9, null=True, verbose_name="longitude"
                            ),
                        ),
                        (
                            "crs",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("EPSG:4490", "CGCS2000"),
                                    ("EPSG:4326", "WGS 84"),
                                    ("GCJ-02", "GCJ-02 (Chinese phone maps, offset)"),
                                ],
                                max_length=12,
                                verbose_name="coordinate system",
                            ),
                        ),
                        ("width_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="width (px)")),
                        ("height_px", models.PositiveIntegerField(blank=True, null=True, verbose_name="height (px)")),
                        (
                            "stored_size",
                            models.PositiveIntegerField(blank=True, null=True, verbose_name="size kept (bytes)"),
                        ),
                        (
                            "store_key",
                            models.UUIDField(
                                default=uuid.uuid4, editable=False, unique=True, verbose_name="key in the store"
                            ),
                        ),
                        ("uploaded", models.PositiveIntegerField(default=0, verbose_name="bytes received")),
                        (
                            "upload_metadata",
                            models.CharField(blank=True, max_length=4000, verbose_name="metadata of the upload"),
                        ),
                        ("touched_at", models.DateTimeField(verbose_name="last bytes")),
                        ("next_try_at", models.DateTimeField(blank=True, null=True, verbose_name="next try")),
                        ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                        ("ready_at", models.DateTimeField(blank=True, null=True, verbose_name="ready since")),
                        (
                            "recorded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="recorded on the device"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "photo",
                        "verbose_name_plural": "photos",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("next_try_at__isnull", False)),
                                fields=["next_try_at"],
                                name="attachment_owed",
                            ),
                            models.Index(
                                condition=models.Q(("state", "uploading")),
                                fields=["touched_at"],
                                name="attachment_uploading",
                            ),
                            models.Index(fields=["reported_by", "received_at"], name="attachment_by_sender"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("reported_by", "client_id"), name="attachment_client_id_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    django.db.models.lookups.Exact(
                                        models.Func(
                                            models.F("outage"),
                                            models.F("damage"),
                                            models.F("ice_reading"),
                                            models.F("weather_reading"),
                                            models.F("road_block"),
                                            models.F("hazard"),
                                            models.F("assignment"),
                                            models.F("check_in"),
                                            models.F("visit"),
                                            function="num_nonnulls",
                                            output_field=models.IntegerField(),
                                        ),
                                        1,
                                    )
                                ),
                                name="attachment_is_of_one_thing",
                                violation_error_message="A photo is of exactly one thing.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("size__isnull", True),
                                    models.Q(("size__gte", 1), ("size__lte", 12582912)),
                                    _connector="OR",
                                ),
                                name="attachment_size_in_range",
                                violation_error_message="Outside the allowed range 1 to 12582912.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("latitude__isnull", True),
                                    models.Q(("latitude__gte", -90), ("latitude__lte", 90)),
                                    _connector="OR",
                                ),
                                name="attachment_latitude_in_range",
                                violation_error_message="Outside the allowed range -90 to 90.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("longitude__isnull", True),
                                    models.Q(("longitude__gte", -180), ("longitude__lte", 180)),
                                    _connector="OR",
                                ),
                                name="attachment_longitude_in_range",
                                violation_error_message="Outside the allowed range -180 to 180.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("uploaded__lte", models.F("size"))),
                                name="attachment_bytes_within_size",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["received", "ready", "refused", "withdrawn"]),
                                        ("uploaded", models.F("size")),
                                    ),
                                    models.Q(
                                        models.Q(
                                            ("state__in", ["received", "ready", "refused", "withdrawn"]),
                                            _negated=True,
                                        ),
                                        models.Q(("uploaded", models.F("size")), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_whole_when_received",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["ready", "withdrawn"]),
                                        ("height_px__isnull", False),
                                        ("ready_at__isnull", False),
                                        ("stored_size__isnull", False),
                                        ("width_px__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["ready", "withdrawn"]), _negated=True),
                                        models.Q(
                                            ("height_px__isnull", False),
                                            ("ready_at__isnull", False),
                                            ("stored_size__isnull", False),
                                            ("width_px__isnull", False),
                                            _negated=True,
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_kept_is_a_picture",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["refused"]), models.Q(("problem", ""), _negated=True)),
                                    models.Q(models.Q(("state__in", ["refused"]), _negated=True), ("problem", "")),
                                    _connector="OR",
                                ),
                                name="attachment_refused_for_a_problem",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("state__in", ["withdrawn"]), models.Q(("end_reason", ""), _negated=True)
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["withdrawn"]), _negated=True), ("end_reason", "")
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_withdrawn_with_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state__in", ["received"]), ("next_try_at__isnull", False)),
                                    models.Q(
                                        models.Q(("state__in", ["received"]), _negated=True),
                                        models.Q(("next_try_at__isnull", False), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_owed_when_received",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("crs", ""), ("latitude__isnull", True), ("longitude__isnull", True)),
                                    models.Q(
                                        ("latitude__isnull", False),
                                        ("longitude__isnull", False),
                                        models.Q(("crs", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_position_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("taken_at__isnull", True), ("taken_basis", "")),
                                    models.Q(
                                        ("taken_at__isnull", False), models.Q(("taken_basis", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="attachment_time_says_whence",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sha256__regex", "^([0-9a-f]{64})?$")),
                                name="attachment_digest_is_whole",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EnrolmentCode",
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
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="person",
                            ),
                        ),
                        (
                            "code_digest",
                            models.CharField(max_length=64, unique=True, verbose_name="digest of the code"),
                        ),
                        (
                            "scopes",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=20),
                                default=list,
                                size=None,
                                verbose_name="scopes",
                            ),
                        ),
                        ("lasting", models.DurationField(verbose_name="a token lives for")),
                        (
                            "issued_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="issued by",
                            ),
                        ),
                        ("issued_at", models.DateTimeField(verbose_name="issued")),
                        ("expires_at", models.DateTimeField(verbose_name="expires")),
                        ("used_at", models.DateTimeField(blank=True, null=True, verbose_name="used")),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.device",
                                verbose_name="device",
                            ),
                        ),
                        ("client_id", models.UUIDField(blank=True, null=True, verbose_name="number of the phone")),
                    ],
                    options={
                        "verbose_name": "enrolment code",
                        "verbose_name_plural": "enrolment codes",
                        "indexes": [models.Index(fields=["expires_at"], name="enrolment_by_age")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("used_at__isnull", True), ("withdrawn_at__isnull", True)),
                                fields=("user",),
                                name="enrolment_one_open_a_person",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("code_digest__regex", "^[0-9a-f]{64}$")),
                                name="enrolment_keeps_a_digest_only",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("client_id__isnull", True),
                                        ("device__isnull", True),
                                        ("used_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("client_id__isnull", False),
                                        ("device__isnull", False),
                                        ("used_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="enrolment_use_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("issued_at__isnull", True),
                                        ("used_at__isnull", True),
                                        ("used_at__gte", models.F("issued_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("issued_at__isnull", True),
                                        ("expires_at__isnull", True),
                                        ("expires_at__gte", models.F("issued_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("used_at__isnull", True),
                                        ("expires_at__isnull", True),
                                        ("expires_at__gte", models.F("used_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="enrolment_issued_used_expires_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HeldFact",
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
                                related_name="+",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "outage",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.outage",
                                verbose_name="outage",
                            ),
                        ),
                        (
                            "damage",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.damage",
                                verbose_name="damage",
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.assignment",
                                verbose_name="assignment",
                            ),
                        ),
                        (
                            "road_block",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.roadblock",
                                verbose_name="blocked road",
                            ),
                        ),
                        (
                            "deployment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.deployment",
                                verbose_name="support deployment",
                            ),
                        ),
                        (
                            "hazard",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="held_facts",
                                to="incidents.hazard",
                                verbose_name="hidden danger",
                            ),
                        ),
                        ("verb", models.CharField(max_length=30, verbose_name="what was told")),
                        (
                            "said",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="as it was told",
                            ),
                        ),
                        ("at", models.DateTimeField(verbose_name="happened")),
                        (
                            "recorded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="recorded on the device"),
                        ),
                        (
                            "clock_skew_s",
                            models.IntegerField(
                                blank=True,
                                help_text="device clock minus server clock",
                                null=True,
                                verbose_name="clock skew (s)",
                            ),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                        (
                            "device",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.device",
                                verbose_name="device",
                            ),
                        ),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("admin", "Web admin"),
                                    ("api", "Field API"),
                                    ("system", "The system itself"),
                                    ("import", "Import"),
                                ],
                                max_length=8,
                                verbose_name="through",
                            ),
                        ),
                        ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                        ("key", models.CharField(max_length=200, verbose_name="key")),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waiting"),
                                    ("conflict", "In conflict"),
                                    ("applied", "Applied"),
                                    ("taken", "Taken over"),
                                    ("dismissed", "Dismissed"),
                                ],
                                max_length=10,
                                verbose_name="state",
                            ),
                        ),
                        ("why", models.CharField(max_length=40, verbose_name="why it is held")),
                        (
                            "told",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="what that is about",
                            ),
                        ),
                        (
                            "stands",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="what stands against it",
                            ),
                        ),
                        ("overdue_at", models.DateTimeField(verbose_name="overdue from")),
                        (
                            "settled_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="applied or settled"),
                        ),
                        (
                            "settled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="settled by",
                            ),
                        ),
                        (
                            "settled_why",
                            models.CharField(blank=True, max_length=300, verbose_name="why it was settled so"),
                        ),
                    ],
                    options={
                        "verbose_name": "held fact",
                        "verbose_name_plural": "held facts",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["outage", "at", "id"],
                                name="held_open_outage",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["damage", "at", "id"],
                                name="held_open_damage",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["assignment", "at", "id"],
                                name="held_open_assignment",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["road_block", "at", "id"],
                                name="held_open_road_block",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["deployment", "at", "id"],
                                name="held_open_deployment",
                            ),
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "conflict"])),
                                fields=["hazard", "at", "id"],
                                name="held_open_hazard",
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("reported_by", "key"), name="held_fact_once_a_sending"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("assignment__isnull", True),
                                        ("damage__isnull", True),
                                        ("deployment__isnull", True),
                                        ("hazard__isnull", True),
                                        ("outage__isnull", False),
                                        ("road_block__isnull", True),
                                    ),
                                    models.Q(
                                        ("assignment__isnull", True),
                                        ("damage__isnull", False),
                                        ("deployment__isnull", True),
                                        ("hazard__isnull", True),
                                        ("outage__isnull", True),
                                        ("road_block__isnull", True),
                                    ),
                                    models.Q(
                                        ("assignment__isnull", False),
                                        ("damage__isnull", True),
                                        ("deployment__isnull", True),
                                        ("hazard__isnull", True),
                                        ("outage__isnull", True),
                                        ("road_block__isnull", True),
                                    ),
                                    models.Q(
                                        ("assignment__isnull", True),
                                        ("damage__isnull", True),
                                        ("deployment__isnull", True),
                                        ("hazard__isnull", True),
                                        ("outage__isnull", True),
                                        ("road_block__isnull", False),
                                    ),
                                    models.Q(
                                        ("assignment__isnull", True),
                                        ("damage__isnull", True),
                                        ("deployment__isnull", False),
                                        ("hazard__isnull", True),
                                        ("outage__isnull", True),
                                        ("road_block__isnull", True),
                                    ),
                                    models.Q(
                                        ("assignment__isnull", True),
                                        ("damage__isnull", True),
                                        ("deployment__isnull", True),
                                        ("hazard__isnull", False),
                                        ("outage__isnull", True),
                                        ("road_block__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="held_fact_is_about_one_thing",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("settled_at__isnull", True), ("state__in", ["waiting", "conflict"])),
                                    models.Q(
                                        models.Q(("state__in", ["waiting", "conflict"]), _negated=True),
                                        ("settled_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="held_fact_end_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("settled_by__isnull", False),
                                        ("state__in", ["taken", "dismissed"]),
                                        models.Q(("settled_why", ""), _negated=True),
                                    ),
                                    models.Q(
                                        models.Q(("state__in", ["taken", "dismissed"]), _negated=True),
                                        ("settled_by__isnull", True),
                                        ("settled_why", ""),
                                    ),
                                    _connector="OR",
                                ),
                                name="held_fact_settled_by_a_person_with_a_reason",
                            ),
                        ],
                    },
                ),
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
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="important_users",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
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
                        (
                            "feeders",
                            models.ManyToManyField(
                                blank=True,
                                related_name="important_users",
                                to="incidents.line",
                                verbose_name="feeders",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "important user",
                        "verbose_name_plural": "important users",
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("retired_at__isnull", True)),
                                fields=("organization", "name"),
                                name="important_user_once",
                                violation_error_message="This user is on record already.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("own_generator_kw__isnull", True),
                                    models.Q(("own_generator_kw__gte", 1), ("own_generator_kw__lte", 100000)),
                                    _connector="OR",
                                ),
                                name="important_user_own_generator_kw_in_range",
                                violation_error_message="Outside the allowed range 1 to 100000.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("endurance_h__isnull", True),
                                    models.Q(("endurance_h__gte", 0), ("endurance_h__lte", 999)),
                                    _connector="OR",
                                ),
                                name="important_user_endurance_h_in_range",
                                violation_error_message="Outside the allowed range 0 to 999.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("supplied_by", ""),
                                        ("supplied_since_at__isnull", True),
                                        ("supplied_until_at__isnull", True),
                                    ),
                                    models.Q(
                                        models.Q(("supplied_by", ""), _negated=True),
                                        ("supplied_since_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="important_user_supply_is_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("supplied_since_at__isnull", True),
                                    ("supplied_until_at__isnull", True),
                                    ("supplied_until_at__gte", models.F("supplied_since_at")),
                                    _connector="OR",
                                ),
                                name="important_user_supplied_since_supplied_until_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Patrol",
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
                            "source",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("reported", "Reported"),
                                    ("imported", "Imported"),
                                    ("model", "Model"),
                                    ("inferred", "Inferred"),
                                    ("manual", "Entered by hand"),
                                ],
                                default="manual",
                                max_length=12,
                                verbose_name="source",
                            ),
                        ),
                        ("source_ref", models.CharField(blank=True, max_length=300, verbose_name="source reference")),
                        ("quote", models.TextField(blank=True, max_length=2000, verbose_name="words of the source")),
                        (
                            "unknown_reasons",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="why unknown",
                            ),
                        ),
                        (
                            "entry_mode",
                            models.CharField(
                                choices=[("live", "Live"), ("historical", "After the fact")],
                                default="live",
                                max_length=12,
                                verbose_name="entry mode",
                            ),
                        ),
                        (
                            "recorded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="recorded on the device"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                        (
                            "storm",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_set",
                                to="incidents.storm",
                                verbose_name="storm",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        (
                            "line",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.line",
                                verbose_name="line",
                            ),
                        ),
                        (
                            "place",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="incidents.place",
                                verbose_name="place",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("patrol", "Patrol"),
                                    ("special_patrol", "Special patrol"),
                                    ("inspect_after", "Patrol after restoration"),
                                ],
                                max_length=16,
                                verbose_name="kind",
                            ),
                        ),
                        (
                            "crew",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.crew",
                                verbose_name="crew",
                            ),
                        ),
                        (
                            "person",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.person",
                                verbose_name="person",
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.assignment",
                                verbose_name="assignment",
                            ),
                        ),
                        (
                            "outage",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="patrols",
                                to="incidents.outage",
                                verbose_name="outage",
                            ),
                        ),
                        (
                            "status",
                            models.CharField(
                                choices=[
                                    ("ordered", "Ordered"),
                                    ("under_way", "Under way"),
                                    ("finished", "Finished"),
                                    ("cancelled", "Cancelled"),
                                ],
                                default="ordered",
                                max_length=10,
                                verbose_name="status",
                            ),
                        ),
                        ("ordered_at", models.DateTimeField(verbose_name="ordered")),
                        ("begun_at", models.DateTimeField(blank=True, null=True, verbose_name="begun")),
                        (
                            "ended_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="finished or cancelled"),
                        ),
                        ("nothing_found", models.BooleanField(blank=True, null=True, verbose_name="nothing found")),
                        ("remark", models.CharField(blank=True, max_length=1000, verbose_name="remark")),
                        (
                            "sections",
                            models.ManyToManyField(
                                blank=True,
                                related_name="patrols",
                                to="incidents.linesection",
                                verbose_name="line sections",
                            ),
                        ),
                        (
                            "hazards",
                            models.ManyToManyField(
                                blank=True,
                                related_name="patrols",
                                to="incidents.hazard",
                                verbose_name="hidden dangers found",
                            ),
                        ),
                        (
                            "ice_readings",
                            models.ManyToManyField(
                                blank=True,
                                related_name="patrols",
                                to="incidents.icereading",
                                verbose_name="ice measured",
                            ),
                        ),
                        (
                            "damages",
                            models.ManyToManyField(
                                blank=True, related_name="patrols", to="incidents.damage", verbose_name="damage found"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "patrol",
                        "verbose_name_plural": "patrols",
                        "indexes": [
                            models.Index(fields=["line", "kind", "-ended_at"], name="patrol_newest_of_a_line")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ordered_at__isnull", True),
                                        ("begun_at__isnull", True),
                                        ("begun_at__gte", models.F("ordered_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("ordered_at__isnull", True),
                                        ("ended_at__isnull", True),
                                        ("ended_at__gte", models.F("ordered_at")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("begun_at__isnull", True),
                                        ("ended_at__isnull", True),
                                        ("ended_at__gte", models.F("begun_at")),
                                        _connector="OR",
                                    ),
                                ),
                                name="patrol_ordered_begun_ended_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("crew__isnull", True), ("person__isnull", True), _connector="OR"),
                                name="patrol_by_a_crew_or_a_person",
                                violation_error_message="A patrol is walked by a crew or by a person, not by both.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("status__in", ["under_way", "finished"]), _negated=True),
                                    ("crew__isnull", False),
                                    ("person__isnull", False),
                                    ("entry_mode", "historical"),
                                    _connector="OR",
                                ),
                                name="patrol_begun_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("begun_at__isnull", True), ("ended_at__isnull", True), ("status", "ordered")
                                    ),
                                    models.Q(
                                        ("begun_at__isnull", False),
                                        ("ended_at__isnull", True),
                                        ("status", "under_way"),
                                    ),
                                    models.Q(("ended_at__isnull", False), ("status__in", ["finished", "cancelled"])),
                                    _connector="OR",
                                ),
                                name="patrol_status_fits_its_moments",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("nothing_found__isnull", False), ("status", "finished")),
                                    models.Q(
                                        models.Q(("status", "finished"), _negated=True),
                                        ("nothing_found__isnull", True),
                                    ),
                                    _connector="OR",
                                ),
                                name="patrol_says_what_was_found",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SafetyBriefing",
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
                            "source",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("reported", "Reported"),
                                    ("imported", "Imported"),
                                    ("model", "Model"),
                                    ("inferred", "Inferred"),
                                    ("manual", "Entered by hand"),
                                ],
                                default="manual",
                                max_length=12,
                                verbose_name="source",
                            ),
                        ),
                        ("source_ref", models.CharField(blank=True, max_length=300, verbose_name="source reference")),
                        ("quote", models.TextField(blank=True, max_length=2000, verbose_name="words of the source")),
                        (
                            "unknown_reasons",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="why unknown",
                            ),
                        ),
                        (
                            "entry_mode",
                            models.CharField(
                                choices=[("live", "Live"), ("historical", "After the fact")],
                                default="live",
                                max_length=12,
                                verbose_name="entry mode",
                            ),
                        ),
                        (
                            "recorded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="recorded on the device"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                        (
                            "deployment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="briefings",
                                to="incidents.deployment",
                                verbose_name="support deployment",
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="briefings",
                                to="incidents.assignment",
                                verbose_name="assignment",
                            ),
                        ),
                        ("given_at", models.DateTimeField(verbose_name="given")),
                        ("given_by", models.CharField(blank=True, max_length=60, verbose_name="given by")),
                        (
                            "topics",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(
                                    choices=[
                                        ("live_parts", "Live parts nearby"),
                                        ("back_feed", "Back-feed from generators"),
                                        ("isolation", "Power off, test dead, earth"),
                                        ("falling_ice", "Falling ice and leaping conductors"),
                                        ("climbing", "Iced poles and towers"),
                                        ("felling", "Bamboo and trees under tension"),
                                        ("road", "Iced roads"),
                                        ("terrain", "Terrain and way out"),
                                        ("weather", "Cold and weather"),
                                        ("contact", "Who is called, and when"),
                                        ("other", "Other"),
                                    ],
                                    max_length=12,
                                ),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="topics",
                            ),
                        ),
                        ("text", models.TextField(blank=True, max_length=2000, verbose_name="what was said")),
                        (
                            "signed_names",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=60),
                                blank=True,
                                default=list,
                                size=None,
                                verbose_name="signed by visitors",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ManyToManyField(
                                blank=True, related_name="briefings", to="incidents.person", verbose_name="signed by"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "briefing record",
                        "verbose_name_plural": "briefing records",
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("assignment__isnull", False), ("deployment__isnull", True)),
                                    models.Q(("assignment__isnull", True), ("deployment__isnull", False)),
                                    _connector="OR",
                                ),
                                name="briefing_is_for_a_team_or_a_crew",
                                violation_error_message="A briefing is for a team or for a job, not for both.",
                            ),
                            models.UniqueConstraint(
                                fields=("deployment", "given_at"),
                                name="briefing_of_a_team_once_a_moment",
                                violation_error_message="This team was briefed at that very moment already.",
                            ),
                            models.UniqueConstraint(
                                fields=("assignment", "given_at"),
                                name="briefing_of_a_crew_once_a_moment",
                                violation_error_message="This crew was briefed at that very moment already.",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SyncScope",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
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
                migrations.CreateModel(
                    name="UploadChunk",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attachment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="chunks",
                                to="incidents.attachment",
                                verbose_name="photo",
                            ),
                        ),
                        ("start", models.PositiveIntegerField(verbose_name="first byte")),
                        ("data", models.BinaryField(verbose_name="bytes")),
                    ],
                    options={
                        "verbose_name": "piece of an upload",
                        "verbose_name_plural": "pieces of uploads",
                        "constraints": [
                            models.UniqueConstraint(fields=("attachment", "start"), name="upload_chunk_once")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="WeatherWarning",
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
                            "source",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("reported", "Reported"),
                                    ("imported", "Imported"),
                                    ("model", "Model"),
                                    ("inferred", "Inferred"),
                                    ("manual", "Entered by hand"),
                                ],
                                default="manual",
                                max_length=12,
                                verbose_name="source",
                            ),
                        ),
                        ("source_ref", models.CharField(blank=True, max_length=300, verbose_name="source reference")),
                        ("quote", models.TextField(blank=True, max_length=2000, verbose_name="words of the source")),
                        (
                            "unknown_reasons",
                            models.JSONField(
                                blank=True,
                                default=dict,
                                encoder=django.core.serializers.json.DjangoJSONEncoder,
                                verbose_name="why unknown",
                            ),
                        ),
                        (
                            "entry_mode",
                            models.CharField(
                                choices=[("live", "Live"), ("historical", "After the fact")],
                                default="live",
                                max_length=12,
                                verbose_name="entry mode",
                            ),
                        ),
                        (
                            "recorded_at",
                            models.DateTimeField(blank=True, null=True, verbose_name="recorded on the device"),
                        ),
                        ("received_at", models.DateTimeField(verbose_name="received")),
                        (
                            "reported_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                                verbose_name="reported by",
                            ),
                        ),
                        (
                            "storm",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="%(class)s_set",
                                to="incidents.storm",
                                verbose_name="storm",
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weather_warnings",
                                to="incidents.organization",
                                verbose_name="organisation",
                            ),
                        ),
                        ("issuer", models.CharField(max_length=100, verbose_name="issuer")),
                        (
                            "hazard",
                            models.CharField(
                                choices=[
                                    ("road_icing", "Road icing"),
                                    ("snowstorm", "Snowstorm"),
                                    ("cold_wave", "Cold wave"),
                                    ("freezing", "Freezing rain and snow"),
                                    ("wire_icing", "Wire icing"),
                                    ("frost", "Frost"),
                                    ("gale", "Gale"),
                                    ("other", "Other"),
                                ],
                                max_length=12,
                                verbose_name="warns of",
                            ),
                        ),
                        (
                            "level",
                            models.CharField(
                                choices=[
                                    ("blue", "Blue (IV)"),
                                    ("yellow", "Yellow (III)"),
                                    ("orange", "Orange (II)"),
                                    ("red", "Red (I)"),
                                ],
                                max_length=8,
                                verbose_name="level",
                            ),
                        ),
                        ("issued_at", models.DateTimeField(verbose_name="issued")),
                        ("valid_from_at", models.DateTimeField(verbose_name="holds from")),
                        ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                        ("text", models.TextField(max_length=4000, verbose_name="text as issued")),
                        (
                            "update_of",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="updates",
                                to="incidents.weatherwarning",
                                verbose_name="takes the place of",
                            ),
                        ),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                        ("cancel_reason", models.CharField(blank=True, max_length=300, verbose_name="why cancelled")),
                        (
                            "areas",
                            models.ManyToManyField(
                                related_name="weather_warnings", to="incidents.division", verbose_name="areas"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "weather warning",
                        "verbose_name_plural": "weather warnings",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("cancelled_at__isnull", True)),
                                fields=["expires_at"],
                                name="weather_warning_not_cancelled",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("issuer", ""), _negated=True),
                                name="weather_warning_has_an_issuer",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("text", ""), _negated=True), name="weather_warning_has_a_text"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("issued_at__isnull", True),
                                    ("expires_at__isnull", True),
                                    ("expires_at__gte", models.F("issued_at")),
                                    _connector="OR",
                                ),
                                name="weather_warning_issued_expires_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from_at__isnull", True),
                                    ("expires_at__isnull", True),
                                    ("expires_at__gte", models.F("valid_from_at")),
                                    _connector="OR",
                                ),
                                name="weather_warning_valid_from_expires_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("issued_at__isnull", True),
                                    ("cancelled_at__isnull", True),
                                    ("cancelled_at__gte", models.F("issued_at")),
                                    _connector="OR",
                                ),
                                name="weather_warning_issued_cancelled_in_order",
                                violation_error_message="These moments run backwards.",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("cancel_reason", ""), ("cancelled_at__isnull", True)),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancel_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="weather_warning_cancelled_with_a_reason",
                            ),
                            models.UniqueConstraint(
                                fields=("update_of",),
                                name="weather_warning_superseded_once",
                                violation_error_message="Another warning has taken its place already.",
                            ),
                        ],
                    },
                ),
                migrations.AddField(
                    model_name="device",
                    name="lasting",
                    field=models.DurationField(default=datetime.timedelta(days=90), verbose_name="a token lives for"),
                ),
                migrations.AddField(
                    model_name="device",
                    name="next_digest",
                    field=models.CharField(
                        blank=True, max_length=64, null=True, unique=True, verbose_name="next token digest"
                    ),
                ),
                migrations.AddField(
                    model_name="device",
                    name="next_expires_at",
                    field=models.DateTimeField(blank=True, null=True, verbose_name="next token expires"),
                ),
                migrations.AddField(
                    model_name="device",
                    name="next_prefix",
                    field=models.CharField(blank=True, max_length=8, verbose_name="next token begins with"),
                ),
                migrations.AddField(
                    model_name="device",
                    name="platform",
                    field=models.CharField(blank=True, max_length=40, verbose_name="platform"),
                ),
                migrations.AddField(
                    model_name="organization",
                    name="held_fact_hours",
                    field=models.PositiveSmallIntegerField(
                        default=12,
                        help_text="Facts from the field that cannot be applied; they stay, marked. 12 h is our default.",
                        verbose_name="a held fact is overdue after (h)",
                    ),
                ),
                migrations.AddField(
                    model_name="submission",
                    name="clock_skew_s",
                    field=models.IntegerField(
                        blank=True,
                        help_text="device clock minus server clock",
                        null=True,
                        verbose_name="clock skew (s)",
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
                    index=models.Index(
                        django.db.models.functions.comparison.Coalesce("departed_at", "on_site_at"),
                        name="assignment_set_out",
                    ),
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
                    model_name="estimate",
                    index=models.Index(fields=["value_at"], include=("outage",), name="estimate_promised"),
                ),
                migrations.AddIndex(
                    model_name="outage",
                    index=models.Index(fields=["-reported_at", "-id"], name="outage_newest"),
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
                        django.db.models.functions.comparison.Coalesce("occurred_at", "reported_at"),
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
                        django.db.models.functions.comparison.Coalesce("confirmed_at", "reported_at"),
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
                migrations.AddConstraint(
                    model_name="device",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("next_digest__isnull", True), ("next_expires_at__isnull", True), ("next_prefix", "")
                            ),
                            models.Q(
                                ("next_digest__isnull", False),
                                ("next_digest__regex", "^[0-9a-f]{64}$"),
                                ("next_expires_at__isnull", False),
                                ("revoked_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="device_next_token_is_whole",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="organization",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("held_fact_hours__isnull", True),
                            models.Q(("held_fact_hours__gte", 1), ("held_fact_hours__lte", 168)),
                            _connector="OR",
                        ),
                        name="organization_held_fact_hours_in_range",
                        violation_error_message="Outside the allowed range 1 to 168.",
                    ),
                ),
            ]
        ),
    ]
