"""Weather warnings: kept as issued, superseded by the next one, cancelled; never edited."""

from collections.abc import Collection
from datetime import datetime
from typing import Unpack

from django.db import transaction

from incidents import journal
from incidents.choices import WarningHazard, WarningLevel
from incidents.errors import BadTransition, Missing
from incidents.journal import Actor
from incidents.models import Division, Organization, WeatherWarning
from incidents.rules.times import not_before, require_aware
from incidents.services import deeds, facts


class WarningFacts(facts.Told, total=False):
    """What may be said of a warning besides its words; without ``expires_at`` it holds until cancelled."""

    valid_from_at: datetime | None
    expires_at: datetime | None


@transaction.atomic
def issue(
    *,
    organization: Organization,
    issuer: str,
    hazard: WarningHazard,
    level: WarningLevel,
    areas: Collection[Division],
    text: str,
    at: datetime,
    by: Actor,
    **told: Unpack[WarningFacts],
) -> WeatherWarning:
    """Keep a warning as the weather service issued it.

    Args:
        organization: Who received it; it is seen by all below.
        issuer: The station, in its own words.
        hazard: What it warns of.
        level: Its colour.
        areas: The divisions that it names, at least one.
        text: Its words, unchanged.
        at: When it was issued.
        by: Who keeps it.
        **told: From when and until when it holds, and the source.

    Raises:
        Missing: If it names no division.
        NaiveTime, OutOfRange: If it was issued without a zone, in the future or too long ago.
        BrokenRule, Invalid: If it expires before it holds, or a field is not valid; nothing is written.
    """
    row = WeatherWarning(organization=organization, issuer=issuer, hazard=hazard, level=level, text=text)
    return _keep(row, areas, told, at=at, by=by)


@transaction.atomic
def supersede(
    warning: WeatherWarning,
    *,
    level: WarningLevel,
    text: str,
    at: datetime,
    by: Actor,
    areas: Collection[Division] = (),
    **told: Unpack[WarningFacts],
) -> WeatherWarning:
    """Keep the warning that takes the place of another: raised, lowered, longer, or in other words.

    Issuer and hazard stay what they are; so do the areas and the storm where no others are told.

    Returns:
        The new warning.

    Raises:
        BadTransition: If the old one is superseded or cancelled already.
        Inconsistent: If it was issued before the old one.
        NaiveTime, OutOfRange, BrokenRule, Invalid: See :func:`issue`.
    """
    old = _lock_standing(warning, verb="supersede")
    facts.check_moments(by=by, at=at)
    not_before(field="at", at=at, other="issued_at", earliest=old.issued_at)
    row = WeatherWarning(
        organization=old.organization,
        issuer=old.issuer,
        hazard=old.hazard,
        level=level,
        text=text,
        update_of=old,
        storm=old.storm,
    )
    new = _keep(row, areas or list(old.areas.all()), told, at=at, by=by)
    journal.write(
        "weather_warning.superseded",
        subject=old,
        at=at,
        by=by,
        organization=old.organization,
        after={"superseded_by": str(new.uuid)},
    )
    return new


@transaction.atomic
def cancel(warning: WeatherWarning, *, reason: str, at: datetime, by: Actor) -> WeatherWarning:
    """Cancel a warning: its issuer lifted it, or it should never have been kept.

    Raises:
        Missing: If no reason is given.
        BadTransition: If it is superseded or cancelled already.
        Inconsistent: If it would be cancelled before it was issued.
    """
    facts.require_words(purpose="cancel", reason=reason)
    facts.check_moments(by=by, at=at)
    row = _lock_standing(warning, verb="cancel")
    not_before(field="at", at=at, other="issued_at", earliest=row.issued_at)
    before = journal.snapshot(row)
    row.cancelled_at, row.cancel_reason = at, reason
    deeds.record(
        "weather_warning.cancelled",
        row,
        before=before,
        at=at,
        by=by,
        organization=row.organization,
        reason=reason,
    )
    return row


def _keep(
    row: WeatherWarning, areas: Collection[Division], told: WarningFacts, *, at: datetime, by: Actor
) -> WeatherWarning:
    facts.check_moments(by=by, at=at)
    for name in ("valid_from_at", "expires_at"):
        moment = told.get(name)
        if isinstance(moment, datetime):  # it may lie ahead: that is what a warning is for
            require_aware(field=name, at=moment)
    if not areas:
        raise Missing(field="areas", purpose="weather warning")
    fields, reasons = facts.split(told)
    for name, value in fields.items():
        setattr(row, name, value)
    row.issued_at, row.valid_from_at = at, told.get("valid_from_at") or at
    facts.keep(row, by=by, reasons=reasons)
    row.areas.set(areas)
    journal.write(
        "weather_warning.issued",
        subject=row,
        at=at,
        by=by,
        organization=row.organization,
        after={**journal.snapshot(row), "areas": sorted(area.pk for area in areas)},
    )
    return row


def _lock_standing(warning: WeatherWarning, *, verb: str) -> WeatherWarning:
    row = (
        WeatherWarning.objects.select_for_update(of=["self"])
        .select_related("organization", "storm")
        .get(pk=warning.pk)
    )
    superseded = row.updates.exists()
    if superseded or row.cancelled_at is not None:
        state = "superseded" if superseded else "cancelled"
        raise BadTransition(subject="weather_warning", state=state, verb=verb, allowed=[])
    return row
