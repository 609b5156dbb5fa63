from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import Access, LineKind, Vegetation
from incidents.errors import BrokenRule, Conflict, Invalid, Missing, OutOfRange
from incidents.journal import Actor
from incidents.models import JournalEntry, Line, LineSection
from incidents.services import grid
from tests.factories import make_line, make_organization, make_outage, make_section


def test_adds_a_line_with_a_journal_entry(by: Actor) -> None:
    owner = make_organization()

    line = grid.add_line(
        organization=owner,
        code="T-101",
        name="10千伏崇仁线",
        voltage_kv=Decimal(10),
        kind=LineKind.BRANCH,
        substation="崇仁变",
        has_tie=None,
        customers=None,
        at=by.now,
        by=by,
    )

    line.refresh_from_db()
    assert (line.code, line.voltage_kv, line.kind, line.is_exercise) == (
        "T-101",
        Decimal(10),
        "branch",
        False,
    )
    assert (line.has_tie, line.customers) == (None, None)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.subject_uuid, entry.organization) == ("line.added", line.uuid, owner)


@pytest.mark.parametrize(
    ("known", "field"),
    [
        ({"voltage_kv": Decimal(11)}, "voltage_kv"),
        ({"name": ""}, "name"),
        ({"code": ""}, "code"),
        ({"kind": "loop"}, "kind"),
        ({"customers": -1}, "customers"),
    ],
)
def test_refuses_a_line_that_cannot_be(by: Actor, known: dict[str, Any], field: str) -> None:
    told: dict[str, Any] = {"code": "T-101", "name": "10千伏崇仁线", "voltage_kv": Decimal(10)}

    with pytest.raises(Invalid) as refused:
        grid.add_line(organization=make_organization(), at=by.now, by=by, **(told | known))

    assert field in str(refused.value)
    assert not Line.objects.exists()
    assert not JournalEntry.objects.exists()


def test_refuses_a_taken_code_in_the_same_company_only(by: Actor) -> None:
    owner = make_organization()
    make_line(organization=owner, code="T-101")
    told: dict[str, Any] = {"code": "T-101", "name": "线", "voltage_kv": Decimal(10), "at": by.now, "by": by}

    with pytest.raises(BrokenRule, match="line_code_once"):
        grid.add_line(organization=owner, **told)

    assert grid.add_line(organization=make_organization(), **told).pk


def test_adds_a_section_with_a_journal_entry(by: Actor) -> None:
    line = make_line()

    section = grid.add_section(
        line=line,
        code="主线",
        from_pole="001",
        to_pole="025",
        conductor_diameter_mm=Decimal("15.07"),
        design_ice_mm=10,
        design_ice_source="GB 50061-2010",
        altitude_min_m=420,
        altitude_max_m=780,
        vegetation=Vegetation.BAMBOO,
        access=Access.FOOT,
        at=by.now,
        by=by,
    )

    section.refresh_from_db()
    assert (section.design_ice_mm, section.altitude_max_m, section.vegetation) == (10, 780, "bamboo")
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("section.added", line.organization)


@pytest.mark.parametrize(
    ("known", "field", "low", "high"),
    [
        ({"conductor_diameter_mm": Decimal("60.1")}, "conductor_diameter_mm", 1, 60),
        ({"conductor_diameter_mm": Decimal("0.9")}, "conductor_diameter_mm", 1, 60),
        ({"altitude_min_m": -101}, "altitude_min_m", -100, 5000),
        ({"altitude_max_m": 5001}, "altitude_max_m", -100, 5000),
        ({"vertical_span_m": Decimal("0.9")}, "vertical_span_m", 1, 3000),
        ({"conductor_weight_n_per_m": Decimal("200.1")}, "conductor_weight_n_per_m", 0.1, 200),
    ],
)
def test_refuses_a_number_outside_its_range(
    by: Actor, known: dict[str, Any], field: str, low: float, high: float
) -> None:
    with pytest.raises(OutOfRange) as refused:
        grid.add_section(line=make_line(), code="主线", at=by.now, by=by, **known)

    fields = refused.value.fields
    assert (fields["field"], fields["value"]) == (field, known[field])
    assert (fields["low"], fields["high"]) == (low, high)
    assert not LineSection.objects.exists()


@pytest.mark.parametrize(
    ("known", "rule"),
    [
        ({"design_ice_mm": 12, "design_ice_source": "图"}, "section_design_ice_is_a_class"),
        ({"design_ice_mm": 10}, "section_design_ice_has_a_source"),
        ({"altitude_min_m": 500, "altitude_max_m": 400}, "section_altitudes_in_order"),
        ({"code": "taken"}, "section_code_once"),
    ],
)
def test_refuses_a_section_that_breaks_a_rule(by: Actor, known: dict[str, Any], rule: str) -> None:
    taken = make_section(code="taken")

    with pytest.raises(BrokenRule, match=rule):
        grid.add_section(line=taken.line, at=by.now, by=by, **({"code": "主线"} | known))

    assert LineSection.objects.get() == taken
    assert not JournalEntry.objects.exists()


def test_corrects_a_line_and_keeps_before_and_after(by: Actor) -> None:
    line = make_line(name="10千伏崇仁线", customers=None)

    grid.correct_line(line, customers=1200, reason="台账", at=by.now, by=by)

    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization, entry.reason) == ("line.corrected", line.organization, "台账")
    assert (entry.before, entry.after) == ({"customers": None}, {"customers": 1200})


def test_corrects_a_section_and_keeps_before_and_after(by: Actor) -> None:
    section = make_section(design_ice_mm=10)

    grid.correct_section(section, design_ice_mm=15, reason="冰区图", at=by.now, by=by)

    section.refresh_from_db()
    assert section.design_ice_mm == 15
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("section.corrected", section.line.organization)
    assert (entry.before, entry.after) == ({"design_ice_mm": 10}, {"design_ice_mm": 15})


def test_corrections_need_a_reason(by: Actor) -> None:
    section = make_section(design_ice_mm=10)

    with pytest.raises(Missing, match="reason"):
        grid.correct_line(section.line, name="x", reason="", at=by.now, by=by)
    with pytest.raises(Missing, match="reason"):
        grid.correct_section(section, design_ice_mm=15, reason="", at=by.now, by=by)

    section.refresh_from_db()
    assert section.design_ice_mm == 10
    assert not JournalEntry.objects.exists()


def test_retiring_twice_is_retiring_once(by: Actor) -> None:
    line = make_line()

    grid.retire(line, reason="拆除", at=by.now, by=by)
    again = grid.retire(line, reason="拆除", at=by.now, by=by)

    assert again.retired_at == by.now
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.reason) == ("line.retired", "拆除")


def test_a_line_with_an_open_outage_is_not_retired(by: Actor) -> None:
    line = make_line()
    outage = make_outage(line=line)

    with pytest.raises(Conflict) as refused:
        grid.retire(line, reason="拆除", at=by.now, by=by)

    assert str(outage.uuid) in str(refused.value.fields["other"])
    line.refresh_from_db()
    assert line.retired_at is None


def test_retiring_needs_a_reason(by: Actor) -> None:
    line = make_line()

    with pytest.raises(Missing, match="reason"):
        grid.retire(line, reason="", at=by.now, by=by)

    line.refresh_from_db()
    assert line.retired_at is None
