"""A desk in one organisation, and another organisation that it must never see."""

import pytest
from django.test import Client

from incidents.choices import Role
from incidents.models import Organization
from tests.desk import sign_in
from tests.factories import make_organization


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def dispatcher(client: Client, ours: Organization) -> Client:
    """A dispatcher's browser."""
    sign_in(client, ours, Role.DISPATCHER)
    return client


@pytest.fixture
def admin(client: Client, ours: Organization) -> Client:
    """An administrator's browser."""
    sign_in(client, ours, Role.ADMIN)
    return client


@pytest.fixture
def viewer(client: Client, ours: Organization) -> Client:
    """A browser of somebody who may only look."""
    sign_in(client, ours, Role.VIEWER)
    return client
