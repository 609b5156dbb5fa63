"""Every operation of the description, called with what nobody thought of: no crash, no undocumented answer.

The suite sends the same few calls each time; ``make schema-fuzz`` sends hundreds of new ones an operation.

Which of the library's checks are off, and why:
    positive_data_acceptance: whether a good body is taken also depends on the row and on what it refers to.
    ignored_auth, object_level_authorization: test_who_may_what.py asks each address as each role from
        everywhere.
    use_after_free, ensure_resource_availability: belong to chains of calls; here each call is undone.
    missing_required_header, unsupported_method: belong to a phase that is not run here; test_verbs.py,
        test_lost_updates.py and test_handlers.py ask that.
    max_response_time: tests/bench measures it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as manner
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import negative_data_rejection, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.specs.openapi import checks

from config.wsgi import application
from incidents.choices import Role
from incidents.models import Attachment, Device, Division
from incidents.services import photo_store
from tests.factories import make_organization
from tests.incidents.api.reality import Reality
from tests.incidents.api.test_described import described
from tests.incidents.api.test_who_may_what import TABLE, person_at
from tests.pictures import jpeg
from tests.world import World, divisions

HOMES = [*TABLE, "batch", "changes", "enrol", "me", "shift-bundle", "written-brief"]
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "0"))
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.allow_header_conformance,
    negative_data_rejection,
]
# Many things in one body, each refused by itself: the answer is 200 and tells which.
EACH_BY_ITSELF = {"POST /api/v1/batch/", "POST /api/v1/ice-readings/bulk/"}
MANNER = manner(
    max_examples=EXAMPLES or 6,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # a failure tells its call as it is; making it smaller would send hundreds more
    suppress_health_check=list(HealthCheck),
)

schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@dataclass
class Night:
    """Who calls, and from what the calls are made."""

    operations: dict[str, list[Any]]
    reality: Reality
    headers: dict[str, str]


@pytest.fixture(scope="module")
def operations() -> dict[str, list[Any]]:
    """The operations of the running code, by the first word of their address."""
    schema = schemathesis.openapi.from_dict(described())
    schema.config.generation.update(with_security_parameters=False)
    schema.config.checks.negative_data_rejection.expected_statuses = ["4xx"]  # 410, 411, 412, 413 and 460 too
    found: dict[str, list[Any]] = {}
    for each in schema.get_all_operations():
        operation: Any = each.ok()  # type: ignore[union-attr]  # what is no operation fails right here
        found.setdefault(operation.path.split("/")[3], []).append(operation)
    return found


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the connection of the test open, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def night(
    operations: dict[str, list[Any]], db: None, one_connection: None, settings: Any, tmp_path: Path
) -> Night:
    """A world with a dispatcher's phone in it; the pictures of its photos are there."""
    store = settings.STORAGES["photos"]
    options = store["OPTIONS"] | {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"photos": store | {"OPTIONS": options}}
    world = World(make_organization(parent=make_organization(level="city")))
    world.rows[Division] = divisions()
    for photo in world.rows[Attachment]:
        photo_store.put(photo.store_key, photo=jpeg((4, 3)), thumbnail=jpeg((4, 3)))
    phone = person_at("inside", world.organization, Role.DISPATCHER)
    devices = list(Device.objects.filter(user=phone.user))
    client: Any = phone.client
    return Night(
        operations=operations,
        reality=Reality(world, devices=devices, now=datetime.now(UTC)),
        headers={"Authorization": client._credentials["HTTP_AUTHORIZATION"], "Accept-Encoding": "identity"},
    )


def door(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the web server does: with the body read and its file closed, which the client leaves out."""
    answer: Any = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def wrong(night: Night, operation: Any) -> Iterator[str]:
    """Yield what is wrong with the answers of an operation, each kind once."""
    off = [negative_data_rejection] if operation.label in EACH_BY_ITSELF else []
    nothing_learnt = FeedbackSources()
    kinds = [operation.as_strategy(generation_mode=mode, feedback=nothing_learnt) for mode in GenerationMode]
    found: dict[tuple[str, int], str] = {}

    @MANNER
    @given(made_up=st.one_of(kinds), data=st.data())
    def call(made_up: Case[Any], data: st.DataObject) -> None:
        case = night.reality.brought(data.draw, made_up)
        with transaction.atomic():
            answer = case.call(app=door, headers=night.headers)
            transaction.set_rollback(True)
        try:
            case.validate_response(answer, checks=CHECKS, excluded_checks=off, headers=night.headers)
        except FailureGroup as group:
            for failure in group.exceptions:
                found.setdefault((failure.title, answer.status_code), f"{failure}\n{group}")

    call()
    yield from (f"{operation.label}: {title} ({status})\n{told}" for (title, status), told in found.items())


@pytest.mark.parametrize("home", HOMES)
def test_no_answer_is_a_crash_or_undocumented(night: Night, home: str) -> None:
    found = [each for operation in night.operations[home] for each in wrong(night, operation)]

    assert found == [], "\n\n".join(found)


def test_every_operation_is_called(operations: dict[str, list[Any]]) -> None:
    assert operations.keys() == set(HOMES)
