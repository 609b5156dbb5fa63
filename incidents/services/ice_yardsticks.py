"""What readings of ice are held against: the numbers of a company as the rules take them, made once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from incidents.choices import GradeBasis, IceType
from incidents.models import GradingPolicy
from incidents.rules import grading as grading_rules
from incidents.rules import ice as ice_rules
from incidents.rules.ladder import Ladder
from incidents.services import policies

_MOST: Final = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What follows from an observation; the columns of a reading that nobody tells.

    Attributes:
        standard_mm: Standard thickness, mm; None where it can't be known.
        ratio: Standard by design thickness; None without a design value.
    """

    standard_mm: Decimal | None = None
    ratio: Decimal | None = None
    thickness_basis: GradeBasis | Literal[""] = ""
    grade: str = ""
    grade_basis: str = ""
    computed_with: str
    rule_version: str
    is_estimate: bool
    is_suspect: bool
    unknown_reasons: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Yardstick:
    """A grading policy as the rules take it, made once for many readings.

    Attributes:
        found: What was found by it lately, by all that a finding depends on: of thousands of readings from
            sensors most say what another one says.
    """

    ladder: Ladder
    densities: Mapping[IceType, float]
    rule_version: str
    found: dict[tuple[Any, ...], Finding] = field(default_factory=dict)


_yardsticks: dict[tuple[int, tuple[Any, ...]], Yardstick] = {}


def yardstick_of(policy: GradingPolicy) -> Yardstick:
    """Return what readings are held against under a policy; the same object for the same numbers."""
    number, numbers = policy.pk or 0, policies.numbers_of(policy)
    known = _yardsticks.get((number, numbers))
    if known is None:
        if len(_yardsticks) >= _MOST:
            _yardsticks.clear()
        known = _yardsticks[number, numbers] = Yardstick(
            ladder=policies.ladder_of(policy),
            densities=policies.densities_of(policy),
            rule_version=f"{ice_rules.RULE_VERSION}/{grading_rules.RULE_VERSION}/p{number}",
        )
    return known
