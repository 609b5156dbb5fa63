"""The rules that the product comes with. Numbers with an authority name it, the others are our default."""

from dataclasses import dataclass, field
from typing import Any

from incidents.choices import Grade
from tracker.choices import DutyRole, Severity

_D, _S, _O = DutyRole.DUTY_OFFICER, DutyRole.STATION_HEAD, DutyRole.OPERATIONS
_E, _V = DutyRole.EMERGENCY, DutyRole.DEPUTY_MANAGER
_G, _U = DutyRole.GENERAL_MANAGER, DutyRole.UPPER_OFFICE


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A rung of a ladder, see :class:`tracker.models.RuleLevel`."""

    after_min: int
    roles: tuple[DutyRole, ...]
    repeat_min: int | None = None
    max_repeats: int | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a version of a rule says, see :class:`tracker.models.Rule`.

    Attributes:
        ladders: Band → rungs from the first to the last.
    """

    code: str
    name: str
    source: str
    stop_condition: str
    severities: dict[str, Severity]
    ladders: dict[str, tuple[Rung, ...]]
    params: dict[str, Any] = field(default_factory=dict)
    ack_min: int = 60
    enabled: bool = True


ICING_GRADE = Wanted(
    code="E01",
    name="覆冰等级升高",
    source=(
        "Grades: 0.3 and 0.5 of the design thickness after China Southern Power Grid's icing practice;"
        " 0.7, 1.0, who is told and when: our default"
    ),
    stop_condition="等级降回正常（连续两次观测低于下限，或有人改定等级）",
    severities={
        Grade.BLUE: Severity.NOTICE,
        Grade.YELLOW: Severity.WARNING,
        Grade.ORANGE: Severity.WARNING,
        Grade.RED: Severity.CRITICAL,
    },
    ladders={
        Grade.BLUE: (Rung(after_min=0, roles=(_D,)),),
        Grade.YELLOW: (Rung(after_min=0, roles=(_D, _S, _O), repeat_min=120),),
        Grade.ORANGE: (
            Rung(after_min=0, roles=(_D, _S, _O, _E)),
            Rung(after_min=15, roles=(_V,), repeat_min=60),
        ),
        Grade.RED: (
            Rung(after_min=0, roles=(_D, _S, _O, _E, _V)),
            Rung(after_min=10, roles=(_G,)),
            Rung(after_min=15, roles=(_U,), repeat_min=30),
        ),
    },
)

DUTY_GAP = Wanted(
    code="E39",
    name="值班空缺",
    source="Seven days ahead, who is told and when: our default",
    stop_condition="空缺时段有人值班，或该岗位不再要求有人",
    severities={"ahead": Severity.NOTICE, "soon": Severity.WARNING, "now": Severity.CRITICAL},
    ladders={
        "ahead": (Rung(after_min=0, roles=(_O, _E), repeat_min=1440),),
        "soon": (Rung(after_min=0, roles=(_O, _E), repeat_min=240),),
        "now": (
            Rung(after_min=0, roles=(_O, _E)),
            Rung(after_min=15, roles=(_V,), repeat_min=60),
        ),
    },
    ack_min=720,
)

CATALOGUE: tuple[Wanted, ...] = (ICING_GRADE, DUTY_GAP)
