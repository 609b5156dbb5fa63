"""What was promised about the return of supply, and when it was promised."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.choices import EstimateKind, OutageStatus
from incidents.errors import BadTransition, Inconsistent, Missing
from incidents.journal import Actor
from incidents.models import Estimate, Outage
from incidents.models.outages import OVER
from incidents.rules.lifecycles import OUTAGE
from incidents.rules.times import require_aware
from incidents.services import outage_life
from incidents.services.moments import check_deed
from incidents.services.storing import store


@transaction.atomic
def publish(
    outage: Outage,
    *,
    kind: EstimateKind,
    at: datetime,
    by: Actor,
    value_at: datetime | None = None,
    reason: str = "",
) -> Estimate:
    """Publish an estimate of restoration; earlier ones stay as they were published.

    The estimate published last, published again with the same values, is returned as it stands.

    Args:
        outage: The outage, its supply not back yet.
        kind: Who stands behind it; NONE says that it is still being assessed.
        at: When it was published.
        by: Who publishes it.
        value_at: The promised moment; None exactly for kind NONE.
        reason: Why it differs from the one before.

    Raises:
        BadTransition: If supply is back or the outage has ended.
        Missing: If a promise has no time.
        Inconsistent: If "assessing" has one, or the time does not lie after the publication.
        NaiveTime, OutOfRange: If a time carries no offset or the publication lies ahead; nothing is written.
    """
    row = outage_life.locked(outage)
    estimate = Estimate(
        outage=row, kind=kind, value_at=value_at, published_at=at, published_by=by.user, reason=reason
    )
    newest = row.estimates.order_by("-published_at", "-id").first()
    if newest is not None and _values(newest) == _values(estimate):
        return newest
    if row.status in OVER:
        state = OutageStatus(row.status)
        raise BadTransition(
            subject="outage", state=state, verb="publish_estimate", allowed=OUTAGE.allowed(state=state)
        )
    check_deed(row, "occurred", at=at, by=by)
    _check_value(kind, value_at, at)
    store(estimate)
    journal.write(
        "estimate.published", subject=estimate, at=at, by=by, organization=row.organization, reason=reason
    )
    return estimate


def _check_value(kind: EstimateKind, value_at: datetime | None, published_at: datetime) -> None:
    if value_at is None:
        if kind != EstimateKind.NONE:
            raise Missing(field="value_at", purpose=kind)
        return
    if kind == EstimateKind.NONE:
        raise Inconsistent(field="kind", value=kind, relation="≠", other="value_at", other_value=value_at)
    if require_aware(field="value_at", at=value_at) <= published_at:
        raise Inconsistent(
            field="value_at", value=value_at, relation=">", other="published_at", other_value=published_at
        )


def _values(estimate: Estimate) -> tuple[object, ...]:
    return (estimate.kind, estimate.value_at, estimate.published_at, estimate.reason)
