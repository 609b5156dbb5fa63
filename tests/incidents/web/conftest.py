"""Somebody who comes to the door with a browser, a password and perhaps a phone."""

import base64
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import hotp

from incidents.choices import Role
from incidents.journal import Actor
from incidents.models import Organization, SecondFactor, User
from incidents.services import second_factors
from tests.desk import give_role
from tests.factories import make_organization, make_user

LOGIN, INDEX = reverse("admin:login"), reverse("admin:index")
CODE, SET_UP, OWN = reverse("admin:second_step"), reverse("admin:second_factor"), reverse("admin:own")
PASSWORD = "ice-and-bamboo-2024"


@dataclass
class Visitor:
    """A person with a browser."""

    user: User
    browser: Client

    def gives_password(self, password: str = PASSWORD, **headers: str) -> str:
        """Return where the answer leads to, or its status."""
        form = {"username": self.user.username, "password": password, "next": INDEX}
        answer = self.browser.post(LOGIN, form, headers=headers)
        return answer["Location"] if answer.status_code == 302 else str(answer.status_code)

    def gives_code(self, code: str) -> str:
        """Return where the answer leads to, or its status."""
        answer = self.browser.post(CODE, {"code": code})
        return answer["Location"] if answer.status_code == 302 else str(answer.status_code)

    def is_in(self) -> bool:
        """Whether the overview opens."""
        return self.browser.get(INDEX).status_code == 200

    def sets_up(self) -> list[str]:
        """Give the person a second factor, as if a while ago, and return the recovery codes."""
        by = Actor(user=self.user, now=timezone.now())
        row = second_factors.offer(self.user, by=by)
        codes = second_factors.confirm(self.user, code=app_shows(row), by=by)
        SecondFactor.objects.filter(pk=row.pk).update(last_step=None)
        return codes

    def elsewhere(self) -> "Visitor":
        """Return the same person with another browser."""
        return replace(self, browser=Client(REMOTE_ADDR="10.7.7.7"))


def app_shows(row: SecondFactor) -> str:
    """Return what an authenticator app shows now."""
    told = parse_qs(urlsplit(second_factors.address_of(row, issuer="冰灾")).query)
    return f"{hotp(base64.b32decode(told['secret'][0]), int(timezone.now().timestamp()) // 30):06d}"


@pytest.fixture
def ours(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def visitor(ours: Organization) -> Visitor:
    user = give_role(make_user(password=PASSWORD), ours, Role.DISPATCHER)
    return Visitor(user=user, browser=Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/130.0"))
