"""Refusals: a stable code, fields for programs, a sentence for people, one line for logs."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from incidents import errors
from incidents.errors import BadTransition, OutOfRange, Refused


@pytest.mark.parametrize(
    ("refusal", "code", "message"),
    [
        (Refused(), "refused", "This is not possible."),
        (
            OutOfRange(field="density", value=1.2, low=0.05, high=0.92, unit="g/cm³"),
            "out-of-range",
            "density is 1.2; allowed is 0.05 – 0.92 g/cm³.",
        ),
        (OutOfRange(field="length_m", value=-1, low=0), "out-of-range", "length_m is -1; allowed is ≥ 0."),
        (OutOfRange(field="count", value=9, high=8), "out-of-range", "count is 9; allowed is ≤ 8."),
        (
            errors.Inconsistent(field="long", value=5, relation="≥", other="short", other_value=6),
            "inconsistent",
            "long (5) must be ≥ short (6).",
        ),
        (
            BadTransition(subject="outage", state="closed", verb="cancel", allowed=["reopen"]),
            "bad-transition",
            "outage is closed: cancel is not possible now. Possible: reopen.",
        ),
        (
            BadTransition(subject="outage", state=None, verb="close", allowed=[]),
            "bad-transition",
            "outage is new: close is not possible now. Possible: –.",
        ),
        (errors.Missing(field="reason", purpose="cancel"), "missing", "reason is needed for: cancel."),
        (errors.NotFound(kind="outage", key=7), "not-found", "outage 7 was not found."),
        (errors.Conflict(subject="crew 1", other="crew 2"), "conflict", "crew 1 conflicts with crew 2."),
        (
            errors.AlreadyOut(section="S1", outage="0f3c"),
            "already-out",
            "S1 is out already; its outage is 0f3c.",
        ),
        (
            errors.CrewUnderWay(crew="crew 1", task="Repair", place="village", assignment="0f3c"),
            "crew-under-way",
            "crew 1 is under way: Repair, village (0f3c).",
        ),
        (
            errors.NaiveTime(field="at", value=datetime(2024, 2, 26, tzinfo=UTC)),
            "naive-time",
            "at has no time zone: 2024-02-26 00:00:00+00:00.",
        ),
    ],
)
def test_a_refusal_says_what_and_why(refusal: Refused, code: str, message: str) -> None:
    with translation.override("en"):
        assert refusal.message == message
    assert refusal.code == code
    assert refusal.final


def test_a_log_line_needs_no_language() -> None:
    assert str(Refused()) == "refused"
    assert str(errors.Missing(field="reason", purpose="cancel")) == "missing: field=reason, purpose=cancel"


def test_fields_are_for_programs() -> None:
    refusal = OutOfRange(field="density", value=1.2, low=0.05, high=0.92, unit="g/cm³")

    assert refusal.fields == {
        "field": "density",
        "value": 1.2,
        "low": 0.05,
        "high": 0.92,
        "unit": "g/cm³",
        "allowed": "0.05 – 0.92 g/cm³",
    }


def test_every_code_is_its_own() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Refused)]

    assert len({kind.code for kind in kinds}) == len(kinds)
