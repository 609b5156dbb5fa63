"""What people in the field tell of a thing that is known: by which service, and where its moment stands.

These are facts, not orders: they happened, whatever the record says by now. What cannot be applied at once is
held (:mod:`incidents.services.held_facts`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import models

from incidents.choices import AssignmentStatus
from incidents.errors import (
    BadTransition,
    BrokenRule,
    CrewUnderWay,
    Inconsistent,
    Missing,
    OutOfRange,
    Refused,
)
from incidents.models import Organization, Person, Place
from incidents.rules.outages import MOST_CUSTOMERS
from incidents.services import assignments, briefings, damage, hazards, journeys, outages, restoration, roads


@dataclass(frozen=True, kw_only=True)
class FieldFact:
    """Something that is told from the field.

    Attributes:
        call: The service.
        kind: Its kind in the journal.
        column: Where its moment stands; empty where only the journal keeps it.
        also: Argument → column that it fills besides.
        becomes: State that it leads to for good, where the same moment may have several meanings.
        repeats: Whether it may happen more than once.
    """

    call: Callable[..., Any]
    kind: str
    column: str = ""
    also: Mapping[str, str] = field(default_factory=dict)
    becomes: str = ""
    repeats: bool = False


_GIVEN_BACK: Final = {"why": "abort_reason", "remark": "remark"}

FACTS: Final[Mapping[tuple[str, str], FieldFact]] = {
    ("outage", "locate"): FieldFact(
        call=outages.locate, kind="outage.located", column="located_at", also={"place": "place"}
    ),
    ("outage", "isolate"): FieldFact(call=outages.isolate, kind="outage.isolated", column="isolated_at"),
    ("outage", "start_repair"): FieldFact(call=outages.start_repair, kind="outage.repair_started"),
    ("outage", "restore_step"): FieldFact(
        call=restoration.restore_step, kind="restoration_step.recorded", repeats=True
    ),
    ("outage", "repair"): FieldFact(call=restoration.repair, kind="outage.repaired", column="repaired_at"),
    ("outage", "return_to_normal"): FieldFact(
        call=restoration.return_to_normal, kind="outage.returned_to_normal", column="normal_mode_at"
    ),
    ("outage", "record_damage"): FieldFact(call=damage.record, kind="damage.recorded", repeats=True),
    ("damage", "make_safe"): FieldFact(call=damage.make_safe, kind="damage.made_safe", column="made_safe_at"),
    ("damage", "isolate"): FieldFact(
        call=damage.isolate,
        kind="damage.isolated",
        column="isolated_at",
        also={"isolated_by": "isolated_by"},
    ),
    ("damage", "repair"): FieldFact(call=damage.repair, kind="damage.repaired", column="repaired_at"),
    ("road_block", "start_clearing"): FieldFact(
        call=roads.start_clearing, kind="road_block.clearing_started", column="clearing_at"
    ),
    ("road_block", "clear"): FieldFact(call=roads.clear, kind="road_block.cleared", column="cleared_at"),
    ("assignment", "accept"): FieldFact(
        call=assignments.accept, kind="assignment.accepted", column="accepted_at"
    ),
    ("assignment", "depart"): FieldFact(
        call=assignments.depart, kind="assignment.departed", column="departed_at"
    ),
    ("assignment", "arrive"): FieldFact(
        call=assignments.arrive, kind="assignment.arrived", column="on_site_at"
    ),
    ("assignment", "brief"): FieldFact(call=briefings.brief_crew, kind="assignment.briefed", repeats=True),
    ("assignment", "finish"): FieldFact(
        call=assignments.finish,
        kind="assignment.finished",
        column="ended_at",
        also={"remark": "remark"},
        becomes=AssignmentStatus.FINISHED,
    ),
    ("assignment", "refuse"): FieldFact(
        call=assignments.refuse,
        kind="assignment.refused",
        column="ended_at",
        also=_GIVEN_BACK,
        becomes=AssignmentStatus.REFUSED,
    ),
    ("assignment", "abort"): FieldFact(
        call=assignments.abort,
        kind="assignment.aborted",
        column="ended_at",
        also=_GIVEN_BACK,
        becomes=AssignmentStatus.ABORTED,
    ),
    ("deployment", "depart"): FieldFact(
        call=journeys.depart,
        kind="deployment.departed",
        column="departed_at",
        also={"expected_at": "expected_at"},
    ),
    ("deployment", "arrive"): FieldFact(call=journeys.arrive, kind="deployment.arrived", column="arrived_at"),
    ("deployment", "brief"): FieldFact(
        call=briefings.brief_team, kind="deployment.briefed", column="briefed_at"
    ),
    ("deployment", "start_work"): FieldFact(
        call=journeys.start_work, kind="deployment.work_started", repeats=True
    ),
    ("deployment", "rest"): FieldFact(call=journeys.rest, kind="deployment.rested", repeats=True),
    ("deployment", "release"): FieldFact(
        call=journeys.release, kind="deployment.released", column="released_at"
    ),
    ("deployment", "return_home"): FieldFact(
        call=journeys.return_home, kind="deployment.returned", column="returned_at"
    ),
    ("hazard", "close"): FieldFact(
        call=hazards.close, kind="hazard.closed", column="closed_at", also={"remark": "close_remark"}
    ),
}

# Nothing happens to a thing before it began: that is a slip, whoever says it.
_BEGINNINGS: Final = {"occurred_at", "blocked_at", "assigned_at", "mobilised_at", "found_at"}
_COUNTED: Final = {"customers", "mv_users", "remaining"}
_OF_SEVERAL_FACTS: Final = {
    "assignment_one_site_at_a_time",
    "assignment_one_under_way_a_crew",
    "step_one_final",
    "step_sum_within_affected",
    "step_times_run_forward",
}
_ROWS: Final[Mapping[str, type[models.Model]]] = {
    "place": Place,
    "isolated_by": Organization,
    "signed_by": Person,
}
_MOMENTS: Final = frozenset({"at", "expected_at", "found_at", "recorded_at"})


def may_be_true(refused: Refused) -> bool:
    """Say whether only the record as it stands speaks against a fact, and not the fact itself.

    A time without a zone, in the future or before the beginning, and a value that cannot be, are refused.
    """
    said = refused.fields
    if isinstance(refused, BrokenRule):
        rule = str(said["rule"])
        return rule in _OF_SEVERAL_FACTS or rule.endswith("_in_order")
    if isinstance(refused, Inconsistent):
        return said["other"] not in _BEGINNINGS and said["field"] != "method"
    if isinstance(refused, OutOfRange):
        return said["field"] in _COUNTED and said["high"] != MOST_CUSTOMERS
    if isinstance(refused, Missing):
        return said["purpose"] == "difference"
    return isinstance(refused, BadTransition | CrewUnderWay)


def written(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as they are kept: moments with the offset they were told in, rows by their uuid."""
    return {name: _written(value) for name, value in said.items()}


def read(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments as the services take them."""
    return {name: _read(name, value) for name, value in said.items()}


def _written(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    if isinstance(value, models.Model):
        return str(getattr(value, "uuid"))  # noqa: B009 - not on every model
    return value.isoformat() if isinstance(value, datetime) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_read(name, each) for each in value]
    if name in _ROWS:
        return models.QuerySet(_ROWS[name]).get(uuid=value)
    return datetime.fromisoformat(value) if name in _MOMENTS else value
