"""The description of the API is the one that is committed, and its page works without any other host."""

import io
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client
from django.utils import translation

from incidents.choices import Role
from incidents.models import Organization
from tests.architecture.source import ROOT
from tests.desk import sign_in
from tests.factories import make_organization
from tests.incidents.api.conftest import Phone

COMMITTED = ROOT / "docs" / "openapi.yaml"


@pytest.fixture
def organization(db: None) -> Organization:
    return make_organization()


def test_the_committed_description_is_the_present_one() -> None:
    """Made anew by ``manage.py spectacular --lang en --file docs/openapi.yaml``."""
    written = io.StringIO()

    with translation.override("en"):
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=written)

    assert written.getvalue().strip() == COMMITTED.read_text().strip()


def test_every_operation_names_its_errors() -> None:
    text = COMMITTED.read_text()

    assert text.startswith("openapi: 3.1.0\n")
    open_to_all = text.count("security:\n      - {}\n")
    assert open_to_all == 1  # a phone that has no token yet
    operations = text.count("operationId:") - open_to_all
    assert text.count("'401':\n          $ref: '#/components/responses/") == operations


def test_the_page_needs_no_other_host_and_holds_no_script(client: Client, organization: Organization) -> None:
    sign_in(client, organization, Role.VIEWER)

    page = client.get("/api/v1/docs/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "://" not in text
    assert "<style" not in text
    assert re.findall(r"<script(?! src=)", text) == []
    sources = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]+)"', text)
    *files, script = sources
    assert len(files) == 3
    assert all(finders.find(source.removeprefix("/static/")) for source in files)
    assert client.get(script)["Content-Type"] == "application/javascript"


def test_a_phone_reads_the_description_in_its_version(phone: Phone) -> None:
    answer = phone.get("schema/")

    assert answer.status_code == 200
    assert b"openapi: 3.1.0" in answer.content


def test_a_stranger_does_not(client: Client, db: None) -> None:
    assert [client.get(f"/api/v1/{page}/").status_code for page in ("schema", "docs")] == [401, 401]
