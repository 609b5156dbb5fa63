"""What people do to gateways: made, changed, given a new secret, switched on and off."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents import journal
from incidents.choices import Language
from incidents.errors import Invalid
from incidents.journal import Actor
from incidents.models import Organization
from incidents.services import deeds, facts
from incidents.services.storing import store
from tracker.choices import HookFormat, NotificationState
from tracker.hooks import signing
from tracker.hooks.wire import Target
from tracker.models import Hook, Notification

SWITCHED_OFF = "gateway was switched off"


@transaction.atomic
def make(
    *,
    name: str,
    url: str,
    languages: Collection[Language],
    by: Actor,
    form: HookFormat = HookFormat.FULL,
    organization: Organization | None = None,
) -> tuple[Hook, str]:
    """Make a gateway, switched on.

    Args:
        name: What people call it.
        url: Where messages are posted to.
        languages: Languages that it carries, the first for people who read none of them.
        by: Who makes it.
        form: How much text it wants.
        organization: Whose it is; None for everybody without their own.

    Returns:
        The row, and the secret that signs its messages: the only time that it is seen.

    Raises:
        Invalid: If nothing may be posted to this address.
        BrokenRule: If the organisation has one that is switched on.
    """
    _check_url(url)
    hook = Hook(
        organization=organization,
        name=name,
        url=url,
        format=form,
        languages=list(languages),
        made_by=by.user,
        made_at=by.now,
        secret_made_at=by.now,
    )
    secret = signing.new_secret(hook.uuid, hook.secret_number)
    hook.secret_digest = signing.digest_of(secret)
    store(hook)
    journal.write("hook.made", subject=hook, at=by.now, by=by, organization=organization)
    return hook, secret


@transaction.atomic
def change(
    hook: Hook, *, name: str, url: str, languages: Collection[Language], form: HookFormat, by: Actor
) -> Hook:
    """Change where messages go and what they hold; what is owed goes to the new address.

    Raises:
        Invalid: If nothing may be posted to this address.
    """
    _check_url(url)
    locked = _locked(hook)
    before = journal.snapshot(locked)
    locked.name, locked.url, locked.languages, locked.format = name, url, list(languages), form
    _mended(locked)
    deeds.record("hook.changed", locked, before=before, at=by.now, by=by, organization=locked.organization)
    return locked


@transaction.atomic
def renew_secret(hook: Hook, *, reason: str, by: Actor) -> tuple[Hook, str]:
    """Give a gateway a new secret; the earlier one signs nothing from now on.

    Returns:
        The row, and the secret: the only time that it is seen.

    Raises:
        Missing: If no reason is given.
    """
    facts.require_words(purpose="renew", reason=reason)
    locked = _locked(hook)
    before = journal.snapshot(locked)
    locked.secret_number += 1
    secret = signing.new_secret(locked.uuid, locked.secret_number)
    locked.secret_digest, locked.secret_made_at = signing.digest_of(secret), by.now
    _mended(locked)
    store(locked, fields=["secret_digest"])
    deeds.record(
        "hook.secret_renewed",
        locked,
        before=before,
        at=by.now,
        by=by,
        organization=locked.organization,
        reason=reason,
    )
    return locked, secret


@transaction.atomic
def switch(hook: Hook, *, on: bool, reason: str, at: datetime, by: Actor) -> Hook:
    """Switch a gateway on or off; what is owed to one that is switched off has failed.

    Raises:
        Missing: If no reason is given.
        BrokenRule: If its organisation has another one that is switched on.
    """
    facts.require_words(purpose="switch", reason=reason)
    locked = _locked(hook)
    if locked.enabled == on:
        return locked
    before = journal.snapshot(locked)
    locked.enabled = on
    _mended(locked)
    deeds.record(
        "hook.switched",
        locked,
        before=before,
        at=at,
        by=by,
        organization=locked.organization,
        reason=reason,
    )
    if not on:
        owed = Notification.objects.filter(hook=locked, next_try_at__isnull=False)
        owed.update(state=NotificationState.FAILED, next_try_at=None, last_error=SWITCHED_OFF)
        held = Notification.objects.filter(hook=locked, state=NotificationState.HELD)
        held.update(state=NotificationState.FAILED, last_error=SWITCHED_OFF)
    return locked


def _locked(hook: Hook) -> Hook:
    return Hook.objects.select_for_update(of=["self"]).select_related("organization").get(pk=hook.pk)


def _mended(hook: Hook) -> None:
    """Forget that it did not answer: what was changed may be what was wrong."""
    hook.failures, hook.failing_since, hook.rests_until, hook.last_error = 0, None, None, ""


def _check_url(url: str) -> None:
    try:
        Target(url)
    except ValueError as error:
        words = _("Nothing may be sent to this address: %(why)s.") % {"why": error}
        raise Invalid(problems={"url": [words]}) from error
