"""What a screen reader, a keyboard and tired eyes would stumble over: axe-core finds nothing serious."""

from typing import Any

import pytest
from axe_core_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from incidents.models import User
from tests.browser import scene
from tests.browser.conftest import Web, sign_in

pytestmark = pytest.mark.alone
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def dispatcher(web: Web) -> User:
    return scene.play(size=30, now=timezone.now())


def faults(page: Page) -> list[str]:
    """Serious findings, each with where it is."""
    found: dict[str, Any] = Axe().run(page, options=_RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def test_no_page_has_serious_faults_by_day_or_night(chromium: Browser, web: Web, dispatcher: User) -> None:
    found: dict[str, list[str]] = {}
    for scheme in ("light", "dark"):
        context = chromium.new_context(
            base_url=web.address,
            color_scheme=scheme,  # type: ignore[arg-type]  # a literal of the loop
            viewport={"width": 1280, "height": 900},
        )
        page = context.new_page()
        for name, address in scene.addresses().items():
            if name != "sign-in" and not context.cookies():
                sign_in(context, dispatcher, web)
            scene.keep_alive()
            page.goto(address)
            found |= {f"{name} {scheme}": wrong} if (wrong := faults(page)) else {}
        context.close()

    assert found == {}
