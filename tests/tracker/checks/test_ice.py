from typing import Any

import pytest

from incidents.choices import EntryMode, Grade, GradeBasis, OutageStatus
from incidents.models import LineSection, Outage, RestorationStep
from tests.factories import (
    make_assignment,
    make_line,
    make_outage,
    make_section,
    make_storm,
    make_user,
)
from tests.tracker.watchers import load_rules, make_icing, make_reading, minutes
from tracker.models import Alert
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule(db: None) -> None:
    load_rules()


def facts(at: float = 0) -> dict[str, Any]:
    evaluate(now=minutes(at))
    found: dict[str, Any] = Alert.objects.get().facts
    return found


def make_line_outage(on: LineSection, /, **over: Any) -> Outage:
    return make_outage(line=on.line, organization=on.line.organization, **over)


def step(outage: Outage, seq: int, customers: int | None, method: str = "repair") -> None:
    RestorationStep.objects.create(
        outage=outage, seq=seq, at=minutes(5), customers=customers, method=method, recorded_by=make_user()
    )


def test_tells_what_where_and_on_what_the_grade_rests() -> None:
    section = make_section(line=make_line(name="10千伏横岗线"), code="S7", from_pole="12", to_pole="25")
    make_icing(Grade.RED, section=section)

    assert facts() == {
        "line": "10千伏横岗线",
        "voltage_kv": 10.0,
        "section": "S7",
        "from_pole": "12",
        "to_pole": "25",
        "place": "横岗村山上",
        "standard_mm": 30.0,
        "thickness_mm": 30.0,
        "thickness_kind": "standard",
        "ice_type": "unknown",
        "design_mm": 15,
        "ratio": 2.0,
        "basis": "measured",
        "observed_at": "2024-02-26T12:00:00+00:00",
        "grade_since_at": "2024-02-26T12:00:00+00:00",
    }


def test_what_is_unknown_is_left_out() -> None:
    section = make_section(design_ice_mm=None, design_ice_source="")
    make_icing(
        Grade.RED,
        section=section,
        reading=make_reading(section=section, thickness_mm=None, weight_g=100, sample_length_m=1),
        ratio=None,
        grade_basis=GradeBasis.ABSOLUTE_NO_DESIGN,
    )

    told = facts()

    assert told["basis"] == "absolute_no_design"
    assert not {"design_mm", "ratio", "thickness_mm", "from_pole", "pole_no", "outage"} & set(told)


def test_an_override_is_told_with_its_reason_and_counts_on_old_readings_too() -> None:
    section = make_section()
    make_icing(
        Grade.NONE,
        section=section,
        reading=make_reading(section=section, entry_mode=EntryMode.HISTORICAL),
        override_grade=Grade.ORANGE,
        override_by=make_user(),
        override_reason="预报加重",
        override_until_at=minutes(60),
    )

    told = facts()

    assert (told["basis"], told["override_reason"]) == ("override", "预报加重")
    assert Alert.objects.get().band == "orange"


def test_an_override_to_normal_ends_the_alert_until_it_runs_out() -> None:
    make_icing(
        Grade.RED,
        override_grade=Grade.NONE,
        override_by=make_user(),
        override_reason="已融冰",
        override_until_at=minutes(60),
    )

    evaluate(now=minutes(0))
    assert not Alert.objects.exists()
    evaluate(now=minutes(60))
    assert Alert.objects.get().band == "red"


def test_tells_the_outage_of_the_line_with_its_crew() -> None:
    section = make_section()
    make_icing(Grade.RED, section=section)
    outage = make_line_outage(
        section, customers_affected=128, occurred_at=minutes(-130), occurred_precision="minute"
    )
    step(outage, 1, 28)
    step(outage, 2, 50, method="generator")
    crew = make_assignment(outage=outage, status="en_route").crew

    assert facts()["outage"] == {
        "began_at": "2024-02-26T09:50:00+00:00",
        "reported_at": "2024-02-26T12:00:00+00:00",
        "customers_out": 100,
        "crew": crew.name,
        "crew_status": "en_route",
    }


def test_uncounted_customers_make_the_rest_unknown() -> None:
    section = make_section()
    make_icing(Grade.RED, section=section)
    step(make_line_outage(section, customers_affected=128), 1, None)

    assert facts()["outage"] == {"reported_at": "2024-02-26T12:00:00+00:00"}


def test_the_outage_of_the_section_goes_before_an_older_one_of_the_line() -> None:
    section = make_section()
    make_icing(Grade.RED, section=section)
    make_line_outage(section, customers_affected=1, reported_at=minutes(-60))
    make_line_outage(section, customers_affected=2, section=section)

    assert facts()["outage"]["customers_out"] == 2


@pytest.mark.parametrize(
    "over",
    [
        {"status": OutageStatus.RESTORED, "restored_at": minutes(0)},
        {"entry_mode": EntryMode.HISTORICAL},
        {"storm": "drill"},
        {"section": "other"},
    ],
)
def test_tells_no_outage_that_is_over_after_the_fact_a_drill_or_elsewhere(over: dict[str, Any]) -> None:
    section = make_section()
    make_icing(Grade.RED, section=section)
    if "storm" in over:
        over = {"storm": make_storm(is_exercise=True)}
    if "section" in over:
        over = {"section": make_section(line=section.line)}
    make_line_outage(section, **over)

    assert "outage" not in facts()


def test_a_drill_tells_the_outage_of_the_drill() -> None:
    section = make_section()
    make_icing(Grade.RED, section=section, is_exercise=True)
    make_line_outage(section, customers_affected=7, storm=make_storm(is_exercise=True))
    make_line_outage(section, customers_affected=9, reported_at=minutes(-1))

    assert facts()["outage"]["customers_out"] == 7


def test_a_reading_without_a_place_is_told_without_one() -> None:
    section = make_section()
    make_icing(Grade.BLUE, section=section, reading=make_reading(section=section, place=None))

    assert "place" not in facts()
