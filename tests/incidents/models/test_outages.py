from datetime import date, timedelta
from typing import Any

import pytest

from incidents.models import Outage
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_outage, make_section, make_storm, make_user

pytestmark = pytest.mark.django_db
EARLIER = STORM_NIGHT - timedelta(minutes=1)


def test_a_section_has_one_open_outage() -> None:
    section = make_section()
    make_outage(line=section.line, section=section)

    with breaks("outage_one_open_per_section"):
        make_outage(line=section.line, section=section)


def test_a_section_has_any_number_of_outages_that_are_over() -> None:
    section = make_section()
    over = {"line": section.line, "section": section, "status": "restored", "restored_at": STORM_NIGHT}

    make_outage(**over)
    make_outage(**over)
    make_outage(line=section.line, section=section)

    assert Outage.objects.filter(section=section).count() == 3


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("outage_voltage_is_in_use", {"voltage_kv": 6}),
        ("outage_occurred_is_honest", {"occurred_at": STORM_NIGHT, "occurred_precision": "day"}),
        ("outage_occurred_is_honest", {"occurred_precision": "minute"}),
        (
            "outage_occurred_is_honest",
            {"occurred_at": STORM_NIGHT, "occurred_on": date(2024, 2, 26), "occurred_precision": "minute"},
        ),
        ("outage_occurred_is_honest", {"occurred_on": date(2024, 2, 26)}),
        ("outage_occurred_located_isolated_in_order", {"located_at": STORM_NIGHT, "isolated_at": EARLIER}),
        (
            "outage_occurred_located_isolated_in_order",
            {"occurred_at": STORM_NIGHT, "occurred_precision": "exact", "located_at": EARLIER},
        ),
        (
            "outage_occurred_restored_normal_mode_in_order",
            {"status": "restored", "restored_at": STORM_NIGHT, "normal_mode_at": EARLIER},
        ),
        ("outage_isolated_repaired_in_order", {"isolated_at": STORM_NIGHT, "repaired_at": EARLIER}),
        ("outage_restored_has_a_moment", {"status": "restored"}),
        ("outage_restored_has_a_moment", {"status": "repairing", "restored_at": STORM_NIGHT}),
        (
            "outage_end_is_whole",
            {"status": "closed", "restored_at": STORM_NIGHT, "cause_code": "wind"},
        ),
        ("outage_end_is_whole", {"status": "confirmed", "ended_at": STORM_NIGHT}),
    ],
)
def test_the_database_holds(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_outage(**over)


def test_a_section_is_of_a_line() -> None:
    with breaks("outage_section_has_a_line"):
        make_outage(section=make_section())


def test_a_cancelled_outage_has_a_reason() -> None:
    with breaks("outage_cancelled_with_a_reason"):
        make_outage(status="cancelled", ended_at=STORM_NIGHT, ended_by=make_user())


def test_a_closed_outage_has_a_cause() -> None:
    with breaks("outage_closed_with_a_cause"):
        make_outage(status="closed", restored_at=STORM_NIGHT, ended_at=STORM_NIGHT, ended_by=make_user())


@pytest.mark.parametrize("relative", ["parent", "previous_outage"])
def test_an_outage_is_not_its_own_relative(relative: str) -> None:
    outage = make_outage()

    with breaks("outage_is_not_its_own_relative"):
        Outage.objects.filter(pk=outage.pk).update(**{relative: outage.pk})


def test_questions_that_outages_are_asked() -> None:
    live = make_outage()
    over = make_outage(status="restored", restored_at=STORM_NIGHT)
    drill = make_outage(storm=make_storm(is_exercise=True), entry_mode="historical")

    assert set(Outage.objects.open()) == {live, drill}
    assert set(Outage.objects.real()) == {live, over}
    assert set(Outage.objects.live()) == {live, over}


def test_says_what_and_where_and_why_a_value_is_missing() -> None:
    section = make_section()

    outage = make_outage(line=section.line, unknown_reasons={"mv_users": "pending"})

    assert str(outage) == f"10 kV {section.line.name}"
    assert outage.why_unknown("mv_users")
    assert outage.why_unknown("line") is None
