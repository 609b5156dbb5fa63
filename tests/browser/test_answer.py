"""From the reading to the mail and back: who is told takes the alert by the link in the mail, on a phone."""

import os
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings

from incidents.choices import Grade, Role
from incidents.models import Organization, User
from tests.browser.axe import faults
from tests.browser.conftest import Web
from tests.desk import give_role
from tests.factories import make_line, make_section, make_user
from tests.tracker.watchers import load_rule, make_icing, make_post
from tracker.choices import AlertState
from tracker.models import Alert
from tracker.services.watch import turn

pytestmark = [pytest.mark.alone, pytest.mark.long]  # a browser beside the others is slow enough to fail


@pytest.fixture
def post(settings: Settings, web: Web) -> Path:
    """The folder of the mail receiver of ``make browser``; links lead to the web server of the test."""
    settings.PUBLIC_URL = web.address
    return Path(os.environ["ICE_MAIL_DIR"])


def mail_to(person: User, post: Path) -> EmailMessage:
    """Return the one mail that a person got."""
    told = [message_from_bytes(path.read_bytes(), policy=default) for path in post.glob("*.eml")]
    (mine,) = [mail for mail in told if mail["X-RcptTo"] == person.email]
    return mine


def red_ice(ours: Organization) -> Alert:
    """Let a line of theirs ice up to red, and the watch look at it and send its mails."""
    load_rule("E01")
    now = timezone.now()
    section = make_section(line=make_line(organization=ours, name="横岗1001线"))
    make_icing(Grade.RED, section=section, observed_at=now, grade_since_at=now)
    turn(now=now)
    return Alert.objects.get()


def test_an_alert_is_taken_by_the_link_in_its_mail(
    chromium: Browser, page: Page, web: Web, ours: Organization, post: Path
) -> None:
    told = give_role(make_user(display_name="王值班", email="wang@night.example.org"), ours, Role.VIEWER)
    make_post("D", organization=ours, user=told)
    alert = red_ice(ours)

    mail = mail_to(told, post)
    body = mail.get_body(("plain",))
    assert "横岗1001线" in mail["Subject"]
    assert body is not None
    (link,) = re.findall(rf"{web.address}/a/\S+", body.get_content())
    page.goto("/")
    button = page.locator(f"#take-{alert.uuid}")
    expect(button).to_be_visible()

    phone = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    answer = phone.new_page()  # nobody is signed in here
    answer.goto(link)
    expect(answer.locator("h1")).to_contain_text("横岗1001线")
    assert Alert.objects.get().state == AlertState.FIRING  # looking is not answering
    answer.click("button.big")
    expect(answer.locator(".stands")).to_contain_text("您已确认")
    expect(answer.locator("button.big")).to_have_count(0)
    assert answer.locator("body").evaluate("each => each.scrollWidth") <= 390
    phone.close()

    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, told)
    expect(button).to_have_count(0, timeout=5_000)
    page.goto(link)
    assert faults(page) == []
