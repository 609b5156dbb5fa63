"""A long list: its pages hold every row once and in order, its days lead where the rows are."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from incidents.admin.outages import OutageAdmin
from incidents.choices import Role
from incidents.models import Line, Organization, Outage
from tests.desk import address, sign_in
from tests.factories import STORM_NIGHT, make_line, make_organization, make_outage, make_place

DAY = timedelta(days=1)


@pytest.fixture
def outages(ours: Organization, monkeypatch: pytest.MonkeyPatch) -> list[Outage]:
    """Seven outages over four days of two years, newest first; three rows on a page."""
    monkeypatch.setattr(OutageAdmin, "list_per_page", 3)
    line, place = make_line(organization=ours), make_place()
    ages = [0, 0, 0, 1, 1, 40, 400]
    made = [
        make_outage(organization=ours, line=line, place=place, reported_at=STORM_NIGHT - days * DAY)
        for days in ages
    ]
    make_outage(organization=make_organization(), reported_at=STORM_NIGHT - 800 * DAY)
    return sorted(made, key=lambda each: (each.reported_at, each.pk), reverse=True)


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER)
    return client


def shown(client: Client, **query: Any) -> Any:
    return client.get(address(Outage, "changelist"), query).context["cl"]


@pytest.mark.parametrize("order", ["", "8", "1.-8"])  # as it is, by when it began (unknown), by line
def test_pages_hold_every_row_once_in_order(desk: Client, outages: list[Outage], order: str) -> None:
    query = {"o": order} if order else {}

    pages = [list(shown(desk, p=page, **query).result_list) for page in (1, 2, 3)]

    assert [len(rows) for rows in pages] == [3, 3, 1]
    found = [row for rows in pages for row in rows]
    if order:
        assert {*found} == {*outages}
    else:
        assert found == outages


def test_oldest_first_pages_too(desk: Client, outages: list[Outage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OutageAdmin, "ordering", ["reported_at", "pk"])

    found = [row for page in (1, 2, 3) for row in shown(desk, p=page).result_list]

    assert found == outages[::-1]


def test_a_list_in_order_of_an_expression(
    desk: Client, outages: list[Outage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OutageAdmin, "ordering", [F("reported_at").desc(), "-pk"])

    assert list(shown(desk, p=2).result_list) == outages[3:6]


def test_a_page_beyond_the_last_leads_back(desk: Client, outages: list[Outage]) -> None:
    for page in ("4", "0", "-1"):
        answer = desk.get(address(Outage, "changelist"), {"p": page})

        assert answer.status_code == 302
        assert answer["Location"].endswith("?e=1")


def test_days_are_counted_of_what_is_seen(desk: Client, outages: list[Outage]) -> None:
    listed = shown(desk)

    assert listed.result_count == len(outages)
    assert {day: n for day, n in listed.days.items() if n > 1} == {
        date(2024, 2, 26): 3,
        date(2024, 2, 25): 2,
    }


def test_dates_lead_down_and_back(desk: Client, outages: list[Outage]) -> None:
    years = shown(desk).date_links()
    months = shown(desk, reported_at__year=2024).date_links()
    days = shown(desk, reported_at__year=2024, reported_at__month=2).date_links()
    day = shown(desk, reported_at__year=2024, reported_at__month=2, reported_at__day=26).date_links()

    assert years["back"] is None
    assert [each["title"] for each in years["choices"]] == ["2023", "2024"]
    assert [each["link"] for each in months["choices"]] == [
        "?reported_at__month=1&reported_at__year=2024",
        "?reported_at__month=2&reported_at__year=2024",
    ]
    assert months["back"]["link"] == "?"
    assert [each["link"] for each in days["choices"]] == [
        f"?reported_at__day={number}&reported_at__month=2&reported_at__year=2024" for number in (25, 26)
    ]
    assert days["back"]["link"] == "?reported_at__year=2024"
    assert [*day["choices"][0]] == ["title"]
    assert day["back"]["link"] == "?reported_at__month=2&reported_at__year=2024"


def test_what_lies_in_one_month_is_told_by_its_days(desk: Client, outages: list[Outage]) -> None:
    Outage.objects.filter(pk__in=[row.pk for row in outages[5:]]).update(reported_at=STORM_NIGHT - DAY)

    links = shown(desk).date_links()

    assert [each["link"] for each in links["choices"]] == [
        f"?reported_at__day={day}&reported_at__month=2&reported_at__year=2024" for day in (25, 26)
    ]


def test_a_list_without_dates_and_one_without_rows(desk: Client, ours: Organization) -> None:
    line = make_line(organization=ours)

    assert list(desk.get(address(Line, "changelist")).context["cl"].result_list) == [line]
    assert list(shown(desk).result_list) == []
    assert shown(desk).date_links() == {"back": None, "choices": []}


def test_a_year_that_is_none_is_refused(desk: Client, outages: list[Outage]) -> None:
    for wrong in ("x", "99999", "0"):
        assert desk.get(address(Outage, "changelist"), {"reported_at__year": wrong}).status_code == 302
