"""What an observation of ice says, and what follows from it: the same for one reading and for thousands."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final

import msgspec
from django.db import models

from incidents.choices import (
    EntryMode,
    GradeBasis,
    IceMethod,
    IceType,
    Source,
    Statistic,
    ThicknessKind,
    TimePrecision,
)
from incidents.errors import ExerciseMix, Missing
from incidents.journal import Actor
from incidents.models import LineSection, Organization, Outage, Place, Storm
from incidents.rules import grading as grading_rules
from incidents.rules import ice as ice_rules
from incidents.rules.measurement import Measurement
from incidents.rules.times import check_not_future, check_not_too_old, start_of_day
from incidents.services.ice_yardsticks import Finding, Yardstick

_DUMMY_WIRES = {IceMethod.DUMMY_WIRE_WEIGHT, IceMethod.DUMMY_WIRE_DIAMETER}
_THOUSANDTH: Final = Decimal("0.001")
_TEN_THOUSANDTH: Final = Decimal("0.0001")
_MOST_FOUND: Final = 2_000  # of one yardstick: bounds the memory of a process


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

    @property
    def organization(self) -> Organization | None:
        """Whose matter it is; None where the place alone is known."""
        if self.section is not None:
            return self.section.line.organization
        return self.outage.organization if self.outage else None

    @property
    def is_exercise(self) -> bool:
        """Whether it is part of a drill."""
        return self.storm is not None and self.storm.is_exercise


def digest_of(observation: Observation) -> str:
    """Return a SHA-256 over what an observation says; equal exactly when every field is."""
    return hashlib.sha256(_text(vars(observation))).hexdigest()


def check_told(observation: Observation, *, by: Actor) -> None:
    """Refuse what cannot have been observed: nowhere, half in a drill, in the future or absurdly long ago.

    Raises:
        Missing: If neither section nor place is named.
        ExerciseMix: If a drill's section is named outside a drill.
        NaiveTime, OutOfRange: If the moment cannot be.
    """
    section, at = observation.section, observation.observed_at
    if section is None and observation.place is None:
        raise Missing(field="section", purpose="ice reading")
    if section is not None and section.line.is_exercise and not observation.is_exercise:
        raise ExerciseMix(subject=section)
    if at is None and observation.observed_on is not None:
        at = start_of_day(day=observation.observed_on)
    if at is not None:
        check_not_future(field="observed_at", at=at, now=by.now)
        if by.entry_mode == EntryMode.LIVE:
            check_not_too_old(field="observed_at", at=at, now=by.now)


def judge(observation: Observation, *, yardstick: Yardstick) -> Finding:
    """Return standard thickness, ratio and grade of an observation by itself.

    Raises:
        OutOfRange, Inconsistent: If a value cannot be.
    """
    section, diameter = observation.section, observation.conductor_diameter_mm
    if diameter is None and section and observation.method not in _DUMMY_WIRES:
        diameter = section.conductor_diameter_mm
    said = *_measured(observation), diameter, section.design_ice_mm if section else None
    if observation.unknown_reasons:
        return _judge(observation, diameter, yardstick)
    finding = yardstick.found.get(said)
    if finding is None:
        if len(yardstick.found) >= _MOST_FOUND:
            yardstick.found.clear()
        finding = yardstick.found[said] = _judge(observation, diameter, yardstick)
    return finding


def _judge(observation: Observation, diameter: Decimal | None, yardstick: Yardstick) -> Finding:
    section = observation.section
    found = ice_rules.standardise(
        measurement=_measurement(observation, diameter), densities=yardstick.densities
    )
    common: dict[str, Any] = {
        "computed_with": found.formula,
        "rule_version": yardstick.rule_version,
        "is_estimate": observation.method == IceMethod.MODEL,
        "is_suspect": found.suspect,
    }
    if found.mm is None:
        reasons = {"standard_mm": found.unknown_reason, **observation.unknown_reasons}
        return Finding(**common, unknown_reasons=reasons)
    graded = grading_rules.grade_thickness(
        thickness_mm=found.mm,
        design_mm=section.design_ice_mm if section else None,
        basis=found.basis,
        ladder=yardstick.ladder,
    )
    return Finding(
        **common,
        standard_mm=Decimal(repr(found.mm)).quantize(_THOUSANDTH),
        ratio=None if graded.ratio is None else Decimal(repr(graded.ratio)).quantize(_TEN_THOUSANDTH),
        thickness_basis=found.basis,
        grade=graded.grade,
        grade_basis=GradeBasis(graded.basis),
        unknown_reasons=observation.unknown_reasons,
    )


# All of an observation that a finding depends on, besides the section.
_measured = attrgetter(
    "kind",
    "method",
    "ice_type",
    "thickness_mm",
    "density_g_cm3",
    "long_axis_mm",
    "short_axis_mm",
    "weight_g",
    "sample_length_m",
)


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


def _key(row: models.Model) -> int:
    return int(row.pk)


_text = msgspec.json.Encoder(enc_hook=_key, order="deterministic").encode


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
