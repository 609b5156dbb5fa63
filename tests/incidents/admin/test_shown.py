"""What is not known is never shown as 0 or nothing, and no moment more exactly than it is known."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import strip_tags

from incidents.admin.shown import shown
from incidents.models import Crew, IceReading, Organization, Outage, RoadBlock
from tests.desk import address
from tests.factories import (
    STORM_NIGHT,
    make_crew,
    make_damage,
    make_line,
    make_organization,
    make_outage,
    make_place,
    make_road_block,
    make_section,
)
from tests.incidents.admin import cases

pytestmark = pytest.mark.django_db


def text(row: object, name: str, *, language: str = "en") -> str:
    with translation.override(language):
        return strip_tags(str(shown(type(row), name)(row)))  # type: ignore[arg-type]


def test_an_unknown_number_says_why() -> None:
    outage = make_outage(unknown_reasons={"customers_affected": "not_measured"})

    assert text(outage, "customers_affected") == "Unknown (Not measured)"
    assert text(outage, "customers_affected", language="zh-hans") == "未知（未测量）"


def test_an_unknown_number_without_a_reason_is_unknown() -> None:
    assert text(make_outage(), "mv_users") == "Unknown"
    assert text(make_section(design_ice_mm=None, design_ice_source=""), "design_ice_mm") == "Unknown"


def test_nought_is_a_number() -> None:
    assert text(make_outage(customers_affected=0), "customers_affected") == "0"


def test_a_stage_that_has_not_come_is_not_unknown() -> None:
    outage = make_outage(unknown_reasons={"located_at": "not_stated"})

    assert text(outage, "restored_at") == "Not yet"
    assert text(outage, "located_at") == "Unknown (Not stated)"


def test_a_beginning_that_is_missing_is_unknown() -> None:
    assert text(make_outage(), "occurred_at") == "Unknown"


def test_what_nobody_typed_is_not_given() -> None:
    outage = make_outage()

    assert [text(outage, name) for name in ("cause_text", "section", "not_reported")] == ["Not given"] * 3
    assert text(make_road_block(), "outages") == "Not given"


def test_moments_are_in_chinese_time() -> None:
    assert text(make_outage(), "reported_at", language="zh-hans") == "2024-02-26 20:00"


@pytest.mark.parametrize(
    ("precision", "words"),
    [
        ("exact", "2024-02-26 20:00"),
        ("minute", "2024-02-26 20:00"),
        ("hour", "2024-02-26 20:00 (到小时)"),
    ],
)
def test_a_moment_says_how_exactly_it_is_known(precision: str, words: str) -> None:
    outage = make_outage(occurred_at=STORM_NIGHT, occurred_precision=precision)

    assert text(outage, "occurred_at", language="zh-hans") == words


def test_a_date_without_a_time_is_a_date() -> None:
    outage = make_outage(occurred_on=date(2024, 2, 26), occurred_precision="day")

    assert text(outage, "occurred_at", language="zh-hans") == "2024-02-26 (到日)"


def test_codes_are_shown_as_their_labels() -> None:
    crew = make_crew(skills=["mv", "tower"])

    assert text(crew, "skills") == "Medium voltage, Tower climbing"
    assert text(make_outage(), "voltage_kv") == "10 kV"
    assert text(make_outage(unknown_reasons={"mv_users": "pending"}), "unknown_reasons") == (
        "Transformer areas out: Pending"
    )


def test_states_and_scopes_are_shown_as_their_labels() -> None:
    phone = cases.PHONE(make_organization())
    phone.scopes = ["read", "work"]

    assert text(make_outage(not_reported=["located", "isolated"]), "not_reported") == (
        "Fault located, Fault isolated"
    )
    assert text(phone, "scopes") == "Read, Assignments and check-ins"


def test_yes_and_no_are_words() -> None:
    job = make_damage(is_live_hazard=True)

    assert [text(job, "is_live_hazard"), text(job, "is_live_hazard", language="zh-hans")] == ["yes", "是"]
    assert text(make_line(has_tie=False), "has_tie") == "no"
    assert text(make_line(), "has_tie") == "Unknown"


def test_a_reason_or_field_that_is_no_more_is_shown_as_it_was_written() -> None:
    assert text(make_outage(unknown_reasons={"gone": "lost"}), "unknown_reasons") == "gone: lost"


def test_rows_behind_it_are_listed() -> None:
    road = make_road_block()
    road.outages.add(make_outage(line=make_line(name="龙潭307线")))

    assert text(road, "outages") == "10 kV 龙潭307线"


def test_headers_carry_units(dispatcher: Client, ours: Organization) -> None:
    cases.reading(ours)
    dispatcher.cookies.load({"django_language": "en"})

    html = strip_tags(dispatcher.get(address(IceReading, "changelist")).content.decode())

    assert "Thickness (mm)" in html
    assert "Standard thickness (mm)" in html


def test_a_page_says_unknown_where_a_naive_one_says_nothing(dispatcher: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours, unknown_reasons={"customers_affected": "not_stated"})

    page = dispatcher.get(address(Outage, "change", outage.pk)).content.decode()
    listed = dispatcher.get(address(Outage, "changelist")).content.decode()

    assert '<span class="unknown">未知（未说明）</span>' in page
    assert '<span class="unknown">未知（未说明）</span>' in listed


def test_a_page_leads_to_the_rows_it_names(dispatcher: Client, ours: Organization) -> None:
    line = make_line(organization=ours)
    outage = make_outage(organization=ours, line=line, place=make_place())

    html = dispatcher.get(address(Outage, "change", outage.pk)).content.decode()

    assert f'<a href="{address(type(line), "change", line.pk)}">{line.name}</a>' in html


def test_a_name_that_is_html_stays_a_name(dispatcher: Client, ours: Organization) -> None:
    crew = make_crew(organization=ours, name="<script>alert(1)</script>")

    page = dispatcher.get(address(Crew, "change", crew.pk)).content.decode()
    listed = dispatcher.get(address(Crew, "changelist")).content.decode()

    assert "<script>alert" not in page
    assert "<script>alert" not in listed


def test_a_road_that_is_still_blocked_is_not_cleared_yet() -> None:
    road = make_road_block(blocked_at=STORM_NIGHT - timedelta(hours=1), blocked_precision="minute")

    assert text(road, "cleared_at") == "Not yet"
    assert RoadBlock.objects.filter(cleared_at=None).exists()
