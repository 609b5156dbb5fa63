"""The storm night of :mod:`tests.incidents.api.night`: what was gathered without signal and came late."""

from typing import Any

from tests.incidents.api.examples import Night, at


def late(night: Night, storm: str) -> None:
    """Send a batch, then facts that contradict it or come too early; settle two of them."""
    outage = batch(night, storm)
    wrong = night.held("outages", outage, "isolate", at=at("22:35"))
    night.do("held-facts", wrong, "dismiss", at=at("23:10"), reason="看错时间，以开关变位为准")
    right = night.held("outages", outage, "locate", at=at("22:05"))
    night.do("held-facts", right, "take", at=at("23:15"), reason="与现场照片的时间一致")
    night.held("outages", outage, "return-to-normal", at=at("23:20"))


def batch(night: Night, storm: str) -> str:
    """Report an outage with its damage and two facts, in one request; return its public name."""
    new: dict[str, Any] = {"client_id": night.number(), "organization": str(night.county.uuid)}
    where = {"text": "岭头山村"}
    told = {"storm": storm, "place": where, "kind": "forced", "voltage_kv": 10, "cause_code": "bamboo_ice"}
    broken = {"client_id": night.number(), "kind": "pole_broken", "count": 1, "at": at("22:10")}
    operations = [
        {"id": "o1", "path": "/api/v1/outages/", "body": new | told | {"at": at("22:00")}},
        {"path": "/api/v1/outages/{o1}/damages/", "body": broken},
    ]
    for verb, clock in (("locate", "22:10"), ("isolate", "22:30")):
        headers = {"Idempotency-Key": night.number(), "If-Match": "*"}
        path = f"/api/v1/outages/{{o1}}/{verb}/"
        operations.append({"path": path, "headers": headers, "body": {"at": at(clock)}})
    results = night.ask(night.client, "batch/", {"operations": operations})["results"]
    assert [each["status"] for each in results] == [201, 201, 200, 200], results
    return str(results[0]["body"]["uuid"])
