"""Every rule that the database holds is broken by some test, which names it."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from tests.architecture.source import ROOT

_REFUSALS = """
    SELECT t.tgname, p.prosrc FROM pg_trigger t
    JOIN pg_proc p ON p.oid = t.tgfoid JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND (c.relname LIKE 'incidents\\_%' OR c.relname LIKE 'tracker\\_%')
"""


def constraints() -> set[str]:
    """Return the names of all check, unique and exclusion constraints of our models."""
    models = [model for app in ("incidents", "tracker") for model in apps.get_app_config(app).get_models()]
    return {constraint.name for model in models for constraint in model._meta.constraints}


def triggers() -> set[str]:
    """Return the names that our triggers refuse under: said in the function, or the trigger's own."""
    with connection.cursor() as cursor:
        cursor.execute(_REFUSALS)
        found = cursor.fetchall()
    names: set[str] = set()
    for trigger, source in found:
        names |= set(re.findall(r"CONSTRAINT\s*=\s*'(\w+)'", source))
        if re.search(r"CONSTRAINT\s*=\s*TG_NAME", source):
            names.add(trigger)
    return names


def named_in_tests(folder: Path) -> set[str]:
    """Return all words of the test files, without these here."""
    words: set[str] = set()
    for path in folder.rglob("*.py"):
        if "architecture" not in path.parts:
            words |= set(re.findall(r"\w+", path.read_text()))
    return words


def test_every_constraint_is_broken_by_a_test_that_names_it() -> None:
    assert sorted(constraints() - named_in_tests(ROOT / "tests")) == []


@pytest.mark.django_db
def test_every_trigger_that_refuses_is_broken_by_a_test_that_names_it() -> None:
    assert triggers()
    assert sorted(triggers() - named_in_tests(ROOT / "tests")) == []


def test_a_constraint_without_a_test_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text("match='outage_end_is_whole'")

    assert "outage_end_is_whole" in named_in_tests(tmp_path)
    assert "outage_one_open_per_section" not in named_in_tests(tmp_path)
