"""A duty officer pastes a report, corrects a place, confirms and finds the outage; also on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from incidents.models import Brief, IceReading, Organization, Outage, User, WeatherReading
from tests.browser.axe import faults
from tests.browser.conftest import Web, sign_in
from tests.factories import make_division
from tests.incidents.services.briefs_told import DIVISIONS, STORY

pytestmark = [pytest.mark.alone, pytest.mark.long]  # a browser beside the others is slow enough to fail


@pytest.fixture
def divisions(transactional_db: None) -> None:
    for code, name in DIVISIONS.items():
        make_division(code, name)


def paste(page: Page, text: str) -> None:
    page.goto(reverse("admin:incidents_brief_add"))
    page.select_option("select[name=organization]", index=1)
    page.fill("input[name=published_on]", "2024-02-28")
    page.fill("textarea[name=text]", text)
    page.click("form input[type=submit].default")
    page.wait_for_selector(".reading")


def test_the_story_pasted_corrected_and_confirmed_is_an_outage_on_record(
    page: Page, divisions: None, ours: Organization
) -> None:
    paste(page, STORY)
    outage = page.locator("article.piece", has_text="横岗村").first
    expect(page.locator(".words mark", has_text="30毫米")).to_be_visible()
    outage.locator("input[type=radio][value='331102200244']").first.check()
    outage.locator("button[value=confirm]").first.click()
    page.locator("button[value=sure]").click()
    for kind in ("ice", "weather"):  # their place is as unsure as the outage's was
        piece = Brief.objects.get().items.get(kind=kind)
        page.locator(f"#p{piece.seq} > form button[value=confirm]").click()

    row = Outage.objects.get(place__division="331102200244")
    page.goto(reverse("admin:incidents_outage_change", args=[row.pk]))

    told = page.locator("#content").inner_text()
    for words in ("30", "-5", "21:10", "13", "3", "横岗村"):
        assert words in told
    assert (IceReading.objects.get().outage, float(WeatherReading.objects.get().air_temp_c or 0)) == (
        row,
        -5.0,
    )
    in_briefs = page.locator(".field-told_in_briefs").inner_text()
    assert "13" in in_briefs
    assert "21:10" in in_briefs


def test_a_phone_without_scripts_discards_with_a_reason(
    chromium: Browser, web: Web, officer: User, divisions: None
) -> None:
    context = chromium.new_context(
        base_url=web.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    sign_in(context, officer, web)
    page = context.new_page()
    paste(page, STORY)
    piece = page.locator("article.piece", has_text="1.2万户").last

    piece.locator("button[value=discard]").click()
    expect(page.locator(".errornote").first).to_be_visible()
    piece.locator("input[name=reason]").fill("与上期重复")
    piece.locator("button[value=discard]").click()

    expect(piece).to_contain_text("与上期重复")
    assert not Outage.objects.exists()
    context.close()


def test_the_page_fits_a_phone_and_keeps_nobody_out(
    chromium: Browser, web: Web, officer: User, divisions: None
) -> None:
    context = chromium.new_context(base_url=web.address, viewport={"width": 390, "height": 844})
    sign_in(context, officer, web)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    paste(page, STORY)

    assert page.evaluate("document.querySelector('.reading').scrollWidth") <= 390
    assert faults(page) == []
    assert complaints == []
    context.close()


def test_what_is_no_brief_says_so(page: Page, ours: Organization) -> None:
    paste(page, "今天中午食堂供应红烧肉，欢迎品尝。")

    expect(page.locator(".errornote")).to_contain_text("不是电网快报")
