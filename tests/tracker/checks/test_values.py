"""Rules that look at values: at the edge, not below, held down to the lower edge, over below that."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import Grade
from incidents.models import (
    Division,
    IceReading,
    LineSection,
    Organization,
    Outage,
    RestorationStep,
    SectionIcing,
    WeatherWarning,
)
from tests.factories import (
    STORM_NIGHT,
    make_actor,
    make_assignment,
    make_damage,
    make_division,
    make_line,
    make_organization,
    make_outage,
    make_section,
    make_storm,
    make_user,
)
from tests.tracker.checks.cases import deployed, estimate, important, requested
from tests.tracker.watchers import load_rule, make_icing, make_reading, minutes
from tracker.checks import CHECKS
from tracker.models import Alert, EmergencyResponse
from tracker.services import proposals, responses, thresholds
from tracker.services.evaluate import Evaluated, evaluate

pytestmark = pytest.mark.django_db


def bands(code: str, at: float = 0) -> list[str]:
    """The bands that a rule is open in after a look."""
    found = evaluate(now=minutes(at), checks=[CHECKS[code]])
    assert found.broken == []
    return list(
        Alert.objects.filter(rule_code=code, resolved_at=None).order_by("id").values_list("band", flat=True)
    )


def fired(code: str, at: float = 0) -> bool:
    return bands(code, at) != []


def grow(section: LineSection, *mm_at: tuple[float, float], **over: Any) -> SectionIcing:
    """Readings of a section: standard thickness, mm, and minute."""
    newest: IceReading | None = None
    for mm, at in mm_at:
        newest = make_reading(
            section=section,
            observed_at=minutes(at),
            standard_mm=Decimal(str(mm)),
            thickness_basis="measured",
            grade="blue",
            grade_basis="measured",
            **over,
        )
    assert newest is not None
    SectionIcing.objects.filter(section=section).delete()
    return make_icing(
        Grade.BLUE,
        section=section,
        reading=newest,
        standard_mm=newest.standard_mm,
        observed_at=newest.observed_at,
    )


# E02: ≥ 2.0 mm/h over 2 h sets, < 1.0 clears.


@pytest.mark.parametrize(("after", "is_fired"), [(8.0, True), (7.9, False)])
def test_growth_fires_from_2_mm_an_hour_over_2_hours(after: float, *, is_fired: bool) -> None:
    load_rule("E02", for_s=0)
    grow(make_section(), (4.0, -120), (after, 0))

    assert fired("E02") is is_fired


def test_growth_holds_down_to_1_mm_an_hour() -> None:
    load_rule("E02", for_s=0)
    section = make_section()
    grow(section, (4.0, -120), (8.0, 0))
    assert fired("E02")

    grow(section, (10.0, 120))
    assert fired("E02", 120)
    grow(section, (11.9, 240))
    assert not fired("E02", 240)


def test_growth_needs_two_measurements_that_are_far_enough_apart() -> None:
    load_rule("E02", for_s=0)
    grow(make_section(), (1.0, -119), (30.0, 0))
    grow(make_section(), (1.0, -120), (30.0, 0), is_estimate=True)
    grow(make_section(), (1.0, -120), (30.0, 0), is_suspect=True)

    assert not fired("E02")


# E03: projected ratio ≥ 1.0 within 6 h, held down to 0.9.


@pytest.mark.parametrize(("earlier", "is_fired"), [(6.0, True), (6.02, False)])
def test_a_projection_that_reaches_the_design_fires(earlier: float, *, is_fired: bool) -> None:
    """9 mm now on a design of 15: another 6 mm in 6 h is 1 mm/h, 3 mm in the last 3 h."""
    load_rule("E03", for_s=0)
    grow(make_section(design_ice_mm=15), (earlier, -180), (9.0, 0))

    assert fired("E03") is is_fired


def test_a_section_beyond_its_design_is_no_projection() -> None:
    load_rule("E03", for_s=0)
    grow(make_section(design_ice_mm=15), (6.0, -180), (15.0, 0))

    assert not fired("E03")


# E04


@pytest.mark.parametrize(("grade", "limit"), [(Grade.BLUE, 180), (Grade.YELLOW, 60), (Grade.RED, 60)])
def test_a_grade_goes_stale_by_its_age(grade: Grade, limit: int) -> None:
    load_rule("E04")
    icing = make_icing(grade)

    assert not fired("E04", limit - 0.02)
    assert fired("E04", limit)
    SectionIcing.objects.filter(pk=icing.pk).update(observed_at=minutes(limit))
    assert not fired("E04", limit)


def test_a_normal_section_does_not_go_stale() -> None:
    load_rule("E04")
    make_icing(Grade.NONE)

    assert not fired("E04", 10_000)


# E11: 500 / 2,000 / 10,000 customers or 30 / 100 / 300 transformer areas, held down to 80 %.


@pytest.mark.parametrize(
    ("size", "band"),
    [
        ({"customers_affected": 499}, None),
        ({"customers_affected": 500}, "1"),
        ({"customers_affected": 1999}, "1"),
        ({"customers_affected": 2000}, "2"),
        ({"customers_affected": 10_000}, "3"),
        ({"mv_users": 29}, None),
        ({"mv_users": 30}, "1"),
        ({"mv_users": 100}, "2"),
        ({"customers_affected": 10, "mv_users": 300}, "3"),
        ({}, None),
    ],
)
def test_an_outage_is_large_by_customers_or_areas(size: dict[str, int], band: str | None) -> None:
    load_rule("E11", for_s=0)
    make_outage(**size)

    assert bands("E11") == ([band] if band else [])


def back(outage: Outage, seq: int, customers: int, method: str = "transfer") -> None:
    RestorationStep.objects.create(
        outage=outage,
        seq=seq,
        at=minutes(seq),
        customers=customers,
        method=method,
        recorded_by=make_user(),
    )


def test_a_large_outage_holds_its_band_down_to_80_percent_and_does_not_flap() -> None:
    load_rule("E11", for_s=0)
    outage = make_outage(customers_affected=2000)
    assert bands("E11") == ["2"]

    back(outage, 1, 400)
    assert bands("E11", 1) == ["2"]
    back(outage, 2, 1)
    assert bands("E11", 2) == ["1"]
    back(outage, 3, 1199)
    assert bands("E11", 3) == ["1"]
    back(outage, 4, 1)
    assert bands("E11", 4) == []


def test_customers_on_a_generator_are_out() -> None:
    load_rule("E11", for_s=0)
    back(make_outage(customers_affected=500), 1, 300, method="generator")

    assert bands("E11") == ["1"]


# E14


@pytest.mark.parametrize(
    ("values", "is_fired"),
    [
        ([100, 200, 300, 400], False),
        ([100, 200, 300, 400, 500], True),
        ([100, 340], False),
        ([100, 341], True),
        ([500, 100], True),
    ],
)
def test_estimates_that_change_too_often_or_too_far(values: list[float], *, is_fired: bool) -> None:
    load_rule("E14")
    outage = make_outage()
    for number, value in enumerate(values):
        estimate(outage, value=value, at=-60 + number)

    assert fired("E14") is is_fired


# E17


def test_a_live_wire_is_told_at_once_and_until_it_is_safe_even_after_restoration() -> None:
    load_rule("E17")
    outage = make_outage(status="restored", restored_at=minutes(0))
    damage = make_damage(outage=outage, is_live_hazard=True)
    make_damage(is_live_hazard=False)

    assert fired("E17")
    assert Alert.objects.get().subject_id == damage.pk
    damage.made_safe_at = minutes(1)
    damage.save()
    assert not fired("E17", 2)


# E15: one feeder that stands is enough; E18 and E20 only for what they ask.


def test_a_user_with_a_feeder_left_is_not_out() -> None:
    load_rule("E15")
    user = important("special")
    other = make_line(organization=user.organization)
    user.feeders.add(other)
    make_outage(line=user.feeders.exclude(pk=other.pk).get(), organization=user.organization)

    assert not fired("E15")
    make_outage(line=other, organization=user.organization)
    assert fired("E15")


def test_a_generator_that_ran_dry_leaves_the_user_out_again() -> None:
    load_rule("E15")
    user = important(
        "special", supplied_by="generator_car", supplied_since_at=STORM_NIGHT, supplied_until_at=minutes(60)
    )
    make_outage(line=user.feeders.get(), organization=user.organization)

    assert not fired("E15", 59)
    assert fired("E15", 60)


@pytest.mark.parametrize("task", ["patrol", "locate", "survey", "clear_road"])
def test_looking_needs_no_permit(task: str) -> None:
    load_rule("E20")
    make_assignment(outage=make_outage(), status="on_site", on_site_at=STORM_NIGHT, task=task)

    assert not fired("E20")


# E21: the second wait is for the team.


def test_an_approved_request_waits_an_hour_for_its_team() -> None:
    load_rule("E21")
    request = requested(
        status="approved", requested_at=minutes(-100), decided_at=STORM_NIGHT, decided_by=make_user()
    )

    assert not fired("E21", 59)
    assert fired("E21", 60)
    deployed(request=request)
    assert not fired("E21", 61)


# E28


@pytest.mark.parametrize(
    ("given", "is_fired"), [(1000, False), (980, False), (979, True)], ids=["whole", "2 %", "more"]
)
def test_steps_that_do_not_give_back_what_was_out(given: int, *, is_fired: bool) -> None:
    load_rule("E28", for_s=0)
    outage = make_outage(customers_affected=1000, status="restored", restored_at=minutes(1))
    back(outage, 1, given)

    assert fired("E28") is is_fired


def test_more_out_than_hangs_on_the_line() -> None:
    load_rule("E28", for_s=0)
    line = make_line(customers=100)
    outage = make_outage(line=line, organization=line.organization, customers_affected=101)

    assert fired("E28")
    outage.customers_affected = 100
    outage.save()
    assert not fired("E28", 1)


# E30


def test_the_second_and_the_third_trip_of_a_line_within_a_day() -> None:
    load_rule("E30")
    line = make_line()
    trips: dict[str, Any] = {"line": line, "organization": line.organization}
    make_outage(**trips, reported_at=minutes(-1440 + 10))
    assert not fired("E30")

    make_outage(**trips, reported_at=minutes(-60))
    assert bands("E30") == ["1"]
    make_outage(**trips, reported_at=minutes(-1))
    assert bands("E30", 1) == ["2"]
    assert bands("E30", 10) == ["1"]
    assert not fired("E30", 1400)


# E38


def test_the_long_tail_is_told_in_the_morning_and_held_through_the_day() -> None:
    """07:00 in China is 23:00 UTC, 660 min after the beginning of the storm night."""
    load_rule("E38")
    storm, company = make_storm(), make_organization()
    tail: dict[str, Any] = {"storm": storm, "organization": company, "reported_at": minutes(-1440)}
    make_outage(**tail, customers_affected=900, status="restored", restored_at=minutes(0))
    last = make_outage(**tail, customers_affected=100)

    assert not fired("E38", 659)
    assert fired("E38", 660)
    assert fired("E38", 1440)  # 20:00
    Outage.objects.filter(pk=last.pk).update(status="restored", restored_at=minutes(1441))
    assert not fired("E38", 1442)


def test_more_than_a_tenth_is_no_tail() -> None:
    load_rule("E38")
    storm, company = make_storm(), make_organization()
    tail: dict[str, Any] = {"storm": storm, "organization": company, "reported_at": minutes(-1440)}
    make_outage(**tail, customers_affected=899, status="restored", restored_at=minutes(0))
    make_outage(**tail, customers_affected=101)

    assert not fired("E38", 660)


# E23 and E24: dated thresholds.


@pytest.fixture
def county(db: None) -> Organization:
    by = make_actor()
    thresholds.load_defaults(by=by)
    company = make_organization()
    thresholds.describe_area(
        organization=company,
        area="county_large",
        load_mw=Decimal(200),
        customers=100_000,
        valid_from=date(2024, 1, 1),
        source="test",
        by=by,
    )
    return company


def lines_out(company: Organization, number: int, **over: Any) -> None:
    for _ in range(number):
        line = make_line(organization=company, voltage_kv=over.get("voltage_kv", 10))
        make_outage(line=line, organization=company, **over)


def proposed(at: float = 0) -> str | None:
    proposals.propose(by=make_actor(now=minutes(at)))
    row = EmergencyResponse.objects.filter(state="proposed").first()
    return row.level if row else None


@pytest.mark.parametrize(
    ("number", "over", "level"),
    [
        (0, {}, None),
        (1, {}, "IV"),
        (4, {}, "IV"),
        (5, {}, "III"),
        (14, {}, "III"),
        (15, {}, "II"),
        (40, {}, "I"),
        (1, {"voltage_kv": 35}, "II"),
        (1, {"voltage_kv": 220}, "I"),
        (1, {"customers_affected": 1000}, "III"),
        (1, {"customers_affected": 999}, "IV"),
        (1, {"customers_affected": 5000}, "II"),
        (1, {"customers_affected": 15_000}, "I"),
        (1, {"kind": "planned"}, None),
        (1, {"cause_code": "vehicle"}, None),
    ],
)
def test_levels_are_proposed_from_their_edges_on(
    county: Organization, number: int, over: dict[str, Any], level: str | None
) -> None:
    lines_out(county, number, **over)

    assert proposed() == level


def test_a_clause_holds_only_whole(county: Organization) -> None:
    section = make_section(line=make_line(organization=county))
    make_icing(Grade.YELLOW, section=section, ratio=Decimal("0.5"))
    lines_out(county, 2)
    assert proposed() == "IV"

    lines_out(county, 1)
    assert proposed(1) == "III"


@pytest.mark.parametrize(
    ("out", "band"),
    [
        ({"load_lost_mw": Decimal("79.9")}, "1"),
        ({"load_lost_mw": Decimal("80.0")}, "2"),
        ({"load_lost_mw": Decimal("64.0")}, "1"),
        ({"load_lost_mw": Decimal("63.9")}, None),
        ({"customers_affected": 50_000}, "2"),
        ({"customers_affected": 40_000}, "1"),
        ({"customers_affected": 39_999}, None),
        ({"load_lost_mw": Decimal("79.8"), "customers_affected": 50_000}, "2"),
    ],
)
def test_order_599_is_near_at_80_percent_of_an_edge(
    county: Organization, out: dict[str, Any], band: str | None
) -> None:
    load_rule("E24", for_s=0)
    make_outage(organization=county, **out)

    assert bands("E24") == ([band] if band else [])


@pytest.mark.parametrize(
    ("load", "level"), [("120.0", "III"), ("119.8", "IV"), ("80.0", "IV")], ids=["60.0 %", "59.9 %", "40 %"]
)
def test_the_grade_that_is_reached_is_named(county: Organization, load: str, level: str) -> None:
    load_rule("E24", for_s=0)
    make_outage(organization=county, load_lost_mw=Decimal(load))

    assert bands("E24") == ["2"]
    assert Alert.objects.get().facts["level"] == level


def test_a_threshold_that_was_near_holds_down_to_70_percent(county: Organization) -> None:
    load_rule("E24", for_s=0)
    outage = make_outage(organization=county, customers_affected=40_000)
    assert fired("E24")

    back(outage, 1, 5_000)
    assert fired("E24", 1)
    back(outage, 2, 1)
    assert fired("E24", 2) is False


def test_without_a_profile_nobody_knows_a_share() -> None:
    thresholds.load_defaults(by=make_actor())
    load_rule("E24", for_s=0)
    make_outage(customers_affected=90_000)

    assert not fired("E24")


def test_a_threshold_counts_from_its_day(county: Organization) -> None:
    by = make_actor()
    thresholds.set_threshold(
        kind="company",  # type: ignore[arg-type]
        organization=county,
        level="II",  # type: ignore[arg-type]
        measure="lines_out",  # type: ignore[arg-type]
        at_least=Decimal(2),
        valid_from=date(2024, 2, 27),
        basis="本公司预案",
        by=by,
    )
    lines_out(county, 2)

    assert proposed() == "IV"
    assert proposed(300) == "II"  # 01:00 on the 27th


def test_a_proposal_is_an_alert_until_a_person_decides(county: Organization) -> None:
    load_rule("E23")
    lines_out(county, 1)
    proposed()
    assert fired("E23")

    row = EmergencyResponse.objects.get()
    responses.order(row, at=minutes(5), by=make_actor(now=minutes(5)))
    assert not fired("E23", 6)
    assert proposed(7) is None


# E29: the chain of updates is one subject; only a worse colour is told anew.


def warn(company: Organization, level: str, at: float = 0, **over: Any) -> WeatherWarning:
    values: dict[str, Any] = {
        "hazard": "road_icing",
        "issuer": "嵊州市气象台",
        "text": "道路结冰",
        "issued_at": minutes(at),
        "valid_from_at": minutes(at),
        "received_at": minutes(at),
        "reported_by": make_user(),
    }
    made = WeatherWarning.objects.create(organization=company, level=level, **(values | over))
    made.areas.add(Division.objects.filter(code="330683").first() or make_division("330683", "嵊州市"))
    return made


def test_a_warning_is_told_until_it_ends_and_anew_only_when_it_gets_worse() -> None:
    load_rule("E29")
    company = make_organization()
    first = warn(company, "yellow", expires_at=minutes(600))
    assert bands("E29") == ["yellow"]

    same = warn(company, "yellow", 10, update_of=first, expires_at=minutes(600))
    assert evaluate(now=minutes(10), checks=[CHECKS["E29"]]).raised == 0
    warn(company, "red", 20, update_of=same, expires_at=minutes(600))
    assert bands("E29", 20) == ["red"]
    alert = Alert.objects.get()
    assert (alert.subject_id, alert.generation, alert.facts["areas"]) == (first.pk, 2, "嵊州市")
    assert bands("E29", 599) == ["red"]
    assert bands("E29", 600) == []


@pytest.mark.parametrize("over", [{"hazard": "gale"}, {"level": "blue"}, {"entry_mode": "historical"}])
def test_warnings_that_do_not_concern_the_grid_are_not_told(over: dict[str, Any]) -> None:
    load_rule("E29")
    warn(make_organization(), over.pop("level", "red"), **over)

    assert bands("E29") == []


@pytest.mark.parametrize(("level", "proposal"), [("blue", None), ("yellow", "IV"), ("red", "IV")])
def test_a_warning_of_the_city_counts_where_its_area_lies(level: str, proposal: str | None) -> None:
    thresholds.load_defaults(by=make_actor())
    division = make_division("330683", "嵊州市")
    city = make_organization(level="city")
    inside = make_organization(parent=city, division=division)
    make_organization(parent=city, division=make_division("330604", "上虞区"))
    warn(city, level)

    proposed()

    found = EmergencyResponse.objects.filter(state="proposed").values_list("organization", flat=True)
    assert set(found) == ({city.pk, inside.pk} if proposal else set())


# ``for``


def test_a_value_must_hold_for_as_long_as_its_rule_asks() -> None:
    load_rule("E11", for_s=60)
    outage = make_outage(customers_affected=500)
    look = [CHECKS["E11"]]

    assert evaluate(now=minutes(0), checks=look) == Evaluated()
    assert evaluate(now=minutes(1) - timedelta(seconds=1), checks=look) == Evaluated()
    assert evaluate(now=minutes(1), checks=look) == Evaluated(opened=1)
    assert Alert.objects.get().opened_at == minutes(1)
    assert outage.pk == Alert.objects.get().subject_id


def test_a_value_that_trembles_counts_anew() -> None:
    load_rule("E11", for_s=60)
    outage = make_outage(customers_affected=500)
    look = [CHECKS["E11"]]
    evaluate(now=minutes(0), checks=look)
    Outage.objects.filter(pk=outage.pk).update(customers_affected=400)
    evaluate(now=minutes(0.5), checks=look)
    Outage.objects.filter(pk=outage.pk).update(customers_affected=500)

    assert evaluate(now=minutes(1), checks=look) == Evaluated()
    assert evaluate(now=minutes(2), checks=look) == Evaluated(opened=1)


def test_two_looks_at_once_open_nothing_before_its_time() -> None:
    load_rule("E11", for_s=60)
    make_outage(customers_affected=500)

    for _ in range(3):
        assert evaluate(now=minutes(0), checks=[CHECKS["E11"]]) == Evaluated()
