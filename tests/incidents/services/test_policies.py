from datetime import timedelta
from decimal import Decimal

import pytest

from incidents.choices import Grade, IceType
from incidents.errors import BrokenRule, Inconsistent, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import GradingPolicy, JournalEntry
from incidents.rules.ice import DEFAULT_DENSITY
from incidents.rules.ladder import DEFAULT_LADDER
from incidents.selectors.grading import current_policy
from incidents.services import ice, policies
from tests.factories import make_line, make_organization, make_section
from tests.incidents.services.test_ice import seen


def test_the_defaults_of_the_table_are_the_defaults_of_the_rules() -> None:
    assert policies.ladder_of(GradingPolicy()) == DEFAULT_LADDER
    assert policies.densities_of(GradingPolicy()) == dict(DEFAULT_DENSITY)


def test_the_defaults_are_put_in_force_once_with_their_source(by: Actor) -> None:
    first = policies.load_defaults(at=by.now, by=by)
    again = policies.load_defaults(at=by.now, by=by)

    assert first == again
    assert "our default" in first.source
    assert JournalEntry.objects.get().kind == "policy.revised"


def test_new_numbers_take_over_the_rest_and_end_the_old_ones(by: Actor) -> None:
    old = policies.load_defaults(at=by.now, by=by)
    later = by.now + timedelta(days=1)

    new = policies.revise(
        organization=None, numbers={"ratio_orange": Decimal("0.8")}, source="公司规定", at=later, by=by
    )

    old.refresh_from_db()
    assert (old.until_at, new.since_at, new.until_at) == (later, later, None)
    assert (new.ratio_orange, new.ratio_yellow) == (Decimal("0.8"), Decimal("0.5"))


def test_a_company_is_graded_by_its_own_or_the_nearest_numbers_above(by: Actor) -> None:
    policies.load_defaults(at=by.now, by=by)
    city = make_organization(level="city")
    county = make_organization(parent=city)

    stricter = policies.revise(
        organization=city, numbers={"ratio_orange": Decimal("0.6")}, source="市公司规定", at=by.now, by=by
    )
    section = make_section(line=make_line(organization=county), design_ice_mm=10)
    reading = ice.record(seen(section, thickness_mm=Decimal("6.5")), by=by).reading

    assert current_policy(county) == stricter
    assert current_policy(make_organization()).organization is None
    assert (reading.grade, reading.rule_version) == (Grade.ORANGE, f"ice-1/grade-1/p{stricter.pk}")


def test_a_company_edits_what_is_assumed_of_ice(by: Actor) -> None:
    policies.revise(
        organization=None, numbers={"density_rime": Decimal("0.2")}, source="实测", at=by.now, by=by
    )
    told = seen(make_section(), kind="apparent", thickness_mm=Decimal(30), ice_type=IceType.RIME)

    assert ice.record(told, by=by).reading.standard_mm == Decimal("11.366")


@pytest.mark.parametrize(
    ("numbers", "refusal"),
    [
        ({"ratio_yellow": Decimal("0.3")}, BrokenRule),
        ({"margin": Decimal("0.3")}, BrokenRule),
        ({"no_ice_margin_mm": Decimal("1.0")}, BrokenRule),
        ({"calm_readings": 0}, OutOfRange),
        ({"density_glaze": Decimal("0.93")}, OutOfRange),
        ({"density_mixed": Decimal("0.04")}, OutOfRange),
        ({"density_rime": Decimal("0.93")}, OutOfRange),
        ({"density_wet_snow": Decimal("0.93")}, OutOfRange),
        ({"thickness_red_mm": Decimal("150.1")}, OutOfRange),
        ({"ratio_violet": Decimal(2)}, Missing),
    ],
)
def test_refuses_numbers_that_cannot_grade_and_leaves_the_old_ones(
    by: Actor, numbers: dict[str, object], refusal: type[Exception]
) -> None:
    old = policies.load_defaults(at=by.now, by=by)

    with pytest.raises(refusal):
        policies.revise(organization=None, numbers=numbers, source="错", at=by.now, by=by)

    assert GradingPolicy.objects.get() == old
    assert old.until_at is None
    assert JournalEntry.objects.count() == 1


def test_refuses_numbers_in_force_before_the_last_ones(by: Actor) -> None:
    policies.load_defaults(at=by.now, by=by)

    with pytest.raises(Inconsistent):
        policies.revise(organization=None, numbers={}, source="倒填", at=by.now - timedelta(hours=1), by=by)

    assert GradingPolicy.objects.count() == 1
