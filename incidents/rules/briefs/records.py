"""The records that a brief can hold. What it does not say is None, never 0; codes are those of the record."""

from dataclasses import dataclass
from decimal import Decimal

from incidents.choices import (
    CauseCode,
    DamageKind,
    DeploymentStatus,
    HazardKind,
    IceMethod,
    IceType,
    OutageKind,
    PatrolKind,
    PrecipitationType,
    RestorationMethod,
    Statistic,
    StormHazard,
    SupplyKind,
    TaskKind,
    ThicknessKind,
    VehicleKind,
    VisitPurpose,
    WarningHazard,
    WarningLevel,
)
from incidents.rules.briefs.kinds import How, ResponseLevel, State, Subject, Turn
from incidents.rules.briefs.values import FoundPlace, Moment, Span, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What every record has.

    Attributes:
        span: The sentence or sentences it was read from.
        organization: Whose it is, in the words used.
    """

    span: Span
    organization: Value[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StormRecord(Record):
    """The storm that the brief is about."""

    hazard: Value[StormHazard]
    name: Value[str] | None = None
    started: Value[Moment] | None = None
    ended: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRecord(Record):
    """One outage.

    Attributes:
        key: Number in this draft; steps, damage and ice readings name it.
        line: Name of the line with its voltage left off; ``line_codes`` are those lines of the company.
        restored: Whether the text says that supply is back, or that it is not.
    """

    key: int
    line: Value[str] | None = None
    line_codes: tuple[str, ...] = ()
    place: Value[FoundPlace] | None = None
    voltage_kv: Value[Decimal] | None = None
    kind: Value[OutageKind] | None = None
    cause: Value[CauseCode] | None = None
    occurred: Value[Moment] | None = None
    areas: Value[int] | None = None
    customers: Value[int] | None = None
    restored: Value[bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord(Record):
    """Supply came back for an outage, or a part of it."""

    outage: int
    at: Value[Moment] | None = None
    method: Value[RestorationMethod] | None = None
    areas: Value[int] | None = None
    customers: Value[int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageRecord(Record):
    """Something that broke: of one outage, or all of a kind in the area that the brief speaks of.

    Attributes:
        repaired: Whether the number is that of what was repaired.
    """

    kind: Value[DamageKind]
    count: Value[int] | None = None
    outage: int | None = None
    place: Value[FoundPlace] | None = None
    repaired: Value[bool] | None = None
    as_of: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IceRecord(Record):
    """Ice on a line, measured or estimated."""

    thickness_mm: Value[Decimal]
    statistic: Value[Statistic] | None = None
    kind: Value[ThicknessKind] | None = None
    ice_type: Value[IceType] | None = None
    method: Value[IceMethod] | None = None
    place: Value[FoundPlace] | None = None
    line: Value[str] | None = None
    at: Value[Moment] | None = None
    outage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeatherRecord(Record):
    """Weather at a place."""

    temperature_c: Value[Decimal] | None = None
    statistic: Value[Statistic] | None = None
    precipitation: Value[PrecipitationType] | None = None
    wind_m_s: Value[Decimal] | None = None
    altitude_m: Value[int] | None = None
    place: Value[FoundPlace] | None = None
    at: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRecord(Record):
    """A warning of the weather service; ``organization`` is who issued it."""

    hazard: Value[WarningHazard]
    level: Value[WarningLevel]
    turn: Value[Turn] | None = None
    at: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRecord(Record):
    """A level of emergency response."""

    level: Value[ResponseLevel]
    turn: Value[Turn]
    at: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRecord(Record):
    """People of the own company sent to a place or a line."""

    tasks: tuple[Value[TaskKind], ...] = ()
    headcount: Value[int] | None = None
    vehicles: Value[int] | None = None
    vehicle_kind: Value[VehicleKind] | None = None
    place: Value[FoundPlace] | None = None
    at: Value[Moment] | None = None
    outage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecord(Record):
    """A team of one company for another; ``organization`` is who sends it.

    Attributes:
        host: The company or place that is helped, in the words used.
    """

    host: Value[str] | None = None
    place: Value[FoundPlace] | None = None
    headcount: Value[int] | None = None
    vehicles: Value[int] | None = None
    vehicle_kind: Value[VehicleKind] | None = None
    generators: Value[int] | None = None
    teams: Value[int] | None = None
    tasks: tuple[Value[TaskKind], ...] = ()
    status: Value[DeploymentStatus] | None = None
    at: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyRecord(Record):
    """What was brought to those who work."""

    kind: Value[SupplyKind]
    quantity: Value[int] | None = None
    unit: Value[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRecord(Record):
    """Leaders came; changes the state of nothing."""

    leaders: Value[str] | None = None
    places: tuple[Value[FoundPlace], ...] = ()
    purposes: tuple[Value[VisitPurpose], ...] = ()
    instructions: Value[str] | None = None
    on: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardRecord(Record):
    """Hidden dangers, found or removed."""

    count: Value[int] | None = None
    kind: Value[HazardKind] | None = None
    removed: Value[bool] | None = None
    place: Value[FoundPlace] | None = None
    as_of: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolRecord(Record):
    """Lines that were walked."""

    kind: Value[PatrolKind]
    lines: Value[int] | None = None
    line: Value[str] | None = None
    place: Value[FoundPlace] | None = None
    headcount: Value[int] | None = None
    nothing_found: Value[bool] | None = None
    at: Value[Moment] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRecord(Record):
    """A number of the situation.

    Attributes:
        cumulative: True where the text says 累计 or the like; None where it does not say.
        place: What area it is of, where the text names one.
    """

    subject: Subject
    state: Value[State]
    count: Value[int]
    voltage_kv: Value[Decimal] | None = None
    how: Value[How] | None = None
    cumulative: Value[bool] | None = None
    as_of: Value[Moment] | None = None
    place: Value[FoundPlace] | None = None
