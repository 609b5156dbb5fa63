"""A server as production runs it, on the database of the test; companies and accounts, each with a phone."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from incidents.choices import DeviceScope, OrganizationLevel, Role
from incidents.models import Organization
from incidents.services import devices, organizations
from tests.bench.servers import Server
from tests.factories import make_actor, make_organization, make_user


@dataclass(frozen=True)
class Companies:
    """A city with two counties."""

    city: Organization
    shangyu: Organization
    shengzhou: Organization


@pytest.fixture
def companies(transactional_db: None) -> Companies:
    city = make_organization(name="国网绍兴供电公司", level=OrganizationLevel.CITY)
    return Companies(
        city=city,
        shangyu=make_organization(name="国网上虞区供电公司", parent=city),
        shengzhou=make_organization(name="国网嵊州市供电公司", parent=city),
    )


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    running = Server("config.wsgi:application", DATABASE_URL=database_url())
    yield running
    running.stop()


def database_url() -> str:
    """Return the address of the test's own database."""
    name = settings.DATABASES["default"]["NAME"]
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def token_of(organization: Organization, role: Role) -> str:
    """Return the token of a new person's phone."""
    now = datetime.now(UTC)
    by, user = make_actor(now=now), make_user()
    joined = now - timedelta(days=1)
    organizations.join(user=user, organization=organization, role=role, at=joined, by=by)
    _device, token = devices.enrol(user=user, name="手机", scopes=list(DeviceScope), by=by)
    return token
