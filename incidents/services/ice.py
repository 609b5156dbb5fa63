"""Ice readings: from what a lineman saw to a graded section."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from incidents import journal
from incidents.choices import (
    EntryMode,
    IceMethod,
    IceType,
    Source,
    Statistic,
    ThicknessKind,
    TimePrecision,
)
from incidents.errors import BrokenRule, ClientIdTaken, ExerciseMix, Missing
from incidents.journal import Actor
from incidents.models import GradingPolicy, IceReading, LineSection, Organization, Outage, Place, Storm
from incidents.rules import grading as grading_rules
from incidents.rules import ice as ice_rules
from incidents.rules.measurement import Measurement
from incidents.rules.times import check_not_future, check_not_too_old, start_of_day
from incidents.selectors.grading import current_policy
from incidents.services import icing, policies
from incidents.services.storing import store

_DUMMY_WIRES = {IceMethod.DUMMY_WIRE_WEIGHT, IceMethod.DUMMY_WIRE_DIAMETER}


@dataclass(frozen=True, kw_only=True)
class Observation:
    """What was observed, as told; None where nobody said.

    Attributes:
        thickness_mm: Thickness as read, mm, 0 to 300; its meaning is ``kind``.
        observed_at: Moment, aware; None where only ``observed_on`` or nothing is known.
        conductor_diameter_mm: Of what the ice was on; the section's own is taken where it is None, except
            for dummy wires.
    """

    kind: ThicknessKind
    method: IceMethod
    thickness_mm: Decimal | None = None
    observed_at: datetime | None = None
    observed_on: date | None = None
    observed_precision: TimePrecision = TimePrecision.MINUTE
    section: LineSection | None = None
    place: Place | None = None
    outage: Outage | None = None
    storm: Storm | None = None
    statistic: Statistic = Statistic.SINGLE
    ice_type: IceType = IceType.UNKNOWN
    density_g_cm3: Decimal | None = None
    long_axis_mm: Decimal | None = None
    short_axis_mm: Decimal | None = None
    weight_g: Decimal | None = None
    sample_length_m: Decimal | None = None
    conductor_diameter_mm: Decimal | None = None
    uncertainty_mm: Decimal | None = None
    air_temp_c: Decimal | None = None
    recorded_at: datetime | None = None
    source: Source = Source.REPORTED
    source_ref: str = ""
    quote: str = ""
    note: str = ""
    unknown_reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A stored reading, and whether this call stored it or an earlier one did."""

    reading: IceReading
    is_replay: bool


def record(observation: Observation, *, by: Actor, client_id: UUID | None = None) -> Recorded:
    """Store a reading with its standard thickness, ratio and grade, and move its section's grade.

    The same ``client_id`` with the same observation again returns the first result and writes nothing.

    Args:
        observation: What was observed.
        by: Who reports it.
        client_id: The phone's own number for this reading.

    Raises:
        ClientIdTaken: If the person sent another observation under this number.
        Missing: If neither section nor place is named.
        OutOfRange, Inconsistent, NaiveTime, Invalid, BrokenRule: If a value cannot be; nothing is written.
    """
    digest = digest_of(observation) if client_id else ""
    if client_id and (first := _first(client_id, by)):
        return _replayed(first, digest, client_id)
    try:
        return Recorded(reading=_record(observation, by, client_id, digest), is_replay=False)
    except BrokenRule as broken:
        if client_id is None or broken.fields["rule"] != "ice_client_id_once":
            raise
        # Two sendings of one reading at once: the other one has won and is committed by now.
        return _replayed(IceReading.objects.get(reported_by=by.user, client_id=client_id), digest, client_id)


def correct(reading: IceReading, observation: Observation, *, reason: str, by: Actor) -> IceReading:
    """Store a reading that takes the place of an earlier one, which stays in the history.

    Raises:
        Missing: If no reason is given.
        BrokenRule: If the earlier one has been corrected already.
    """
    if not reason.strip():
        raise Missing(field="reason", purpose="correct")
    return _record(observation, by, None, "", supersedes=reading, reason=reason)


def digest_of(observation: Observation) -> str:
    """Return a SHA-256 over what an observation says; equal exactly when every field is."""
    said = {name: _said(value) for name, value in vars(observation).items()}
    text = json.dumps(said, sort_keys=True, cls=DjangoJSONEncoder, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def _record(
    observation: Observation,
    by: Actor,
    client_id: UUID | None,
    digest: str,
    *,
    supersedes: IceReading | None = None,
    reason: str = "",
) -> IceReading:
    _check_told(observation, by)
    organization = _organization(observation)
    policy = current_policy(organization)
    reading = _graded(observation, policy)
    reading.client_id, reading.client_digest = client_id, digest
    reading.supersedes = supersedes
    reading.reported_by, reading.received_at, reading.entry_mode = by.user, by.now, by.entry_mode
    store(reading)
    journal.write(
        "ice.corrected" if supersedes else "ice.recorded",
        subject=reading,
        at=reading.observed_at or by.now,
        by=by,
        organization=organization,
        reason=reason,
    )
    icing.take_reading(reading, policy=policy, by=by)
    return reading


def _check_told(observation: Observation, by: Actor) -> None:
    if observation.section is None and observation.place is None:
        raise Missing(field="section", purpose="ice reading")
    in_drill = observation.storm is not None and observation.storm.is_exercise
    if observation.section is not None and observation.section.line.is_exercise and not in_drill:
        raise ExerciseMix(subject=observation.section)
    at = observation.observed_at
    if at is None and observation.observed_on is not None:
        at = start_of_day(day=observation.observed_on)
    if at is not None:
        check_not_future(field="observed_at", at=at, now=by.now)
        if by.entry_mode == EntryMode.LIVE:
            check_not_too_old(field="observed_at", at=at, now=by.now)


def _graded(observation: Observation, policy: GradingPolicy) -> IceReading:
    """Return the unsaved reading with everything that is computed from it."""
    said = dict(vars(observation))
    diameter = observation.conductor_diameter_mm
    if diameter is None and observation.section and observation.method not in _DUMMY_WIRES:
        diameter = observation.section.conductor_diameter_mm
    found = ice_rules.standardise(
        measurement=_measurement(observation, diameter), densities=policies.densities_of(policy)
    )
    reading = IceReading(
        **said,
        is_estimate=observation.method == IceMethod.MODEL,
        is_suspect=found.suspect,
        computed_with=found.formula,
        rule_version=f"{ice_rules.RULE_VERSION}/{grading_rules.RULE_VERSION}/p{policy.pk or 0}",
    )
    if found.mm is None:
        reading.unknown_reasons = {
            "standard_mm": found.unknown_reason,
            **observation.unknown_reasons,
        }
        return reading
    graded = grading_rules.grade_thickness(
        thickness_mm=found.mm,
        design_mm=observation.section.design_ice_mm if observation.section else None,
        basis=found.basis,
        ladder=policies.ladder_of(policy),
    )
    reading.standard_mm = _rounded(found.mm, 3)
    reading.ratio = None if graded.ratio is None else _rounded(graded.ratio, 4)
    reading.thickness_basis, reading.grade, reading.grade_basis = found.basis, graded.grade, graded.basis
    return reading


def _measurement(observation: Observation, diameter: Decimal | None) -> Measurement:
    return Measurement(
        thickness_mm=_number(observation.thickness_mm),
        kind=observation.kind,
        ice_type=observation.ice_type,
        density_g_cm3=_number(observation.density_g_cm3),
        long_axis_mm=_number(observation.long_axis_mm),
        short_axis_mm=_number(observation.short_axis_mm),
        weight_g=_number(observation.weight_g),
        sample_length_m=_number(observation.sample_length_m),
        conductor_diameter_mm=_number(diameter),
        method=observation.method,
    )


def _organization(observation: Observation) -> Organization | None:
    if observation.section is not None:
        return observation.section.line.organization
    return observation.outage.organization if observation.outage else None


def _first(client_id: UUID, by: Actor) -> IceReading | None:
    return IceReading.objects.filter(reported_by=by.user, client_id=client_id).first()


def _replayed(first: IceReading, digest: str, client_id: UUID) -> Recorded:
    if first.client_digest != digest:
        raise ClientIdTaken(client_id=client_id)
    return Recorded(reading=first, is_replay=True)


def _said(value: Any) -> Any:
    return value.pk if hasattr(value, "pk") else value


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _rounded(value: float, places: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places))
