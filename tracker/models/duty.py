"""Duty posts: who holds which role of the ladder, where, and when; and what people wish to be told of it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.models import Organization, User
from incidents.models.base import Identified, in_order, moment
from incidents.models.crews import span
from tracker.choices import DutyRole, SwapState
from tracker.models.rotations import Rotation


class DutyPost(Identified):
    """A person on duty in a role, in ``[since, until)``; several may hold one role together.

    These rows are the one truth of who is on duty (``selectors/duty.py``): shifts of a rotation are such
    rows, and whoever takes over from somebody ends that row early and has one of his own. A post that was
    taken over whole lasts no time: it begins and ends at once. Whoever is above is asked where nobody holds
    the role below.

    Attributes:
        rotation: The rotation that planned it; null for a post made by hand.
        instead_of: The post that this one was cut from, or takes over.
    """

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="duty_posts", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=1, choices=DutyRole)
    user = models.ForeignKey(User, models.PROTECT, related_name="duty_posts", verbose_name=_("person"))
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    rotation = models.ForeignKey(
        Rotation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="posts",
        verbose_name=_("rotation"),
    )
    instead_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("instead of")
    )

    class Meta:
        verbose_name = _("duty post")
        verbose_name_plural = _("duty posts")
        indexes = [
            models.Index(fields=["organization", "role"], name="duty_of_an_organization"),
            models.Index(fields=["since_at"], name="duty_begins"),
        ]
        constraints = [
            in_order("duty", "since_at", "until_at"),
            CheckConstraint(name="duty_role_is_known", condition=Q(role__in=DutyRole.values)),
            CheckConstraint(
                name="duty_is_not_instead_of_itself",
                condition=Q(instead_of__isnull=True) | ~Q(instead_of=F("id")),
            ),
            ExclusionConstraint(
                name="duty_held_once_at_a_time",
                expressions=[
                    ("organization", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (span("since_at", "until_at"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person holds this post already at that time."),
            ),
        ]

    def __str__(self) -> str:
        """Return who is what where."""
        return f"{self.user} · {self.get_role_display()} · {self.organization}"


class DutySwap(Identified):
    """An offer to exchange two shifts, made by one of the two people and agreed to by the other."""

    offered = models.ForeignKey(
        DutyPost, models.PROTECT, related_name="swaps_offered", verbose_name=_("shift offered")
    )
    wanted = models.ForeignKey(
        DutyPost, models.PROTECT, related_name="swaps_wanted", verbose_name=_("shift wanted")
    )
    state = models.CharField(_("state"), max_length=8, choices=SwapState, default=SwapState.OFFERED)
    offered_at = models.DateTimeField(_("offered"))
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("offered by"))
    answered_at = moment(_("answered"))
    answered_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )

    class Meta:
        verbose_name = _("exchange of shifts")
        verbose_name_plural = _("exchanges of shifts")
        constraints = [
            CheckConstraint(name="swap_is_of_two_shifts", condition=~Q(offered=F("wanted"))),
            CheckConstraint(
                name="swap_answer_is_whole",
                condition=Q(state=SwapState.OFFERED, answered_at__isnull=True, answered_by__isnull=True)
                | Q(
                    state__in=[SwapState.AGREED, SwapState.DECLINED],
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                ),
            ),
            CheckConstraint(
                name="swap_is_answered_by_the_other",
                condition=Q(answered_by__isnull=True)
                | ~Q(state=SwapState.AGREED)
                | ~Q(answered_by=F("offered_by")),
            ),
            UniqueConstraint(
                name="swap_offered_once",
                fields=["offered", "wanted"],
                condition=Q(state=SwapState.OFFERED),
            ),
            in_order("swap", "offered_at", "answered_at"),
        ]

    def __str__(self) -> str:
        """Return which shifts."""
        return f"{self.offered} ⇄ {self.wanted}"


class DutyNeed(Identified):
    """A role that an organisation needs somebody in at all hours; a gap ahead is an alert (rule E39)."""

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="duty_needs", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=1, choices=DutyRole)
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("post to be manned")
        verbose_name_plural = _("posts to be manned")
        constraints = [
            UniqueConstraint(
                name="need_once_at_a_time",
                fields=["organization", "role"],
                condition=Q(until_at__isnull=True),
                violation_error_message=_("This post is to be manned already."),
            ),
            CheckConstraint(name="need_role_is_known", condition=Q(role__in=DutyRole.values)),
            in_order("need", "since_at", "until_at"),
        ]

    def __str__(self) -> str:
        """Return which role where."""
        return f"{self.get_role_display()} · {self.organization}"


class DutyWish(Identified):
    """What a person wishes to be told besides what his post says; without a row nothing.

    Attributes:
        shift_mails: A mail before each of the person's shifts.
        off_duty_mails: Also notices of levels that say "off duty too" (invariant 25).
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="duty_wish", verbose_name=_("person"))
    shift_mails = models.BooleanField(_("mail before my shifts"), default=False)
    off_duty_mails = models.BooleanField(_("urgent mails off duty"), default=False)

    class Meta:
        verbose_name = _("wish about duty mails")
        verbose_name_plural = _("wishes about duty mails")

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.user)


class CalendarFeed(Identified):
    """A secret address under which a person's shifts can be read without signing in.

    Attributes:
        token_digest: SHA-256 of the secret part; the secret itself is shown once and kept nowhere.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="calendar_feeds", verbose_name=_("person"))
    token_digest = models.CharField(_("token digest"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made"))
    revoked_at = moment(_("revoked"))

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        constraints = [
            CheckConstraint(
                name="feed_keeps_a_digest_only",
                condition=Q(token_digest__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern
            ),
            in_order("feed", "made_at", "revoked_at"),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.user)
