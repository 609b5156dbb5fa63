from typing import Any

import pytest

from tests.constraints import breaks
from tests.factories import make_line, make_section

pytestmark = pytest.mark.django_db


def test_a_code_is_used_once_in_an_organization() -> None:
    line = make_line(code="S307")
    make_line(code="S307")

    with breaks("line_code_once"):
        make_line(code="S307", organization=line.organization)


def test_a_section_code_is_used_once_on_a_line() -> None:
    section = make_section(code="1")

    with breaks("section_code_once"):
        make_section(line=section.line, code="1")


@pytest.mark.parametrize("voltage_kv", ["6", "330", "10.5"])
def test_a_line_has_a_voltage_in_use(voltage_kv: str) -> None:
    with breaks("line_voltage_is_in_use"):
        make_line(voltage_kv=voltage_kv)


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("section_design_ice_is_a_class", {"design_ice_mm": 12}),
        ("section_design_ice_has_a_source", {"design_ice_source": ""}),
        ("section_altitudes_in_order", {"altitude_min_m": 500, "altitude_max_m": 400}),
        ("section_conductor_diameter_mm_in_range", {"conductor_diameter_mm": "0.99"}),
        ("section_conductor_diameter_mm_in_range", {"conductor_diameter_mm": "60.01"}),
        ("section_altitude_min_m_in_range", {"altitude_min_m": -101}),
        ("section_altitude_max_m_in_range", {"altitude_max_m": 5001}),
        ("section_vertical_span_m_in_range", {"vertical_span_m": "0.9"}),
        ("section_vertical_span_m_in_range", {"vertical_span_m": "3000.1"}),
        ("section_conductor_weight_n_per_m_in_range", {"conductor_weight_n_per_m": "0.0999"}),
        ("section_conductor_weight_n_per_m_in_range", {"conductor_weight_n_per_m": "200.0001"}),
    ],
)
def test_refuses_a_section_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_section(**over)


def test_takes_a_section_of_which_nothing_is_known() -> None:
    section = make_section(design_ice_mm=None, design_ice_source="", conductor_diameter_mm=None)

    assert section.design_ice_mm is None
    assert str(section) == f"{section.line.name} {section.code}"
