"""The desk shows a code, a phone gets its token with it, reports, is seen at the desk and shut out."""

import json
import re
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen
from uuid import uuid4

import pytest
import segno
from django.utils import timezone
from playwright.sync_api import Page, expect

from incidents.choices import Role
from incidents.models import Device, IceReading, LineSection, Organization, User
from tests.browser.axe import faults
from tests.browser.conftest import Web
from tests.desk import address, give_role, verb_address
from tests.factories import make_line, make_section, make_user

pytestmark = [pytest.mark.alone, pytest.mark.long]  # a browser beside the others is slow enough to fail


def post(url: str, body: dict[str, Any], *, token: str = "") -> tuple[int, dict[str, Any]]:
    """Send what a phone sends."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        sent = Request(url, json.dumps(body).encode(), headers)  # noqa: S310 - our own address
        with urlopen(sent, timeout=15) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except HTTPError as refusal:
        return refusal.code, json.load(refusal)


def drawn(code: str) -> list[str]:
    """Return the strokes of a code for the camera."""
    picture = segno.make(code, error="m", micro=False).svg_inline(scale=6, border=4, light="#fff")
    return re.findall(r' d="([^"]+)"', picture)


def reading_of(section: LineSection) -> dict[str, Any]:
    """Return what a phone tells of 12 mm of ice."""
    return {
        "client_id": str(uuid4()),
        "section": str(section.uuid),
        "observed_at": timezone.now().isoformat(timespec="seconds"),
        "thickness_mm": 12,
        "kind": "standard",
        "method": "caliper",
    }


def test_a_phone_is_enrolled_reports_and_is_shut_out(
    page: Page, web: Web, ours: Organization, officer: User
) -> None:
    give_role(officer, ours, Role.ADMIN)
    patroller = give_role(make_user(display_name="李巡线"), ours, Role.CREW_MEMBER)
    section = make_section(line=make_line(organization=ours))
    page.goto(address(User, "change", patroller.pk))
    page.locator("a.verb[href*='/do/enrol/']").click()
    page.fill("[name=days]", "30")
    page.click("form input[type=submit].default")

    shown = page.locator(".enrolment")
    expect(shown).to_contain_text("李巡线")
    assert faults(page) == []
    server, typed = shown.locator("code").all_inner_texts()
    code = typed.replace(" ", "")
    held = json.dumps({"v": 1, "url": server, "code": code}, separators=(",", ":"))
    assert [path.get_attribute("d") for path in shown.locator("svg path").all()] == drawn(held)

    phone = {"code": typed, "client_id": str(uuid4()), "name": "巡线手机", "platform": "Android 14"}
    status, told = post(f"{server}/api/v1/enrol/", phone)
    assert (server, status) == (web.address, 201)
    reading = reading_of(section)
    assert post(f"{server}/api/v1/ice-readings/", reading, token=told["token"])[0] == 201
    assert IceReading.objects.get().reported_by == patroller
    assert post(f"{server}/api/v1/enrol/", phone | {"client_id": str(uuid4())})[1]["code"] == "code-refused"

    page.goto(address(User, "change", patroller.pk))
    expect(page.locator("#content")).to_contain_text("巡线手机")
    device = Device.objects.get()
    page.goto(verb_address(device, "revoke"))
    page.fill("[name=reason]", "手机遗失")
    page.click("form input[type=submit].default")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert post(f"{server}/api/v1/ice-readings/", reading, token=told["token"])[0] == 401
