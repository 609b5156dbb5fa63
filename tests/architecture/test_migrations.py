"""Models and migrations say the same."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from incidents.models import Organization


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


@pytest.mark.django_db
def test_a_missing_migration_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Organization._meta.get_field("name"), "max_length", 99)

    with pytest.raises(SystemExit):
        call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())


def test_no_model_has_an_ordering_of_its_own() -> None:
    """``Meta.ordering`` sorts where nobody asked; a query says its order itself."""
    ours = [*apps.get_app_config("incidents").get_models(), *apps.get_app_config("tracker").get_models()]

    assert [model.__name__ for model in ours if model._meta.ordering] == []
