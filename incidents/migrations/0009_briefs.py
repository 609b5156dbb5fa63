"""Briefs that were read, what people decided about their pieces, and words that people taught."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from incidents.migrations._at_once import AtOnce


# A brief is a source: it never changes. What was read of it never changes either; a person decides once.
NEVER_CHANGED = """
CREATE FUNCTION brief_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'brief % is a source and never changes', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'brief_never_changes';
END $$;
CREATE TRIGGER brief_never_changes BEFORE UPDATE OR DELETE ON incidents_brief
    FOR EACH ROW EXECUTE FUNCTION brief_refuse_change();

CREATE FUNCTION brief_item_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    decision text[] := ARRAY['state', 'edits', 'decided_at', 'decided_by_id', 'reason', 'outcome',
        'record_type', 'record_uuid', 'same', 'differs'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' THEN
        RAISE EXCEPTION 'piece % of brief % is decided', OLD.seq, OLD.brief_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'brief_item_decided_once';
    END IF;
    IF to_jsonb(NEW) - decision IS DISTINCT FROM to_jsonb(OLD) - decision THEN
        RAISE EXCEPTION 'what was read of brief % never changes', OLD.brief_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'brief_item_reading_never_changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER brief_item_decided_once BEFORE UPDATE OR DELETE ON incidents_briefitem
    FOR EACH ROW EXECUTE FUNCTION brief_item_refuse_change();

CREATE FUNCTION brief_word_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL OR to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdraw_reason']
        IS DISTINCT FROM to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdraw_reason']
    THEN
        RAISE EXCEPTION 'word % of briefs is withdrawn, never edited', OLD.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'brief_word_never_edited';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER brief_word_never_edited BEFORE UPDATE OR DELETE ON incidents_briefword
    FOR EACH ROW EXECUTE FUNCTION brief_word_refuse_change();
"""

FORGET = """
DROP TRIGGER brief_word_never_edited ON incidents_briefword;
DROP TRIGGER brief_item_decided_once ON incidents_briefitem;
DROP TRIGGER brief_never_changes ON incidents_brief;
DROP FUNCTION brief_word_refuse_change();
DROP FUNCTION brief_item_refuse_change();
DROP FUNCTION brief_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0008_speed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Brief",
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
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                ("digest", models.CharField(max_length=64, verbose_name="digest of the text")),
                ("published_on", models.DateField(blank=True, null=True, verbose_name="published")),
                ("why_not", models.CharField(blank=True, max_length=30, verbose_name="why it is no brief")),
                (
                    "reading",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="reading",
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
                        verbose_name="channel",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="received")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="briefs",
                        to="incidents.organization",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "reported_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="pasted by",
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
            ],
            options={
                "verbose_name": "brief",
                "verbose_name_plural": "briefs",
                "indexes": [models.Index(fields=["-received_at", "-id"], name="brief_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "digest", "published_on", "storm"),
                        name="brief_text_once",
                        nulls_distinct=False,
                        violation_error_message="This brief has been read already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="brief_has_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")), name="brief_digest_is_whole"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BriefItem",
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
                ("seq", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("storm", "Storm"),
                            ("outage", "Outage"),
                            ("step", "Restoration step"),
                            ("damage", "Damage"),
                            ("ice", "Ice reading"),
                            ("weather", "Weather reading"),
                            ("warning", "Weather warning"),
                            ("response", "Response level"),
                            ("assignment", "Assignment"),
                            ("deployment", "Deployment"),
                            ("supply", "Supply"),
                            ("visit", "Visit"),
                            ("hazard", "Hidden danger"),
                            ("patrol", "Patrol"),
                            ("total", "Total of the situation"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                (
                    "values",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="values"
                    ),
                ),
                ("start", models.PositiveIntegerField(verbose_name="from character")),
                ("end", models.PositiveIntegerField(verbose_name="to character")),
                (
                    "confidence",
                    models.DecimalField(decimal_places=2, max_digits=3, verbose_name="confidence"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "To be looked at"),
                            ("confirmed", "Confirmed"),
                            ("discarded", "Discarded"),
                        ],
                        default="open",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "edits",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="corrected",
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("created", "New record"),
                            ("linked", "Found in the record"),
                            ("stated", "Kept as what the brief says"),
                        ],
                        max_length=8,
                        verbose_name="what it became",
                    ),
                ),
                ("record_type", models.CharField(blank=True, max_length=30, verbose_name="kind of record")),
                ("record_uuid", models.UUIDField(blank=True, null=True, verbose_name="record")),
                (
                    "same",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what matched",
                    ),
                ),
                (
                    "differs",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        encoder=django.core.serializers.json.DjangoJSONEncoder,
                        verbose_name="the record says",
                    ),
                ),
                (
                    "brief",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="incidents.brief",
                        verbose_name="brief",
                    ),
                ),
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
                (
                    "of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="incidents.briefitem",
                        verbose_name="belongs to",
                    ),
                ),
            ],
            options={
                "verbose_name": "piece of a brief",
                "verbose_name_plural": "pieces of briefs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("record_uuid__isnull", False)),
                        fields=["record_uuid"],
                        name="brief_item_record",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("brief", "seq"), name="brief_item_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(("seq__gte", 1)), name="brief_item_number_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gte", models.F("start"))),
                        name="brief_item_span_runs_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                        name="brief_item_confidence_is_a_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "open")
                            ),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="brief_item_open_is_undecided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "discarded"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="brief_item_discarded_with_a_reason",
                        violation_error_message="Discarding needs a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state", "confirmed"), _negated=True),
                                ("outcome", ""),
                                ("record_type", ""),
                                ("record_uuid", None),
                            ),
                            models.Q(
                                ("outcome", "stated"),
                                ("record_type", ""),
                                ("state", "confirmed"),
                                ("record_uuid", None),
                            ),
                            models.Q(
                                ("outcome__in", ["created", "linked"]),
                                ("record_uuid__isnull", False),
                                ("state", "confirmed"),
                                models.Q(("record_type", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="brief_item_outcome_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BriefWord",
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
                ("category", models.CharField(max_length=40, verbose_name="category")),
                ("means", models.CharField(max_length=60, verbose_name="meaning")),
                ("word", models.CharField(max_length=30, verbose_name="word")),
                (
                    "tests",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), size=None, verbose_name="test lines"
                    ),
                ),
                ("since_at", models.DateTimeField(verbose_name="since")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "withdraw_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why withdrawn"),
                ),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
            ],
            options={
                "verbose_name": "word of briefs",
                "verbose_name_plural": "words of briefs",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("category", "word"),
                        name="brief_word_once",
                        violation_error_message="This word is known in this category already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("word", ""), _negated=True),
                            models.Q(("category", ""), _negated=True),
                            models.Q(("means", ""), _negated=True),
                        ),
                        name="brief_word_has_letters",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tests__len__gte", 1)), name="brief_word_is_proved"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdraw_reason", ""), ("withdrawn_at__isnull", True)),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="brief_word_withdrawn_with_a_reason",
                    ),
                ],
            },
        ),
        AtOnce(
            [
                migrations.AlterField(
                    model_name="restorationstep",
                    name="method",
                    field=models.CharField(
                        choices=[
                            ("isolate_and_reclose", "Fault cut out, rest re-energised"),
                            ("transfer", "Load transfer"),
                            ("repair", "Repair"),
                            ("generator", "Generator"),
                            ("backup_supply", "Backup supply"),
                            ("reclose_trial", "Trial reclosing"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=20,
                        verbose_name="method",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(NEVER_CHANGED, FORGET),
    ]
