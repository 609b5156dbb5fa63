"""By day and by night no page keeps anybody out; ``make pictures`` asks the same of a whole storm."""

from typing import Literal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from incidents.choices import AssignmentStatus, Grade
from incidents.models import Organization, User
from incidents.services import briefs
from tests.browser.axe import faults
from tests.browser.conftest import Web, sign_in
from tests.factories import make_actor, make_assignment, make_crew, make_line, make_outage, make_section
from tests.incidents.services.briefs_told import PUBLISHED, STORY
from tests.tracker.reporters import make_draft, make_response
from tests.tracker.watchers import make_alert, make_icing
from tracker.choices import Severity

pytestmark = [pytest.mark.alone, pytest.mark.long]  # the slowest of them is the browser's own work
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def a_night(ours: Organization) -> dict[str, str]:
    """A row of everything that the board shows; the pages that are looked at, by name."""
    line = make_line(organization=ours)
    outage = make_outage(organization=ours, line=line, customers_affected=128)
    crew = make_crew(organization=ours)
    make_assignment(crew=crew, outage=outage, status=AssignmentStatus.ON_SITE, on_site_at=timezone.now())
    for place, (severity, grade) in enumerate(zip(Severity, reversed(Grade), strict=False)):
        make_alert(organization=ours, severity=severity, subject_type="outage", subject_id=outage.pk + place)
        make_icing(grade, section=make_section(line=line))
    make_response(ours, "II")
    brief = briefs.take(
        organization=ours, text=STORY, published_on=PUBLISHED, by=make_actor(now=timezone.now())
    )
    report = make_draft(ours)
    return {
        "sign-in": reverse("admin:login"),
        "board": reverse("home"),
        "overview": reverse("admin:index"),
        "list": reverse("admin:incidents_outage_changelist"),
        "record": reverse("admin:incidents_outage_change", args=[outage.pk]),
        "form": reverse("admin:incidents_outage_add"),
        "map": reverse("map"),
        "brief": reverse("admin:incidents_brief_change", args=[brief.pk]),
        "report": reverse("admin:tracker_situationreport_change", args=[report.pk]),
    }


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_page_has_serious_faults(
    chromium: Browser, web: Web, officer: User, ours: Organization, scheme: Literal["light", "dark"]
) -> None:
    pages = a_night(ours)
    context = chromium.new_context(base_url=web.address, color_scheme=scheme)
    page = context.new_page()
    found = {}
    for name, address in pages.items():
        if name != "sign-in":
            sign_in(context, officer, web)
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        if wrong := faults(page):
            found[name] = wrong
    context.close()

    assert found == {}
