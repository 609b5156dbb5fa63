"""The numbers by which a company grades ice."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from incidents import journal
from incidents.choices import IceType
from incidents.errors import Missing
from incidents.journal import Actor
from incidents.models import GradingPolicy, Organization
from incidents.rules.ladder import Ladder
from incidents.rules.times import not_before
from incidents.selectors.grading import current_policy
from incidents.services.storing import store

DEFAULT_SOURCE = (
    "Ratios 0.3 and 0.5: China Southern Power Grid (medium and heavy icing). Everything else: our default."
)
_NUMBERS = [
    field.name
    for field in GradingPolicy._meta.concrete_fields
    if field.name not in {"id", "uuid", "organization", "since_at", "until_at", "source"}
]


def numbers_of(policy: GradingPolicy) -> tuple[Any, ...]:
    """Return all numbers of a policy: two with the same grade alike."""
    return tuple(getattr(policy, name) for name in _NUMBERS)


def ladder_of(policy: GradingPolicy) -> Ladder:
    """Return a policy's edges as the rules take them."""
    return Ladder(
        ratios=(
            float(policy.ratio_blue),
            float(policy.ratio_yellow),
            float(policy.ratio_orange),
            float(policy.ratio_red),
        ),
        thicknesses_mm=(
            float(policy.thickness_blue_mm),
            float(policy.thickness_yellow_mm),
            float(policy.thickness_orange_mm),
            float(policy.thickness_red_mm),
        ),
        margin=float(policy.margin),
        margin_mm=float(policy.margin_mm),
        no_ice_mm=float(policy.no_ice_mm),
        no_ice_margin_mm=float(policy.no_ice_margin_mm),
        calm_readings=policy.calm_readings,
        calm_time=timedelta(minutes=policy.calm_minutes),
        fresh_mild=timedelta(minutes=policy.fresh_mild_minutes),
        fresh_severe=timedelta(minutes=policy.fresh_severe_minutes),
    )


def densities_of(policy: GradingPolicy) -> dict[IceType, float]:
    """Return a policy's densities by type of ice, g/cm³."""
    return {
        IceType.GLAZE: float(policy.density_glaze),
        IceType.MIXED: float(policy.density_mixed),
        IceType.RIME: float(policy.density_rime),
        IceType.WET_SNOW: float(policy.density_wet_snow),
    }


@transaction.atomic
def load_defaults(*, at: datetime, by: Actor) -> GradingPolicy:
    """Put the product's own numbers in force for everybody, so that they can be seen and edited; once."""
    found = GradingPolicy.objects.filter(organization=None, until_at=None).first()
    if found is not None:
        return found
    policy = GradingPolicy(since_at=at, source=DEFAULT_SOURCE)
    store(policy)
    journal.write("policy.revised", subject=policy, at=at, by=by)
    return policy


@transaction.atomic
def revise(
    *,
    organization: Organization | None,
    numbers: dict[str, Any],
    source: str,
    at: datetime,
    by: Actor,
) -> GradingPolicy:
    """Put new numbers in force; readings graded before keep what they were graded with.

    Args:
        organization: Whose numbers; None for everybody without their own.
        numbers: Field → value for what changes; the rest is taken over.
        source: Where the new numbers come from.
        at: From when they hold.
        by: Who decides.

    Raises:
        OutOfRange, BrokenRule, Invalid: If the numbers cannot grade; the old ones stay in force.
    """
    old = GradingPolicy.objects.select_for_update().filter(organization=organization, until_at=None).first()
    template = old or current_policy(organization)
    taken_over = {name: getattr(template, name) for name in _NUMBERS}
    if old is not None:
        before = journal.snapshot(old)
        not_before(field="at", at=at, other="since_at", earliest=old.since_at)
        old.until_at = at
        store(old, fields=["until_at"])
        journal.write(
            "policy.ended", subject=old, at=at, by=by, organization=organization, before=before, reason=source
        )
    policy = GradingPolicy(
        organization=organization, since_at=at, source=source, **(taken_over | _known(numbers))
    )
    store(policy)
    ladder_of(policy)  # the rules have the last word on whether these numbers can grade
    journal.write("policy.revised", subject=policy, at=at, by=by, organization=organization, reason=source)
    return policy


def _known(numbers: dict[str, Any]) -> dict[str, Any]:
    for name in numbers:
        if name not in _NUMBERS:
            raise Missing(field=name, purpose="policy")
    return numbers
