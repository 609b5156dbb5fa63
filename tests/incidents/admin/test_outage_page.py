"""The page of an outage: where it is as far as is known, and what happened, with who, when and why."""

import ast
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from incidents.admin.deed_words import DEEDS
from incidents.choices import EstimateKind, Role, TaskKind
from incidents.models import Organization, Outage
from incidents.services import assignments, closing, estimates, outages
from tests.architecture.source import ROOT
from tests.desk import address, sign_in
from tests.factories import make_actor, make_crew, make_damage, make_division, make_outage, make_place
from tests.tracker.watchers import make_alert
from tracker.choices import AlertEventKind
from tracker.models import AlertEvent


@pytest.fixture
def desk(client: Client, ours: Organization) -> Client:
    client.cookies.load({"django_language": "en"})
    sign_in(client, ours, Role.DISPATCHER)
    return client


def test_the_timeline_tells_all_that_belongs_to_the_outage(desk: Client, ours: Organization) -> None:
    now = timezone.now()
    by = make_actor(now=now)
    outage = make_outage(organization=ours)
    outages.confirm(outage, at=now - timedelta(minutes=9), by=by)
    crew = make_crew(organization=ours)
    job = assignments.assign(crew, outage=outage, task=TaskKind.REPAIR, at=now - timedelta(minutes=8), by=by)
    estimates.publish(outage, kind=EstimateKind.AREA, value_at=now + timedelta(hours=5), at=now, by=by)
    assignments.accept(job, at=now - timedelta(minutes=7), by=by)
    alert = make_alert(organization=ours, subject_type="outage", subject_id=outage.pk)
    AlertEvent.objects.create(alert=alert, at=now, kind=AlertEventKind.OPENED, generation=1)
    make_outage(organization=ours)

    page = desk.get(address(Outage, "change", outage.pk))

    told = [one.words for one in page.context["happenings"]]
    assert told[-3:] == ["Job accepted", "Crew assigned", "Outage confirmed"]
    assert "Estimate published" in told
    assert AlertEventKind.OPENED.label in told
    confirmed = page.context["happenings"][-1]
    assert (confirmed.who, confirmed.written_at is None) == (str(by.user), False)


def test_a_correction_tells_its_reason_and_its_differences(desk: Client, ours: Organization) -> None:
    outage = make_outage(organization=ours, customers_affected=100)
    now = timezone.now()
    closing.correct(
        outage, changes={"customers_affected": 120}, reason="重新核对", at=now, by=make_actor(now=now)
    )

    html = desk.get(address(Outage, "change", outage.pk)).content.decode()

    assert "重新核对" in html
    assert '<td class="before">100</td><td>120</td>' in html


def test_what_has_no_coordinates_is_said_and_not_drawn(desk: Client, ours: Organization) -> None:
    village = make_division("331102200244", "横岗村")
    known = make_place(division=village, precision="village", resolved_by="human")
    outage = make_outage(organization=ours, place=known)

    page = desk.get(address(Outage, "change", outage.pk))

    assert page.context["sketch"].sheet is None
    assert [each.name for each in page.context["sketch"].ladder][-1] == "横岗村"
    assert "nothing is drawn" in page.content.decode()


def test_what_has_coordinates_is_drawn_and_numbered(desk: Client, ours: Organization) -> None:
    where = {"latitude": "29.900000", "longitude": "120.500000", "crs": "EPSG:4326"}
    outage = make_outage(organization=ours, place=make_place(**where))
    there = {"latitude": "29.910000", "longitude": "120.510000", "crs": "GCJ-02"}
    make_damage(outage=outage, place=make_place(text="9号杆", **there))
    make_damage(outage=outage, place=make_place(text="某处"))

    page = desk.get(address(Outage, "change", outage.pk))

    sketch = page.context["sketch"]
    assert ([spot.number for spot in sketch.spots], sketch.unplaced) == ([1, 2], 1)
    assert "<svg" in page.content.decode()


def test_every_deed_on_what_belongs_to_an_outage_has_words() -> None:
    """Held facts end as one of their states; their kind is put together."""
    subjects = {kind.partition(".")[0] for kind in DEEDS}
    found = set()
    for path in [
        *(ROOT / "incidents" / "services").glob("*.py"),
        *(ROOT / "tracker" / "services").glob("*.py"),
    ]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                subject, dot, deed = node.value.partition(".")
                if (
                    dot
                    and subject in subjects
                    and deed.endswith(("ed", "held", "to_normal", "safe", "withdrawn"))
                ):
                    found.add(node.value)

    assert found - DEEDS.keys() == set()
    assert {kind for kind in DEEDS if not kind.startswith("held_fact.")} - found == set()
