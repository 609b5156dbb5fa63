"""A lineman with an enrolled phone, and a section of his own company."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from incidents.choices import DeviceScope, Role
from incidents.models import LineSection, Organization, User
from incidents.services import devices, organizations
from tests.factories import make_actor, make_line, make_organization, make_section, make_user


@dataclass
class Phone:
    """A phone that speaks only HTTP."""

    client: APIClient
    user: User
    organization: Organization
    section: LineSection

    def reading(self, **over: Any) -> dict[str, Any]:
        return {
            "client_id": str(uuid4()),
            "section": str(self.section.uuid),
            "observed_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "thickness_mm": 7.5,
            "kind": "standard",
            "method": "caliper",
        } | over

    def post(self, body: Any) -> Any:
        return self.client.post("/api/v1/ice-readings/", body, format="json")

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1/{path}", query)

    def make(self, path: str, /, **body: Any) -> Any:
        said = {"client_id": str(uuid4())} | body
        return self.client.post(f"/api/v1/{path}", said, format="json")

    def act(self, path: str, /, seen: str | None = "*", key: str | None = "", **body: Any) -> Any:
        """Do something; ``seen`` and ``key`` are left out where they are None, and new where empty."""
        headers = {"If-Match": seen, "Idempotency-Key": str(uuid4()) if key == "" else key}
        told = {name: value for name, value in headers.items() if value is not None}
        return self.client.post(f"/api/v1/{path}", body, format="json", headers=told)

    def send(self, body: bytes, *, content_type: str, encoding: str = "identity") -> Any:
        raw: Any = body  # the stubs know text only
        return self.client.generic(
            "POST",
            "/api/v1/ice-readings/",
            raw,
            content_type=content_type,
            headers={"Content-Encoding": encoding},
        )


def just_now(*, minutes: int = 0) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def enrolled(user: User, *scopes: DeviceScope, now: datetime | None = None) -> APIClient:
    by = make_actor(now=now or datetime.now(UTC))
    _device, token = devices.enrol(user=user, name="巡线手机", scopes=scopes or list(DeviceScope), by=by)
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def make_phone(*, role: Role = Role.CREW_MEMBER, organization: Organization | None = None) -> Phone:
    organization = organization or make_organization()
    user = make_user()
    by = make_actor(now=datetime.now(UTC))
    joined = datetime.now(UTC) - timedelta(days=1)
    organizations.join(user=user, organization=organization, role=role, at=joined, by=by)
    section = make_section(line=make_line(organization=organization), design_ice_mm=15)
    return Phone(client=enrolled(user), user=user, organization=organization, section=section)


@pytest.fixture
def phone(db: None) -> Phone:
    return make_phone()
