"""Rules and their ladders. A version never changes: an alert keeps the one that it started with."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, User
from incidents.models.base import Identified, in_order
from tracker.choices import DutyRole, QuietPolicy, RuleOrigin, RungChannel, StormPolicy

YEAR_MIN = 525_600
CURRENT = Q(replaced_at__isnull=True)


class Rule(Identified):
    """One version of a rule: what is watched, from when, and whose number it is.

    A change is a new version (``services/rules.py``); the trigger ``rule_version_is_frozen`` refuses any
    other. The version that counts for a subject is the current one of the nearest organisation upwards
    that has its own, else the one without an organisation.

    Attributes:
        organization: Whose rule it is, and of everything below; null for everybody without their own.
        params: Thresholds of the condition, by name; which ones is said in ``tracker/checks``.
        severities: Band → :class:`~tracker.choices.Severity`.
        ack_min: How long an acknowledgement keeps an alert quiet, minutes.
        for_s: How long the condition must hold before an alert opens, s; 0 opens it at once.
        clear_s: How long the condition must be gone before the alert is over, s; 0 ends it at once.
        quiet: Whether the mails of the night wait for the morning; never those of warning and critical.
        storm_policy: What becomes of its mails while a storm of alerts lasts.
        source: The authority that the numbers come from, or that they are our default.
        replaced_at: Null for the current version.
    """

    code = models.CharField(_("code"), max_length=8)
    version = models.PositiveIntegerField(_("version"))
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    enabled = models.BooleanField(_("switched on"), default=True)
    name = models.CharField(_("name"), max_length=100)
    subject_type = models.CharField(_("subject type"), max_length=30)
    params = models.JSONField(_("thresholds"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    severities = models.JSONField(_("severity by band"), default=dict)
    ack_min = models.PositiveIntegerField(_("acknowledgement holds (min)"), default=60)
    for_s = models.PositiveIntegerField(_("must hold for (s)"), default=0)
    clear_s = models.PositiveIntegerField(_("must be gone for (s)"), default=0)
    quiet = models.CharField(_("at night"), max_length=8, choices=QuietPolicy, default=QuietPolicy.SEVERITY)
    storm_policy = models.CharField(
        _("in a storm of alerts"), max_length=8, choices=StormPolicy, default=StormPolicy.SEVERITY
    )
    source = models.CharField(_("source"), max_length=300)
    stop_condition = models.CharField(_("stops when"), max_length=200)
    origin = models.CharField(_("set by"), max_length=10, choices=RuleOrigin)
    since_at = models.DateTimeField(_("since"))
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        constraints = [
            UniqueConstraint(
                name="rule_version_once", fields=["code", "organization", "version"], nulls_distinct=False
            ),
            UniqueConstraint(
                name="rule_one_current_version",
                fields=["code", "organization"],
                condition=CURRENT,
                nulls_distinct=False,
                violation_error_message=_("This rule has a current version already."),
            ),
            CheckConstraint(
                name="rule_code_is_a_letter_and_two_digits", condition=Q(code__regex="^E[0-9]{2}$")
            ),
            CheckConstraint(name="rule_version_from_one", condition=Q(version__gte=1)),
            CheckConstraint(name="rule_ack_min_in_range", condition=Q(ack_min__gte=1, ack_min__lte=1440)),
            CheckConstraint(
                name="rule_names_its_source",
                condition=~Q(source="") & ~Q(name="") & ~Q(stop_condition="") & ~Q(subject_type=""),
            ),
            in_order("rule", "since_at", "replaced_at"),
            CheckConstraint(
                name="rule_delays_within_a_day", condition=Q(for_s__lte=86_400, clear_s__lte=86_400)
            ),
        ]

    def __str__(self) -> str:
        """Return code, name and version."""
        return f"{self.code} {self.name} v{self.version}"


class RuleLevel(models.Model):
    """One rung of a rule's ladder in one band; frozen with its rule.

    Attributes:
        band: Empty for a rule without bands.
        position: 1, 2, 3 … within the band.
        after_min: Minutes from the beginning of the climb.
        roles: Duty roles told at this rung.
        people: People told besides, by name, whether they are on duty or not.
        channel: Mail, the gateway of the nearest organisation that has one, or both.
        repeat_min: After the last rung everybody told so far is told again at this pace; counts there alone.
        max_repeats: How often at most; null until the alert is acknowledged or over.
        regardless_of_duty: Whether people of the roster who are off duty are told too, if they wished so.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="levels", verbose_name=_("rule"))
    band = models.CharField(_("band"), max_length=12, blank=True)
    position = models.PositiveSmallIntegerField(_("rung"))
    after_min = models.PositiveIntegerField(_("after (min)"))
    roles = ArrayField(models.CharField(max_length=1, choices=DutyRole), verbose_name=_("roles"))
    people = models.ManyToManyField(User, related_name="+", verbose_name=_("people by name"), blank=True)
    channel = models.CharField(_("through"), max_length=8, choices=RungChannel, default=RungChannel.MAIL)
    repeat_min = models.PositiveIntegerField(_("again every (min)"), null=True, blank=True)
    max_repeats = models.PositiveIntegerField(_("repeats at most"), null=True, blank=True)
    regardless_of_duty = models.BooleanField(_("off duty too"), default=False, db_default=False)

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        constraints = [
            UniqueConstraint(name="level_position_once", fields=["rule", "band", "position"]),
            CheckConstraint(name="level_position_from_one", condition=Q(position__gte=1)),
            CheckConstraint(name="level_after_within_a_year", condition=Q(after_min__lte=YEAR_MIN)),
            CheckConstraint(
                name="level_names_known_roles",
                condition=Q(roles__len__gte=1) & Q(roles__contained_by=DutyRole.values),
            ),
            CheckConstraint(name="level_channel_is_known", condition=Q(channel__in=RungChannel.values)),
            CheckConstraint(
                name="level_repeat_in_range",
                condition=Q(repeat_min__isnull=True) | Q(repeat_min__gte=1, repeat_min__lte=YEAR_MIN),
            ),
            CheckConstraint(
                name="level_max_repeats_needs_a_pace",
                condition=Q(max_repeats__isnull=True) | Q(max_repeats__gte=1, repeat_min__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return rule, band and rung."""
        return f"{self.rule.code} {self.band} {self.position}".replace("  ", " ")
