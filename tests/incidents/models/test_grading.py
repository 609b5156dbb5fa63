from datetime import timedelta
from typing import Any

import pytest

from incidents.models import GradingPolicy, SectionIcing
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_section, make_user
from tests.incidents.models.test_ice import make_reading

pytestmark = pytest.mark.django_db
LATER = STORM_NIGHT + timedelta(hours=1)


def make_policy(**over: Any) -> GradingPolicy:
    return GradingPolicy.objects.create(**({"since_at": STORM_NIGHT, "source": "公司规定"} | over))


def make_icing(**over: Any) -> SectionIcing:
    section = over.pop("section", None) or make_section()
    values = {
        "grade": "blue",
        "grade_basis": "measured",
        "observed_at": STORM_NIGHT,
        "grade_since_at": STORM_NIGHT,
    }
    reading = make_reading(section=section)
    return SectionIcing.objects.create(section=section, reading=reading, **(values | over))


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("policy_since_until_in_order", {"until_at": STORM_NIGHT - timedelta(minutes=1)}),
        ("policy_names_its_source", {"source": ""}),
        ("policy_edges_rise", {"ratio_yellow": "0.3"}),
        ("policy_edges_rise", {"margin": "0.3"}),
        ("policy_edges_rise", {"thickness_red_mm": "20"}),
        ("policy_edges_rise", {"no_ice_margin_mm": "1.0"}),
        ("policy_calm_readings_in_range", {"calm_readings": 0}),
        ("policy_calm_readings_in_range", {"calm_readings": 21}),
        ("policy_density_glaze_in_range", {"density_glaze": "0.93"}),
        ("policy_density_mixed_in_range", {"density_mixed": "0.04"}),
        ("policy_density_rime_in_range", {"density_rime": "0.04"}),
        ("policy_density_wet_snow_in_range", {"density_wet_snow": "0.93"}),
    ],
)
def test_refuses_numbers_that_cannot_grade(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_policy(**over)


@pytest.mark.parametrize("whose", ["one company's", "everybody's"])
def test_there_is_one_current_policy(whose: str) -> None:
    organization = make_organization() if whose == "one company's" else None
    make_policy(organization=organization, until_at=LATER)
    make_policy(organization=organization)

    with breaks("policy_one_current"):
        make_policy(organization=organization)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("icing_standard_mm_in_range", {"standard_mm": "150.001"}),
        ("icing_override_is_whole", {"override_grade": "red"}),
        (
            "icing_override_is_whole",
            {"override_grade": "red", "override_reason": "巡视", "override_until_at": LATER},
        ),
        ("icing_override_is_whole", {"override_reason": "巡视"}),
        ("icing_below_is_whole", {"below_count": 1}),
        ("icing_below_is_whole", {"below_since_at": STORM_NIGHT}),
    ],
)
def test_refuses_half_a_state(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_icing(**over)


def test_a_section_has_one_state_for_real_and_one_for_drills() -> None:
    icing = make_icing()
    make_icing(section=icing.section, is_exercise=True)

    with breaks("icing_one_row_a_section"):
        make_icing(section=icing.section)


def test_a_whole_override_is_taken() -> None:
    told = {"override_grade": "red", "override_reason": "巡视", "override_until_at": LATER}
    icing = make_icing(**told, override_by=make_user())

    assert str(icing) == f"{icing.section}: {icing.get_grade_display()}"
