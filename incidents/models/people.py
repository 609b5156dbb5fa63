"""Organisations, the people in them and the phones they carry."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Language, OrganizationLevel, Role
from incidents.models.base import Identified, between, in_order, initials_of

HELD_FACT_HOURS = 12  # a shift; our default


class Organization(Identified):
    """A power-supply organisation; a tree of province, city, county and station.

    A ring of parents is refused by the trigger ``organization_refuse_ring``.
    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    initials = initials_of("name")
    short_name = models.CharField(_("short name"), max_length=30, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=OrganizationLevel)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    division = models.ForeignKey(
        "incidents.Division",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("division"),
    )
    duty_phone = models.CharField(_("duty phone"), max_length=30, blank=True)
    held_fact_hours = models.PositiveSmallIntegerField(
        _("a held fact is overdue after (h)"),
        default=HELD_FACT_HOURS,
        help_text=_("Facts from the field that cannot be applied; they stay, marked. 12 h is our default."),
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            CheckConstraint(
                name="organization_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
            ),
            between("organization", "held_fact_hours", 1, 168),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class User(AbstractUser):
    """A person who signs in, is told, or acts."""

    uuid = models.UUIDField(_("identity"), default=uuid4, unique=True, editable=False)
    display_name = models.CharField(_("full name"), max_length=60)
    initials = initials_of("display_name")
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=8, choices=Language, default=Language.CHINESE)

    class Meta:
        verbose_name = _("person with an account")
        verbose_name_plural = _("people with accounts")
        constraints = [
            UniqueConstraint(name="user_email_once", fields=["email"], condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        """Return the name that colleagues use."""
        return self.display_name or self.username

    def get_short_name(self) -> str:
        """Return the same; pages greet with it."""
        return str(self)


class Membership(Identified):
    """A role of a person in an organisation, and so in everything below it, while it lasts."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role)
    since_at = models.DateTimeField(_("since"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            UniqueConstraint(
                name="membership_once_at_a_time",
                fields=["user", "organization", "role"],
                condition=Q(until_at__isnull=True),
            ),
            in_order("membership", "since_at", "until_at"),
        ]

    def __str__(self) -> str:
        """Return who is what where."""
        return f"{self.user} · {self.get_role_display()} · {self.organization}"


class Device(Identified):
    """A phone that may post in a person's name; only digests of its tokens are kept.

    Attributes:
        lasting: How long each of its tokens lives, from enrolment or renewal.
        next_digest: A renewed token that was not used yet: used once, it takes the place of the present one.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="devices", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=60)
    platform = models.CharField(_("platform"), max_length=40, blank=True)
    token_digest = models.CharField(_("token digest"), max_length=64, unique=True)
    token_prefix = models.CharField(_("token begins with"), max_length=8)
    next_digest = models.CharField(_("next token digest"), max_length=64, unique=True, null=True, blank=True)
    next_prefix = models.CharField(_("next token begins with"), max_length=8, blank=True)
    next_expires_at = models.DateTimeField(_("next token expires"), null=True, blank=True)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("scopes"), default=list)
    lasting = models.DurationField(_("a token lives for"), default=timedelta(days=90))
    enrolled_at = models.DateTimeField(_("enrolled"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)
    app_version = models.CharField(_("app version"), max_length=40, blank=True)
    clock_skew_s = models.IntegerField(
        _("clock skew (s)"), null=True, blank=True, help_text=_("device clock minus server clock")
    )

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        constraints = [
            CheckConstraint(
                name="device_keeps_a_digest_only",
                condition=Q(token_digest__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern,
            ),
            CheckConstraint(
                name="device_next_token_is_whole",
                condition=Q(next_digest__isnull=True, next_prefix="", next_expires_at__isnull=True)
                | Q(
                    next_digest__isnull=False,
                    next_digest__regex=r"^[0-9a-f]{64}$",
                    next_expires_at__isnull=False,
                    revoked_at__isnull=True,
                ),
            ),
            in_order("device", "enrolled_at", "expires_at"),
        ]

    def __str__(self) -> str:
        """Return the phone's name and its owner."""
        return f"{self.name} · {self.user}"
