"""The board in a browser: it keeps itself up to date, takes alerts, and says when it cannot."""

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from incidents.choices import OutageKind
from incidents.models import Organization, User
from incidents.services import outages
from tests.browser.conftest import PASSWORD, Web
from tests.factories import make_actor, make_place
from tests.tracker.watchers import make_alert
from tracker.choices import AlertState

pytestmark = [pytest.mark.alone, pytest.mark.long]  # it is held to seconds
PROMISED_MS = 5_000


def report(organization: Organization, *, customers: int) -> None:
    now = timezone.now()
    outages.report(
        organization=organization,
        place=make_place(),
        kind=OutageKind.FORCED,
        voltage_kv=Decimal(10),
        customers_affected=customers,
        at=now,
        by=make_actor(now=now),
    )


def test_a_night_at_the_board(context: BrowserContext, web: Web, officer: User, ours: Organization) -> None:
    page = context.new_page()
    page.goto("/")
    page.fill("#id_username", officer.username)
    page.fill("#id_password", PASSWORD)
    page.click("#login-form [type=submit]")
    expect(page.locator("#panel-customers .big")).to_have_text("0")

    report(ours, customers=1234)
    expect(page.locator("#panel-customers .big")).to_have_text("1,234", timeout=PROMISED_MS)

    alert = make_alert(organization=ours)
    button = page.locator(f"#take-{alert.uuid}")
    expect(button).to_be_visible(timeout=PROMISED_MS)
    expect(page).to_have_title(re.compile(r"^\(1\) "))
    button.click()
    expect(button).to_have_count(0, timeout=PROMISED_MS)
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, officer)

    web.stop()
    expect(page.locator("#stale")).to_be_visible(timeout=20_000)
    web.start()
    expect(page.locator("#stale")).to_be_hidden(timeout=15_000)
    report(ours, customers=1)
    expect(page.locator("#panel-customers .big")).to_have_text("1,235", timeout=PROMISED_MS)


def test_an_alert_that_got_worse_is_not_taken_and_the_board_says_so(page: Page, ours: Organization) -> None:
    alert = make_alert(organization=ours)
    page.goto("/")
    button = page.locator(f"#take-{alert.uuid}")
    button.evaluate("button => { button.value = button.value.replace(/ 1$/, ' 7'); }")

    button.click()

    expect(page.locator(".refused")).to_be_visible()
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_keys_lead_to_the_panels_unless_they_are_switched_off(page: Page, ours: Organization) -> None:
    alert = make_alert(organization=ours)
    page.goto("/")

    page.keyboard.press("o")
    expect(page.locator("#panel-outages")).to_be_focused()
    page.keyboard.press("a")
    expect(page.locator(f"#take-{alert.uuid}")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.locator("#panel-outages")).not_to_be_focused()


def test_what_has_focus_keeps_it_when_the_board_changes(page: Page, ours: Organization) -> None:
    first = make_alert(organization=ours)
    page.goto("/")
    page.locator(f"#take-{first.uuid}").focus()

    second = make_alert(organization=ours)

    expect(page.locator(f"#take-{second.uuid}")).to_be_visible(timeout=PROMISED_MS)
    expect(page.locator(f"#take-{first.uuid}")).to_be_focused()


def test_without_a_script_the_board_is_whole_and_takes_alerts(
    context: BrowserContext, web: Web, page: Page, ours: Organization
) -> None:
    alert = make_alert(organization=ours)
    assert context.browser is not None
    plain = context.browser.new_context(
        base_url=web.address, java_script_enabled=False, storage_state=context.storage_state()
    )
    page = plain.new_page()
    page.goto("/")

    page.click(f"#take-{alert.uuid}")

    expect(page.locator(".messagelist .success")).to_be_visible()
    alert.refresh_from_db()
    assert alert.state == AlertState.ACKNOWLEDGED
    plain.close()
