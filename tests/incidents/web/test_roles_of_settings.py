"""The settings name roles without importing them; the names are those of the record."""

from config.sign_in import ROLES
from incidents.choices import Role


def test_the_roles_of_the_settings_are_those_of_the_record() -> None:
    assert set(Role.values) == ROLES
