"""What a screen reader, a keyboard and tired eyes would stumble over, as axe-core finds it."""

from typing import Any

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Page

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def faults(page: Page) -> list[str]:
    """Return the serious findings, each with where it is."""
    found: dict[str, Any] = Axe().run(page, options=_RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
