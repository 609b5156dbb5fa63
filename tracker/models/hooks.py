"""Gateways: where messages for phones and chats go, who may be sent through them, and how they are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import Language
from incidents.models import Organization, User
from incidents.models.base import Identified, moment
from tracker.choices import HookFormat

LONGEST_REST_S = 30


class Hook(Identified):
    """A company's gateway for text messages or chats, told by signed HTTP requests.

    It serves its organisation and everything below it that has none of its own. The secret that signs is not
    kept: it is made from the installation's key, this row's identity and ``secret_number``; a digest tells
    whether it is still the one that was shown.

    Attributes:
        organization: Whose gateway it is; null for everybody without their own.
        languages: Languages that it carries, the first for people who read none of them.
        secret_number: Counts the secrets that were given out; an earlier one no longer signs.
        failures: Attempts in a row that it did not answer.
        rests_until: It is left alone until then; what is owed to it waits.
    """

    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hooks",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=60)
    url = models.CharField(_("address of the gateway"), max_length=500)
    format = models.CharField(_("format"), max_length=8, choices=HookFormat, default=HookFormat.FULL)
    languages = ArrayField(models.CharField(max_length=8, choices=Language), verbose_name=_("languages"))
    enabled = models.BooleanField(_("switched on"), default=True)
    secret_number = models.PositiveIntegerField(_("number of the secret"), default=1)
    secret_digest = models.CharField(_("digest of the secret"), max_length=64)
    secret_made_at = models.DateTimeField(_("secret made"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = moment(_("failing since"))
    rests_until = moment(_("left alone until"))
    last_accepted_at = moment(_("last answer"))
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("gateway")
        verbose_name_plural = _("gateways")
        constraints = [
            UniqueConstraint(
                name="hook_one_at_work_an_organization",
                fields=["organization"],
                condition=Q(enabled=True),
                nulls_distinct=False,
                violation_error_message=_("This organisation has a gateway that is switched on already."),
            ),
            CheckConstraint(name="hook_speaks_http", condition=Q(url__regex="^https?://[^/@ ]+(/[^ ]*)?$")),
            CheckConstraint(
                name="hook_carries_known_languages",
                condition=Q(languages__len__gte=1) & Q(languages__contained_by=Language.values),
            ),
            CheckConstraint(name="hook_format_is_known", condition=Q(format__in=HookFormat.values)),
            CheckConstraint(
                name="hook_keeps_a_digest_only",
                condition=Q(secret_digest__regex=r"^[0-9a-f]{64}$"),  # noqa: S106 - a pattern
            ),
            CheckConstraint(
                name="hook_failing_is_whole",
                condition=Q(failures=0, failing_since__isnull=True, rests_until__isnull=True)
                | Q(failures__gte=1, failing_since__isnull=False, rests_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return its name."""
        return self.name
