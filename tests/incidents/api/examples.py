"""A storm night as traffic: every operation is done once, so that the description can show it.

``WRITE_EXAMPLES=1 pytest tests/incidents/api/test_described.py`` keeps what was sent and answered.
"""

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from incidents import models as record
from incidents.choices import Role
from incidents.models import Division, ImportantUser
from tests import factories as make
from tests.desk import give_role
from tests.incidents.api.conftest import enrolled
from tracker import models as watch
from tracker.rules.report_numbers import Numbers, as_json

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2024, 2, 27, 8, 0, tzinfo=CHINA)
API = "/api/v1/"


def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock in the storm night; deal public names, codes and tokens in order."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW.astimezone(UTC))
    dealt: Counter[str] = Counter()

    def dealer(label: str) -> Any:
        def deal() -> Any:
            dealt[label] += 1
            return uuid5(NAMESPACE_URL, f"{label}/{dealt[label]}")

        return deal

    for label in ("incidents", "tracker"):
        for model in apps.get_app_config(label).get_models():
            if any(field.name == "uuid" for field in model._meta.fields):
                field = model._meta.get_field("uuid")
                monkeypatch.setitem(field.__dict__, "_get_default", dealer(model._meta.label))

    def drawn(size: int) -> bytes:
        dealt["secrets"] += 1
        return hashlib.sha512(str(dealt["secrets"]).encode()).digest()[:size]

    monkeypatch.setattr("secrets.token_bytes", drawn)


def at(clock: str) -> str:
    """Return a moment of the evening before (after noon) or of the morning."""
    day = "2024-02-26" if clock >= "12:00" else "2024-02-27"
    return f"{day}T{clock}:00+08:00"


class Night:
    """The rows that were there before, and what was sent and answered since, by method and address."""

    def __init__(self) -> None:
        self.sent: dict[tuple[str, str], dict[str, Any]] = {}
        self._numbers = 0
        make.make_division("330604103", "上浦镇")
        county = Division.objects.get(pk="330604")
        self.city = make.make_organization(name="国网绍兴供电公司", level="city")
        self.county = make.make_organization(name="国网上虞区供电公司", parent=self.city, division=county)
        self.other = make.make_organization(name="国网嵊州市供电公司", parent=self.city)
        self.line = make.make_line(organization=self.county, code="L307", name="10千伏龙潭307线")
        self.section = make.make_section(line=self.line, code="L307-1", from_pole="1", to_pole="40")
        hospital = ImportantUser.objects.create(
            organization=self.county, name="上浦镇卫生院", grade="first", own_generator_kw=30, endurance_h=8
        )
        hospital.feeders.add(self.line)
        self.person = make.make_person(organization=self.county, name="张三")
        self.vehicle = make.make_vehicle(organization=self.county, plate="浙D12345")
        self.driver = make.make_person(organization=self.county, name="李四")
        self.spare = make.make_vehicle(organization=self.county, plate="浙D54321")
        self.user = give_role(
            make.make_user(username="wang", display_name="王五", email="wang@example.com"),
            self.city,
            Role.DISPATCHER,
        )
        self.alert = self._alert()
        self._report()
        self.client = enrolled_at(self.user)

    def _report(self) -> None:
        watch.SituationReport.objects.create(
            organization=self.county,
            kind="follow_up",
            state="drafted",
            as_of=NOW - timedelta(hours=2),
            due_at=NOW,
            created_at=NOW,
            drafted_at=NOW,
            numbers=as_json(Numbers()),
            adds_up=True,
        )

    def _alert(self) -> watch.Alert:
        rule = watch.Rule.objects.create(
            code="E01",
            version=1,
            organization=self.county,
            name="覆冰",
            subject_type="lineSection",
            source="公司规定",
            stop_condition="覆冰消除",
            origin="company",
            since_at=make.STORM_NIGHT,
            made_by=self.user,
        )
        return watch.Alert.objects.create(
            rule=rule,
            rule_code=rule.code,
            subject_type="lineSection",
            subject_id=self.section.pk,
            organization=self.county,
            severity="warning",
            climb_at=make.STORM_NIGHT,
            opened_at=make.STORM_NIGHT,
            next_due_at=make.STORM_NIGHT,
        )

    def new(self, home: str, **body: Any) -> str:
        """Make something new and return its public name."""
        return name_of(self._post(f"{home}/", {"client_id": self.number()} | body))

    def do(self, home: str, name: str, verb: str, **body: Any) -> str:
        """Do something, and return the public name of what is answered."""
        return name_of(self._post(f"{home}/{name}/{verb}/", body, self._headers()))

    def held(self, home: str, name: str, verb: str, **body: Any) -> str:
        """Tell a fact that the record cannot take now, and return its public name."""
        return name_of(self._post(f"{home}/{name}/{verb}/", body, self._headers(), held=True))

    def add(self, home: str, name: str, path: str, **body: Any) -> str:
        """Add something to a row and return its public name."""
        return name_of(self._post(f"{home}/{name}/{path}/", {"client_id": self.number()} | body))

    def bulk(self, *rows: dict[str, Any]) -> None:
        """Send several readings at once."""
        self._post("ice-readings/bulk/", [{"client_id": self.number()} | row for row in rows])

    def ask(self, client: APIClient, address: str, body: Any) -> Any:
        """Send something that is no thing of a list, and return the answer."""
        return self._post(address, body, client=client)

    def look(self, address: str, client: APIClient | None = None, **asked: Any) -> Any:
        """Read something."""
        answer = (client or self.client).get(f"{API}{address}", asked)
        assert answer.status_code == 200, (address, answer.content)
        body = answer.json()
        self.sent["get", address] = {"response": body}
        return body

    def see(self, address: str) -> None:
        """Get a picture."""
        answer = self.client.get(f"{API}{address}")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg"), (address, answer)
        assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")
        self.sent["get", address] = {"response": None}

    def tus(self, method: str, address: str, data: bytes = b"", *, offset: int | None = None) -> None:
        """Ask about an upload, send a piece or end it."""
        headers = {"Tus-Resumable": "1.0.0"} | ({} if offset is None else {"Upload-Offset": str(offset)})
        raw: Any = data  # the stubs know text only
        answer = self.client.generic(
            method.upper(),
            f"{API}{address}",
            raw,
            content_type="application/offset+octet-stream",
            headers=headers,
        )
        assert answer.status_code == (200 if method == "head" else 204), (method, address, answer.content)
        told = {name: text for name, text in answer.items() if name.startswith(("Upload-", "Attachment-"))}
        self.sent[method, address] = {"response": None, "headers": told}

    def number(self) -> str:
        """Return a number that a phone made."""
        self._numbers += 1
        return str(uuid5(NAMESPACE_URL, f"sent/{self._numbers}"))

    def _headers(self) -> dict[str, str]:
        return {"If-Match": "*", "Idempotency-Key": self.number()}

    def _post(
        self,
        address: str,
        body: Any,
        headers: dict[str, str] | None = None,
        *,
        held: bool = False,
        client: APIClient | None = None,
    ) -> Any:
        answer = (client or self.client).post(f"{API}{address}", body, format="json", headers=headers)
        told = json.loads(answer.content)
        assert answer.status_code in ({202} if held else {200, 201}), (address, body, told)
        kept = {"held": told} if held else {"request": body, "response": told}
        self.sent.setdefault(("post", address), {}).update(kept)
        return told


def name_of(told: Any) -> str:
    """Return the public name of what was answered."""
    return str(told.get("slug") or told.get("uuid"))


def enrolled_at(user: record.User) -> Any:
    """Return the client of a phone that was enrolled before the clock stopped."""
    return enrolled(user, now=NOW)
