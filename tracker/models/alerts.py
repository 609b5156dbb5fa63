"""Alerts: what breaches a rule now, how far its ladder was climbed, and what happened to it."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Grade
from incidents.models import Organization, User
from incidents.models.base import Identified, in_order, moment
from incidents.models.journal import TRANSACTION_ID
from tracker.choices import AlertEnd, AlertEventKind, AlertState, Severity
from tracker.models.rules import Rule

_NAMES = ("place", "user", "told_crew", "company", "asker", "sender", "part", "alert_code")
OPEN = Q(state__in=[AlertState.FIRING, AlertState.ACKNOWLEDGED])


class Alert(Identified):
    """A subject that breaches a rule; one open alert a rule and subject, drill and real apart.

    All timing is these columns: ``next_due_at`` says when the watch has to look again. It is reckoned from
    ``climb_at``, never from when the last step really ran, so that lateness does not add up.

    Attributes:
        rule: The version it was opened with; its ladder counts to the end.
        rule_code: The rule's code, across versions; with the subject it is unique while open.
        band_rank: How bad the band is; a rise begins a new climb.
        generation: Number of the climb; what was written for an older one is no longer sent.
        climb_at: When this climb began.
        next_step: Next step: a rung of the ladder, or past the last one its n-th repeat.
        next_due_at: When that is due, or when an acknowledgement runs out; null if nothing is to come.
        gone_at: Since when the condition has not been met, while the rule still waits whether it stays so.
        facts: What a mail says of the subject, refreshed while the alert is open; unknown is left out.
        changed_in: Transaction that changed it last, set by the database; when its ladder goes on is no
            change. Readers order by it to miss no late commit, for the watch writes no journal.
        snoozed_until: End of an acknowledgement that a person gave an end of his own; ``next_due_at`` too.
        is_shut: Ended by a person while the condition was there: nothing is opened for this subject until
            the condition is gone once, or is worse than it was.
        folded_under: The alert that explains this one; it tells nobody and waits for nothing meanwhile.
    """

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="alerts", verbose_name=_("rule"))
    rule_code = models.CharField(_("rule code"), max_length=8)
    subject_type = models.CharField(_("subject type"), max_length=30)
    subject_id = models.BigIntegerField(_("subject number"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="alerts", verbose_name=_("organisation")
    )
    is_exercise = models.BooleanField(_("exercise"), default=False)
    band = models.CharField(_("band"), max_length=12, blank=True)
    band_rank = models.PositiveSmallIntegerField(_("rank of the band"), default=0)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    state = models.CharField(_("state"), max_length=12, choices=AlertState, default=AlertState.FIRING)
    generation = models.PositiveIntegerField(_("climb"), default=1)
    climb_at = models.DateTimeField(_("climb began"))
    next_step = models.PositiveIntegerField(_("next step"), default=1)
    next_due_at = moment(_("next due"))
    opened_at = models.DateTimeField(_("opened"))
    acknowledged_at = moment(_("acknowledged"))
    acknowledged_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("acknowledged by")
    )
    gone_at = moment(_("condition gone since"))
    snoozed_until = moment(_("snoozed until"))
    resolved_at = moment(_("over"))
    resolved_why = models.CharField(_("why over"), max_length=10, choices=AlertEnd, blank=True)
    resolved_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    is_shut = models.BooleanField(_("kept shut"), default=False, db_default=False)
    folded_under = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="folded",
        db_index=False,
        verbose_name=_("explained by"),
    )
    facts = models.JSONField(_("facts"), default=dict, encoder=DjangoJSONEncoder)
    changed_in = models.BigIntegerField(
        _("changed in transaction"), db_default=TRANSACTION_ID, editable=False
    )

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        indexes = [
            models.Index(
                fields=["next_due_at", "id"], name="alert_due", condition=Q(next_due_at__isnull=False)
            ),
            models.Index(fields=["-opened_at", "-id"], name="alert_open_newest", condition=OPEN),
            models.Index(fields=["changed_in", "id"], name="alert_in_commit_order"),
            models.Index(
                fields=["folded_under"], name="alert_folded", condition=OPEN & Q(folded_under__isnull=False)
            ),
            models.Index(
                fields=["subject_id"], name="alert_of_an_outage", condition=OPEN & Q(subject_type="outage")
            ),
            models.Index(fields=["rule_code", "subject_id"], name="alert_shut", condition=Q(is_shut=True)),
        ]
        constraints = [
            UniqueConstraint(
                name="alert_one_open_per_subject",
                fields=["rule_code", "subject_type", "subject_id", "is_exercise"],
                condition=OPEN,
            ),
            CheckConstraint(name="alert_severity_is_known", condition=Q(severity__in=Severity.values)),
            CheckConstraint(
                name="alert_counts_from_one", condition=Q(generation__gte=1) & Q(next_step__gte=1)
            ),
            CheckConstraint(name="alert_climbs_after_it_opened", condition=Q(climb_at__gte=F("opened_at"))),
            CheckConstraint(
                name="alert_acknowledgement_is_whole",
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                & ~Q(state=AlertState.ACKNOWLEDGED)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                & ~Q(state=AlertState.FIRING),
            ),
            CheckConstraint(
                name="alert_end_is_whole",
                condition=Q(
                    state=AlertState.RESOLVED,
                    resolved_at__isnull=False,
                    resolved_why__in=AlertEnd.values,
                    next_due_at__isnull=True,
                )
                | OPEN & Q(resolved_at__isnull=True, resolved_why=""),
            ),
            CheckConstraint(
                name="alert_ended_by_a_person_is_whole",
                condition=Q(resolved_why=AlertEnd.BY_PERSON, resolved_by__isnull=False)
                | ~Q(resolved_why=AlertEnd.BY_PERSON) & Q(resolved_by__isnull=True, is_shut=False),
            ),
            CheckConstraint(
                name="alert_does_not_explain_itself",
                condition=Q(folded_under__isnull=True) | ~Q(folded_under=F("id")),
            ),
            in_order("alert", "opened_at", "resolved_at"),
        ]

    def __str__(self) -> str:
        """Return rule, band and subject; a drill says so first."""
        words = f"{self.rule_code} {self.band_named} {self.what}".replace("  ", " ")
        return f"【演练】{words}" if self.is_exercise else words

    @property
    def band_named(self) -> str:
        """The band in words: the grades of ice have names, other bands are numbers."""
        return str(Grade(self.band).label) if self.band in Grade else self.band

    @property
    def what(self) -> str:
        """What the alert is about, as the facts name it; type and number where they do not."""
        named = " ".join(str(self.facts[key]) for key in ("line", "section", "post") if self.facts.get(key))
        named = named or str(next((self.facts[key] for key in _NAMES if self.facts.get(key)), ""))
        return named.replace("【演练】", "") or f"{self.subject_type} {self.subject_id}"


class AlertEvent(models.Model):
    """What happened to an alert, in order; append-only.

    Attributes:
        step: The step taken, as in :attr:`Alert.next_step`; null where no step was.
        detail: By kind: ``told`` (how many people), ``due_at`` (planned), ``skipped`` (steps that were past
            due together with this one), ``unreached`` (rungs without anybody that were passed over),
            ``from`` and ``to`` (bands), ``until`` (end of an acknowledgement or snooze), ``under`` (alert
            that explains this one), ``through`` (``mail`` where somebody answered from a mail).
    """

    alert = models.ForeignKey(Alert, models.PROTECT, related_name="events", verbose_name=_("alert"))
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=12, choices=AlertEventKind)
    generation = models.PositiveIntegerField(_("climb"))
    step = models.PositiveIntegerField(_("step"), null=True, blank=True)
    detail = models.JSONField(_("detail"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event of an alert")
        verbose_name_plural = _("events of alerts")
        indexes = [models.Index(fields=["alert", "id"], name="alert_event_in_order")]
        constraints = [
            CheckConstraint(name="alert_event_kind_is_known", condition=Q(kind__in=AlertEventKind.values)),
            CheckConstraint(
                name="alert_event_step_fits_kind",
                condition=Q(
                    kind__in=[AlertEventKind.TOLD, AlertEventKind.NOBODY], step__isnull=False, step__gte=1
                )
                | ~Q(kind__in=[AlertEventKind.TOLD, AlertEventKind.NOBODY]) & Q(step__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        """Return what happened."""
        return self.get_kind_display()
