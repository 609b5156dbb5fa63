"""The life of an outage at the desk, from the report to the closed record; and several outages at once."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from incidents.choices import OutageStatus, Role
from incidents.models import Organization, Outage
from tests.browser.axe import faults
from tests.browser.conftest import Web, sign_in
from tests.desk import address, give_role
from tests.factories import make_crew, make_line, make_outage, make_user
from tests.tracker.watchers import make_alert

pytestmark = [pytest.mark.alone, pytest.mark.long]  # a browser beside the others is slow enough to fail


def press(page: Page, outage: Outage, verb: str, query: str = "", **typed: str) -> None:
    """Press the button of a verb on the page of an outage, fill its form and send it."""
    page.goto(address(Outage, "change", outage.pk))
    button = page.locator(f"a.verb[href*='/do/{verb}/']").first
    expect(button).to_be_visible()
    page.goto(f"{button.get_attribute('href')}{query}")
    for name, value in typed.items():
        field = page.locator(f"[name={name}]")
        if field.get_attribute("type") == "checkbox":
            field.check()
        elif field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.click("form input[type=submit].default")
    expect(page.locator(".messagelist .success")).to_be_visible()


def test_from_the_report_to_the_closed_record(page: Page, ours: Organization) -> None:
    line, crew = make_line(organization=ours, name="龙潭307线"), make_crew(organization=ours)
    page.goto(f"{reverse('admin:incidents_outage_add')}?organization={ours.pk}&line={line.pk}")
    page.select_option("[name=voltage_kv]", "10")
    page.select_option("[name=kind]", "forced")
    page.select_option("[name=cause_code]", "bamboo_ice")
    page.fill("[name=customers_affected]", "128")
    page.fill("[name=words]", "岭头山")
    page.click("form input[type=submit].default")
    expect(page.locator(".messagelist .success")).to_be_visible()
    outage = Outage.objects.get()

    press(page, outage, "confirm")
    press(page, outage, "assign", f"&crew={crew.pk}", task="repair")
    press(page, outage, "isolate")
    press(page, outage, "restore_step", method="repair", customers="128", final="on")
    press(page, outage, "close", reason="地名待核实")

    outage.refresh_from_db()
    assert outage.status == OutageStatus.CLOSED
    assert faults(page) == []
    told = page.locator(".happenings strong").all_inner_texts()
    assert len(told) >= 6


def test_several_are_looked_at_and_confirmed(page: Page, ours: Organization) -> None:
    rows = [make_outage(organization=ours) for _ in range(2)]
    page.goto(address(Outage, "changelist"))
    for box in page.locator("input.action-select").all():
        box.check()
    page.select_option("select[name=action]", "confirm")
    page.click("button[name=index]")
    page.click("input[name=look]")
    expect(page.locator(".outcomes tr.able")).to_have_count(2)
    assert faults(page) == []

    page.click("input[name=do]")

    expect(page.locator(".outcomes tr.able")).to_have_count(2)
    assert {Outage.objects.get(pk=row.pk).status for row in rows} == {OutageStatus.CONFIRMED}


@pytest.mark.parametrize(("role", "takes"), [(Role.VIEWER, 0), (Role.MANAGER, 1)])
def test_who_only_looks_is_offered_no_verb(
    chromium: Browser, web: Web, ours: Organization, role: Role, takes: int
) -> None:
    outage, alert = make_outage(organization=ours), make_alert(organization=ours)
    context = chromium.new_context(base_url=web.address, viewport={"width": 390, "height": 844})
    sign_in(context, give_role(make_user(), ours, role), web)
    page = context.new_page()
    page.goto(address(Outage, "change", outage.pk))

    expect(page.locator("a.verb")).to_have_count(0)
    expect(page.locator(".timeline")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for shut in ("admin:incidents_outage_add", "admin:incidents_filejob_import"):
        refusal = page.goto(reverse(shut))
        assert refusal is not None
        assert refusal.status == 403
    page.goto("/")
    expect(page.locator("#panel-alerts")).to_contain_text("横岗线")
    expect(page.locator(f"button#take-{alert.uuid}")).to_have_count(takes)
    context.close()
