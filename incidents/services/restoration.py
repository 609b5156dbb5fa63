"""How supply comes back, step by step; and how equipment and switching mode follow, each in its own time."""

from datetime import datetime
from typing import Final

from django.db import transaction

from incidents import journal
from incidents.choices import RestorationMethod
from incidents.journal import Actor
from incidents.models import Outage, RestorationStep
from incidents.rules.lifecycles import OutageVerb
from incidents.rules.outages import balance
from incidents.rules.ranges import check_range
from incidents.selectors.outages import step_of
from incidents.services import outage_life
from incidents.services.moments import check_deed
from incidents.services.outage_life import Stage
from incidents.services.storing import store

_REPAIR: Final = Stage(verb=OutageVerb.REPAIR, kind="outage.repaired", field="repaired_at")
_RETURN: Final = Stage(
    verb=OutageVerb.RETURN_TO_NORMAL, kind="outage.returned_to_normal", field="normal_mode_at"
)


@transaction.atomic
def restore_step(
    outage: Outage,
    *,
    method: RestorationMethod,
    at: datetime,
    by: Actor,
    customers: int | None = None,
    mv_users: int | None = None,
    final: bool = False,
    remark: str = "",
) -> RestorationStep:
    """Give customers supply; the step after which nobody is out restores the outage.

    The same step with the same values again is returned as it stands. Crews stay assigned.

    Args:
        outage: The outage.
        method: How; a generator supplies and does not restore.
        at: When they had power.
        by: Who records it.
        customers: Low-voltage customers of this step; None where nobody counted.
        mv_users: Transformer areas of this step; None where nobody counted.
        final: Nobody is out any more: needed where customers are not known, or to write off at most 2 %.
        remark: What else; why a difference is written off.

    Raises:
        BadTransition: If supply is back already, or the outage has ended.
        OutOfRange: If the steps add up to more than was out, or too much is written off; names both numbers.
        Inconsistent: If it lies before the beginning or the step before, or a generator would be the last.
        Missing: If a difference is written off without a remark; nothing is written.
    """
    row, before = outage_life.begin(outage)
    step = RestorationStep(
        outage=row,
        at=at,
        customers=customers,
        mv_users=mv_users,
        method=method,
        is_final=final,
        remark=remark,
        recorded_by=by.user,
    )
    told = list(row.steps.order_by("seq"))
    for earlier in told:
        if _values(earlier) == _values(step):
            return earlier
    check_deed(row, "occurred", at=at, by=by)
    _check_mv_users(row, [*told, step])
    found = balance(
        affected=row.customers_affected, steps=[step_of(one) for one in [*told, step]], reason=remark
    )
    step.seq = len(told) + 1
    outage_life.settle(row, found)
    store(step)
    journal.write("restoration_step.recorded", subject=step, at=at, by=by, organization=row.organization)
    if row.status != before["status"]:
        outage_life.record(f"outage.{row.status}", row, before=before, at=at, by=by)
    return step


@transaction.atomic
def repair(outage: Outage, *, at: datetime, by: Actor, stated: bool = True) -> Outage:
    """Find the equipment whole again: before, with or after the supply; the state stays as it is.

    Raises:
        BadTransition, Inconsistent, OutOfRange, NaiveTime: See :func:`outage_life.reach`.
    """
    return outage_life.reach(outage, _REPAIR, at=at, by=by, stated=stated)


@transaction.atomic
def return_to_normal(outage: Outage, *, at: datetime, by: Actor, stated: bool = True) -> Outage:
    """Bring the line back to its normal switching mode, after supply is back.

    Raises:
        BadTransition, Inconsistent, OutOfRange, NaiveTime: See :func:`outage_life.reach`.
    """
    return outage_life.reach(outage, _RETURN, at=at, by=by, stated=stated)


def _values(step: RestorationStep) -> tuple[object, ...]:
    return (step.at, step.method, step.customers, step.mv_users, step.is_final, step.remark)


def _check_mv_users(outage: Outage, steps: list[RestorationStep]) -> None:
    given = sum(step.mv_users or 0 for step in steps if step.method != RestorationMethod.GENERATOR)
    check_range(field="mv_users", value=given, limits=(0, outage.mv_users))
