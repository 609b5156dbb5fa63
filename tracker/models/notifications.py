"""Notifications: every mail and message that is owed, with what became of it."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Language
from incidents.models import User
from incidents.models.base import moment
from tracker.choices import HeldBy, NoticeChannel, NoticeKind, NotificationState
from tracker.models.alerts import Alert
from tracker.models.duty import DutyPost
from tracker.models.hooks import Hook
from tracker.models.reports import SituationReport

OWED = Q(next_try_at__isnull=False)
MAY_WAIT = [NotificationState.QUEUED, NotificationState.UNCERTAIN]


class Notification(models.Model):
    """One person to be told of one step of one climb, once; or of several together, or of a shift.

    The row is written in the transaction of the step and is the promise; sending only settles it. One that a
    limit keeps back says until when and why; then it is told in a digest, which is a row of its own.

    Attributes:
        kind: A step has an alert, a shift has its post, a digest has rows that point to it, a report is one.
        at_most_once: Rather not at all than twice: one without an answer is not repeated.
        held_until: Until when it is kept back, and what for; both stay for the record.
        digest: The digest that told it.
        level: Rung of the ladder.
        repeat: 0 for the rung itself, n for the n-th repeat after the last rung.
        hook: The gateway that a message goes to; null for a mail.
        address: The recipient's address when the step was taken; of a message the phone, else ``@account``.
        urgency: Rank of the alert's severity; the urgent ones go first.
        due_at: When the step was planned; acceptance minus this is the lateness.
        next_try_at: When it may be tried; null once nothing more is owed.
        lease_until: The sender of ``lease_token`` alone may settle it, until then by the database's clock.
        attempts: Times that sending was begun; ``doubts``, without an answer: a second is final.
        composed_at: When the text was written; the Date of the mail, and of its repeat.
        data_started_at: Recorded before an attempt; with a lease that ran out the outcome is uncertain.
        relay: Mail server that took it, as host and port.
        replayed_at: When a person had it sent again, whatever its alert has become.
        bounced_at: When it came back, and with what words; it counts as never told.
        message_id: ``<alert.generation.level.repeat.recipient@domain>``, the same for every attempt; a
            digest has ``<digest.first row.recipient@domain>``, a shift ``<shift.post@domain>``, a report
            ``<report.recipient@domain>``, a message to a gateway ``webhook`` after the recipient.
    """

    kind = models.CharField(
        _("about"), max_length=8, choices=NoticeKind, default=NoticeKind.STEP, db_default=NoticeKind.STEP
    )
    alert = models.ForeignKey(
        Alert,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,  # ``notification_once`` begins with it; each index is written four times a mail
        verbose_name=_("alert"),
    )
    post = models.ForeignKey(
        DutyPost,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("shift"),
    )
    report = models.ForeignKey(
        SituationReport,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
        verbose_name=_("situation report"),
    )
    at_most_once = models.BooleanField(_("at most once"), default=False, db_default=False)
    digest = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="told_together",
        db_index=False,
        verbose_name=_("told in"),
    )
    generation = models.PositiveIntegerField(_("climb"), default=1)
    level = models.PositiveSmallIntegerField(_("rung"), default=1)
    repeat = models.PositiveIntegerField(_("repeat"), default=0)
    recipient = models.ForeignKey(  # ``notification_of_a_person`` begins with it
        User, models.PROTECT, related_name="+", db_index=False, verbose_name=_("recipient")
    )
    channel = models.CharField(_("through"), max_length=8, choices=NoticeChannel)
    hook = models.ForeignKey(
        Hook,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        db_index=False,
        verbose_name=_("gateway"),
    )
    address = models.EmailField(_("address"))
    language = models.CharField(_("language"), max_length=8, choices=Language)
    urgency = models.PositiveSmallIntegerField(_("urgency"), default=0)
    state = models.CharField(
        _("state"), max_length=12, choices=NotificationState, default=NotificationState.QUEUED
    )
    due_at = models.DateTimeField(_("planned"))
    created_at = models.DateTimeField(_("decided"))
    next_try_at = moment(_("next try"))
    held_until = moment(_("held until"))
    held_by = models.CharField(
        _("held by"), max_length=8, choices=HeldBy, blank=True, default="", db_default=""
    )
    lease_until = moment(_("lease until"))
    lease_token = models.UUIDField(_("lease"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    doubts = models.PositiveSmallIntegerField(_("without an answer"), default=0)
    composed_at = moment(_("written"))
    data_started_at = moment(_("handed over"))
    accepted_at = moment(_("taken by the server"))
    relay = models.CharField(_("taken by"), max_length=100, blank=True, default="", db_default="")
    replayed_at = moment(_("sent again by hand"))
    bounced_at = moment(_("came back"))
    bounce = models.CharField(_("why it came back"), max_length=300, blank=True, default="", db_default="")
    server_reply = models.CharField(_("answer of the server"), max_length=300, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    message_id = models.CharField(_("message id"), max_length=300)
    subject = models.CharField(_("subject line"), max_length=300, blank=True)
    body_text = models.TextField(_("text"), blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(
                fields=["channel", "-urgency", "next_try_at", "id"], name="notification_owed", condition=OWED
            ),
            models.Index(
                fields=["lease_until"],
                name="notification_leased",
                condition=Q(state=NotificationState.LEASED),
            ),
            models.Index(
                fields=["held_until", "id"],
                name="notification_held",
                condition=Q(state=NotificationState.HELD),
            ),
            models.Index(
                fields=["digest"], name="notification_of_a_digest", condition=Q(digest__isnull=False)
            ),
            models.Index(fields=["recipient", "-created_at"], name="notification_of_a_person"),
        ]
        constraints = [
            UniqueConstraint(name="notification_message_id", fields=["message_id"]),
            UniqueConstraint(
                name="notification_once",
                fields=["alert", "generation", "level", "repeat", "recipient", "channel"],
            ),
            UniqueConstraint(
                name="notification_of_a_report_once",
                fields=["report", "recipient", "channel"],
                condition=Q(report__isnull=False),
            ),
            CheckConstraint(
                name="notification_counts_from_one", condition=Q(generation__gte=1) & Q(level__gte=1)
            ),
            CheckConstraint(name="notification_has_an_address", condition=~Q(address="")),
            CheckConstraint(
                name="notification_owed_or_settled",
                condition=Q(state=NotificationState.QUEUED, next_try_at__isnull=False)
                | Q(state__in=[NotificationState.LEASED, NotificationState.UNCERTAIN])
                | Q(
                    state__in=[
                        NotificationState.ACCEPTED,
                        NotificationState.FAILED,
                        NotificationState.SUPERSEDED,
                        NotificationState.HELD,
                        NotificationState.DIGESTED,
                        NotificationState.BOUNCED,
                    ],
                    next_try_at__isnull=True,
                ),
            ),
            CheckConstraint(
                name="notification_is_about_one_thing",
                condition=Q(report__isnull=True)
                & (
                    Q(kind=NoticeKind.STEP, alert__isnull=False, post__isnull=True)
                    | Q(kind=NoticeKind.SHIFT, alert__isnull=True, post__isnull=False, digest__isnull=True)
                    | Q(kind=NoticeKind.DIGEST, alert__isnull=True, post__isnull=True, digest__isnull=True)
                )
                | Q(report__isnull=False, kind=NoticeKind.REPORT)
                & Q(alert__isnull=True, post__isnull=True, digest__isnull=True),
            ),
            CheckConstraint(
                name="notification_held_says_until_when_and_why",
                condition=Q(held_until__isnull=True, held_by="")
                & ~Q(state__in=[NotificationState.HELD, NotificationState.DIGESTED])
                | Q(held_until__isnull=False, held_by__in=HeldBy.values),
            ),
            CheckConstraint(
                name="notification_digested_in_a_digest",
                condition=Q(state=NotificationState.DIGESTED, digest__isnull=False)
                | ~Q(state=NotificationState.DIGESTED) & Q(digest__isnull=True),
            ),
            CheckConstraint(
                name="notification_lease_is_whole",
                condition=Q(
                    state=NotificationState.LEASED,
                    lease_until__isnull=False,
                    lease_token__isnull=False,
                    next_try_at__isnull=True,
                )
                | ~Q(state=NotificationState.LEASED) & Q(lease_until__isnull=True, lease_token__isnull=True),
            ),
            CheckConstraint(
                name="notification_accepted_is_whole",
                condition=Q(state=NotificationState.ACCEPTED, accepted_at__isnull=False)
                | Q(state=NotificationState.BOUNCED)
                | ~Q(state__in=[NotificationState.ACCEPTED, NotificationState.BOUNCED])
                & Q(accepted_at__isnull=True),
            ),
            CheckConstraint(
                name="notification_bounced_says_when_and_why",
                condition=Q(bounced_at__isnull=False, channel=NoticeChannel.MAIL) & ~Q(bounce="")
                | Q(bounced_at__isnull=True, bounce="") & ~Q(state=NotificationState.BOUNCED),
            ),
            CheckConstraint(
                name="notification_through_a_gateway_names_it",
                condition=Q(channel=NoticeChannel.MAIL, hook__isnull=True)
                | Q(channel=NoticeChannel.WEBHOOK, hook__isnull=False),
            ),
            CheckConstraint(
                name="notification_failed_with_an_error",
                condition=~Q(state=NotificationState.FAILED) | ~Q(last_error=""),
            ),
            CheckConstraint(
                name="notification_uncertain_with_a_doubt",
                condition=~Q(state=NotificationState.UNCERTAIN) | Q(doubts__gte=1),
            ),
        ]

    def __str__(self) -> str:
        """Return to whom, and the subject."""
        return f"{self.address}: {self.subject or self.get_kind_display()}"
