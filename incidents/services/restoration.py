"""How supply comes back, step by step; and how equipment and switching mode follow, each in its own time."""

from datetime import datetime
from typing import Final, TypedDict

from django.db import transaction

from incidents import journal
from incidents.choices import OutageStatus, RestorationMethod
from incidents.journal import Actor
from incidents.models import Outage, RestorationStep
from incidents.rules.lifecycles import OUTAGE, OutageVerb
from incidents.rules.outages import balance
from incidents.rules.ranges import check_range
from incidents.selectors.outages import step_of
from incidents.services import deeds, facts, outage_life
from incidents.services.moments import check_deed
from incidents.services.outage_life import Stage
from incidents.services.storing import store


class StepCorrection(TypedDict, total=False):
    """What people may correct of a step."""

    at: datetime
    method: RestorationMethod
    customers: int | None
    mv_users: int | None
    remark: str


_BACK: Final = {OutageStatus.RESTORED, OutageStatus.REOPENED}
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

    The same step with the same values again is returned as it stands. A step that is told late takes its
    place among the others; their numbers move up. Crews stay assigned.

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
        Inconsistent: If it lies before the beginning or after the last step, or a generator would be that.
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
    if same := [one for one in told if _values(one) == _values(step)]:
        return same[0]
    check_deed(row, "occurred", at=at, by=by)
    later = [one for one in told if _position(one) > _position(step)]
    steps = sorted([*told, step], key=_position)
    _check_mv_users(row, steps)
    found = balance(affected=row.customers_affected, steps=[*map(step_of, steps)], reason=steps[-1].remark)
    if not (later and row.status in _BACK):  # told late, supply is back all the same
        outage_life.settle(row, found)
    _make_room(later, at=at, by=by)
    step.seq = len(told) - len(later) + 1
    store(step)
    journal.write("restoration_step.recorded", subject=step, at=at, by=by, organization=row.organization)
    if row.status != before["status"]:
        outage_life.record(f"outage.{row.status}", row, before=before, at=at, by=by)
    return step


@transaction.atomic
def correct_step(
    step: RestorationStep, *, changes: StepCorrection, reason: str, at: datetime, by: Actor
) -> RestorationStep:
    """Correct a step that was told wrong, and what follows from it; what is true already changes nothing.

    Args:
        step: The step.
        changes: Field name → new value.
        reason: Why.
        at: When it is corrected.
        by: Who corrects it.

    Raises:
        BadTransition: If the outage is closed (reopen it first) or cancelled.
        Missing: If no reason is given.
        Invalid: If a field is not to be corrected by hand.
        OutOfRange: If the steps then add up to more than was out; names both numbers.
        Inconsistent, NaiveTime, BrokenRule: If its time cannot be, or a generator would be the last step;
            nothing is written.
    """
    facts.check_moments(by=by, at=at)
    outage, before = outage_life.begin(step.outage)
    OUTAGE.after(state=OutageStatus(outage.status), verb=OutageVerb.CORRECT, reason=reason)
    row = outage.steps.select_for_update().get(pk=step.pk)
    stood = journal.snapshot(row)
    deeds.apply(row, changes, allowed=StepCorrection.__optional_keys__)
    if not deeds.has_changed(row, before=stood):
        return row
    check_deed(outage, "occurred", at=row.at, by=by)
    steps = [row if one.pk == row.pk else one for one in outage.steps.order_by("seq")]
    _check_mv_users(outage, steps)
    outage_life.reckon(outage, steps)
    organization = outage.organization
    deeds.record(
        "restoration_step.corrected",
        row,
        before=stood,
        at=at,
        by=by,
        organization=organization,
        reason=reason,
    )
    if deeds.has_changed(outage, before=before):
        outage_life.record("outage.corrected", outage, before=before, at=at, by=by, reason=reason)
    return row


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


def _position(step: RestorationStep) -> tuple[datetime, bool]:
    """Return what steps are ordered by; nothing follows the final one."""
    return (step.at, step.is_final)


def _make_room(later: list[RestorationStep], *, at: datetime, by: Actor) -> None:
    """Move the numbers of steps up, the last first, so that no two are the same at any moment."""
    for step in reversed(later):
        before = journal.snapshot(step)
        step.seq += 1
        deeds.record(
            "restoration_step.renumbered",
            step,
            before=before,
            at=at,
            by=by,
            organization=step.outage.organization,
        )


def _check_mv_users(outage: Outage, steps: list[RestorationStep]) -> None:
    given = sum(step.mv_users or 0 for step in steps if step.method != RestorationMethod.GENERATOR)
    check_range(field="mv_users", value=given, limits=(0, outage.mv_users))
