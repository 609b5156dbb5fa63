"""A walk in the browser: the map by keyboard, the hours of a storm by keys and by links."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from incidents.models import Organization, Outage
from tests.factories import make_outage, make_place, make_storm
from tests.tracker.reporters import at

pytestmark = pytest.mark.long


def test_a_cluster_is_opened_by_keyboard_and_leads_to_its_outages(page: Page, ours: Organization) -> None:
    for step in range(3):
        place = make_place(text=f"第{step}处", longitude=120 + step / 10_000, latitude=29, crs="EPSG:4326")
        make_outage(organization=ours, place=place)
    far = make_place(text="远处", longitude=121, latitude=29.5, crs="EPSG:4326")
    make_outage(organization=ours, place=far)
    page.goto(reverse("map"))

    cluster = page.locator("a.cluster")
    expect(cluster).to_have_count(1)
    cluster.focus()
    page.keyboard.press("Enter")

    expect(page.locator("#map-list ol li")).to_have_count(3)
    page.locator("#map-drawing a.whole").click()
    expect(page.locator("#map-list ol li")).to_have_count(4)


def test_the_hours_of_a_storm_by_keys_and_by_links(page: Page, ours: Organization) -> None:
    storm = make_storm(started_at=at(0), ended_at=at(6))
    outage = make_outage(
        organization=ours, storm=storm, customers_affected=50, occurred_at=at(0), occurred_precision="minute"
    )
    Outage.objects.filter(pk=outage.pk).update(status="restored", restored_at=at(2))
    page.goto(reverse("storm-review", args=[storm.uuid]))
    expect(page.locator("#panel-customers .big")).to_have_text("0")

    page.locator("#hour").focus()
    page.keyboard.press("Home")

    expect(page.locator("#panel-customers .big")).to_have_text("50")
    expect(page.locator("#hour")).to_be_focused()
    page.locator('a[rel="next"]').click()
    expect(page.locator("#hour")).to_have_value("1")
