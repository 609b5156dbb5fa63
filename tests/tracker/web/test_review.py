"""The page that reviews a storm: whose it is, as of when, equal to the reports, and its files."""

import re
from datetime import timedelta
from http import HTTPStatus
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from incidents.choices import Role
from incidents.models import Estimate, Organization, Outage, Storm
from tests.desk import sign_in
from tests.factories import make_assignment, make_crew, make_line, make_organization, make_outage, make_storm
from tests.tracker.reporters import at, make_draft, make_step
from tracker.models import AreaProfile
from tracker.rules.report_numbers import from_json
from tracker.selectors.statistics import Scope, numbers

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def storm() -> Storm:
    return make_storm(started_at=at(0), ended_at=at(10))


@pytest.fixture
def outage(ours: Organization, storm: Storm) -> Outage:
    """A thousand customers, back in steps after 45, 130 and 370 minutes."""
    made = make_outage(
        organization=ours,
        storm=storm,
        customers_affected=1000,
        occurred_at=at(0),
        occurred_precision="minute",
    )
    for seq, (minute, customers) in enumerate([(45, 600), (130, 300), (370, 100)], start=1):
        make_step(made, seq=seq, at=at(minute / 60), customers=customers, method="repair")
    Outage.objects.filter(pk=made.pk).update(status="restored", restored_at=at(370 / 60))
    made.refresh_from_db()
    return made


@pytest.fixture
def dispatcher(client: Client, ours: Organization) -> Client:
    sign_in(client, ours, Role.DISPATCHER)
    client.cookies["django_language"] = "en"
    return client


def page(client: Client, storm: Storm, **query: Any) -> Any:
    return client.get(reverse("storm-review", args=[storm.uuid]), query)


def test_the_known_answer_is_on_the_page(
    dispatcher: Client, ours: Organization, storm: Storm, outage: Outage
) -> None:
    AreaProfile.objects.create(organization=ours, customers=2000, valid_from=at(0).date(), source="test")

    found = page(dispatcher, storm).context["review"]

    assert found.reliability.everything.customer_minutes == 103_000
    assert found.reliability.ieee.saidi_min == pytest.approx(51.5)
    assert found.reliability.china.saifi_1 == pytest.approx(0.5)
    assert found.reliability.caidi_min == pytest.approx(103)


@pytest.mark.parametrize(("hour", "left"), [(0, 1000), (1, 400), (3, 100), (10, 0), ("nonsense", 0)])
def test_the_replay_shows_the_storm_as_of_an_hour(
    dispatcher: Client, storm: Storm, outage: Outage, hour: Any, left: int
) -> None:
    context = page(dispatcher, storm, hour=hour).context

    assert context["numbers"].customers.remaining == left
    assert len(context["map"].unknown) == (1 if left else 0)
    assert all(event.event.at <= context["asked"].at for event in context["events"])


def test_totals_are_those_of_the_frozen_report(
    dispatcher: Client, ours: Organization, storm: Storm, outage: Outage
) -> None:
    make_outage(organization=ours, storm=storm, customers_affected=None)
    report = make_draft(ours, storm=storm, as_of=at(4), due_at=at(6))
    frozen = from_json(report.numbers)

    shown = page(dispatcher, storm, hour=4).context["numbers"]

    assert frozen.customers.affected == 1000
    for name in (
        "outages",
        "customers",
        "lines",
        "low_voltage",
        "areas",
        "curve",
        "forces",
        "damage",
        "rows",
    ):
        assert getattr(shown, name) == getattr(frozen, name)
    assert shown == numbers(Scope.of(ours, storm, as_of=at(4)))


def test_a_storm_of_others_is_not_found_and_what_is_theirs_in_ours_is_not_shown(
    dispatcher: Client, storm: Storm, outage: Outage
) -> None:
    theirs = make_organization(name="国网外县供电公司")
    foreign = make_outage(organization=theirs, storm=storm, customers_affected=77)
    secret = make_storm(started_at=at(0))
    secret.organizations.add(theirs)
    make_step(foreign, customers=7)

    answer = page(dispatcher, storm)

    assert answer.context["numbers"].customers.affected == 1000
    assert "外县" not in answer.content.decode()
    assert f"/{foreign.pk}/change/" not in answer.content.decode()
    for unknown in (secret.uuid, uuid4()):
        for name in ("storm-review", "storm-book", "storm-pdf"):
            assert dispatcher.get(reverse(name, args=[unknown])).status_code == HTTPStatus.NOT_FOUND
    named = page(dispatcher, storm, organization=str(theirs.uuid))
    assert named.context["asked"].organization.name != theirs.name


@pytest.mark.parametrize("number", [1, 12])
def test_the_statements_are_the_same_whatever_happened(
    dispatcher: Client, ours: Organization, storm: Storm, outage: Outage, number: int
) -> None:
    for step in range(number):
        made = make_outage(organization=ours, storm=storm, customers_affected=50 + step)
        make_step(made)
        make_assignment(crew=make_crew(organization=ours), outage=made, storm=storm)
    page(dispatcher, storm)

    with CaptureQueriesContext(connection) as captured:
        page(dispatcher, storm)

    assert len(captured) == STATEMENTS


def test_estimates_are_judged_by_the_first(dispatcher: Client, storm: Storm, outage: Outage) -> None:
    for hours, told in ((4, 0.5), (6, 3)):
        Estimate.objects.create(
            outage=outage,
            kind="manual",
            value_at=at(hours),
            published_at=at(told),
            published_by=outage.reported_by,
        )

    found = page(dispatcher, storm).context["review"].accuracy

    assert (found.judged, found.median_min, found.late_share, found.revisions) == (1, 130, 1, 1)


def test_the_workbook_holds_no_formula_and_the_totals(
    dispatcher: Client, ours: Organization, storm: Storm, outage: Outage
) -> None:
    Outage.objects.filter(pk=outage.pk).update(
        line=make_line(organization=ours, name='=HYPERLINK("http://x")')
    )

    answer = dispatcher.get(reverse("storm-book", args=[storm.uuid]))
    book = load_workbook(BytesIO(answer.content))

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert 'HYPERLINK("http://x")' in " ".join(str(cell.value) for cell in book["Timeline"]["C"])
    assert 1000 in [cell.value for cell in cells]
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_printed_report_is_a_pdf_with_the_chinese_face(
    dispatcher: Client, storm: Storm, outage: Outage
) -> None:
    answer = dispatcher.get(reverse("storm-pdf", args=[storm.uuid]))

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert b"STSong-Light" in answer.content


def test_a_drill_says_so_and_needs_no_inline_code(dispatcher: Client, ours: Organization) -> None:
    drill = make_storm(started_at=at(0), ended_at=at(0) + timedelta(hours=2), is_exercise=True)
    make_outage(organization=ours, storm=drill)
    html = page(dispatcher, drill).content.decode()

    assert "【演练】" in html
    assert re.search(r"<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=\"", html) is None


STATEMENTS = 33
