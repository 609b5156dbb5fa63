"""Signing in: browsers that are signed in, what was tried at the door, and the second factor of a person."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import SignInKind
from incidents.models.base import Identified, in_order, moment
from incidents.models.people import User

_DIGEST = r"^[0-9a-f]{64}$"
LONGEST_AGENT = 200


class BrowserSession(Identified):
    """A browser that holds a session; of the key in its cookie only a digest is kept.

    No record: it is deleted a week after it has ended; what was done at the door stays in :class:`SignIn`.

    Attributes:
        user: Who is signed in; nobody while somebody is still signing in.
        session_data: What pages keep for the browser, signed; empty once it has ended.
        by_code: Whether a second factor was shown.
    """

    key_digest = models.CharField(_("digest of the key"), max_length=64, unique=True)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    session_data = models.TextField(_("what pages keep"), blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=LONGEST_AGENT, blank=True)
    by_code = models.BooleanField(_("with a second factor"), default=False)
    started_at = models.DateTimeField(_("since"))
    last_seen_at = models.DateTimeField(_("last seen"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = moment(_("ended"))

    class Meta:
        verbose_name = _("signed-in browser")
        verbose_name_plural = _("signed-in browsers")
        indexes = [
            models.Index(
                fields=["user"], name="session_living_of_a_person", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["last_seen_at"], name="session_by_age"),
        ]
        constraints = [
            CheckConstraint(name="session_keeps_a_digest_only", condition=Q(key_digest__regex=_DIGEST)),
            CheckConstraint(
                name="session_ended_keeps_nothing", condition=Q(ended_at__isnull=True) | Q(session_data="")
            ),
            in_order("session", "started_at", "last_seen_at"),
            in_order("session", "started_at", "ended_at"),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.user or "–")


class SignIn(Identified):
    """What happened at the door: an attempt, with what became of it, or that its lock was lifted.

    An attempt is written as refused before the password is looked at, so that many at once count as many.
    What was typed as a name is kept as a digest alone: people type passwords there.

    Attributes:
        user: Whose account the name is; null where there is none.
        place_digest: Where it came from, as attempts are counted: a browser that is known, or an address.
        is_known: Whether it came from a browser in which that person had signed in before.
    """

    kind = models.CharField(_("what happened"), max_length=16, choices=SignInKind)
    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    name_digest = models.CharField(_("digest of the name"), max_length=64)
    place_digest = models.CharField(_("digest of the place"), max_length=64, blank=True)
    is_known = models.BooleanField(_("from a known browser"), default=False)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    agent = models.CharField(_("browser"), max_length=LONGEST_AGENT, blank=True)

    class Meta:
        verbose_name = _("event at sign-in")
        verbose_name_plural = _("sign-in log")
        indexes = [
            models.Index(fields=["name_digest", "at"], name="sign_in_of_a_name"),
            models.Index(fields=["at"], name="sign_in_by_age"),
        ]
        constraints = [
            CheckConstraint(name="sign_in_keeps_a_digest_only", condition=Q(name_digest__regex=_DIGEST)),
            CheckConstraint(
                name="sign_in_that_entered_has_a_person",
                condition=Q(user__isnull=False)
                | Q(kind__in=[SignInKind.WRONG_PASSWORD, SignInKind.WRONG_CODE, SignInKind.SSO_REFUSED]),
            ),
        ]

    def __str__(self) -> str:
        """Return what happened to whom."""
        return f"{self.get_kind_display()} · {self.user or '–'}"


class SecondFactor(Identified):
    """A secret that a person's authenticator app shares with us, and ten codes for when the phone is gone.

    Attributes:
        sealed_key: The secret under a mask that follows from ``SECRET_KEY`` and the salt: who has the
            database alone can make no code from it.
        last_step: The newest 30 s step whose code was used; no code of it or of an earlier one works again.
        recovery_digests: Digests of the codes that were not used yet.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    sealed_key = models.CharField(_("sealed key"), max_length=40)
    key_salt = models.CharField(_("salt of the key"), max_length=32)
    last_step = models.BigIntegerField(_("newest step used"), null=True, blank=True)
    recovery_digests = ArrayField(
        models.CharField(max_length=64), verbose_name=_("digests of recovery codes"), default=list, blank=True
    )
    offered_at = models.DateTimeField(_("offered"))
    confirmed_at = moment(_("confirmed"))
    ended_at = moment(_("switched off"))

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints = [
            UniqueConstraint(
                name="second_factor_one_a_person", fields=["user"], condition=Q(ended_at__isnull=True)
            ),
            CheckConstraint(
                name="second_factor_key_is_whole",
                condition=Q(sealed_key__regex=r"^[0-9a-f]{40}$", key_salt__regex=r"^[0-9a-f]{32}$"),
            ),
            CheckConstraint(
                name="second_factor_codes_once_confirmed",
                condition=Q(confirmed_at__isnull=False) | Q(recovery_digests=[], last_step__isnull=True),
            ),
            in_order("second_factor", "offered_at", "confirmed_at", "ended_at"),
        ]

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.user)
