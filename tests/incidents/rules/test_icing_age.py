"""How long a grade holds, and what a person sets instead."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.choices import Grade
from incidents.rules.icing import Override, age, effective_grade, is_stale

START = datetime(2024, 2, 26, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("grade", "minutes", "stale"),
    [
        (Grade.NONE, 180, False),
        (Grade.BLUE, 181, True),
        (Grade.YELLOW, 60, False),
        (Grade.YELLOW, 61, True),
        (Grade.RED, 61, True),
    ],
)
def test_staleness(grade: Grade, minutes: float, *, stale: bool) -> None:
    assert is_stale(grade=grade, observed_at=START, now=at(minutes)) is stale


def test_age_is_never_negative() -> None:
    assert age(observed_at=at(30), now=at(50)) == timedelta(minutes=20)
    assert age(observed_at=at(3), now=START) == timedelta(0)


def test_a_person_overrides_up_or_down_until_it_expires() -> None:
    override = Override(grade=Grade.BLUE, expires_at=at(60))

    assert effective_grade(computed=Grade.RED, override=override, now=at(59)) == (Grade.BLUE, True)
    assert effective_grade(computed=Grade.RED, override=override, now=at(60)) == (Grade.RED, False)
    assert effective_grade(computed=None, override=override, now=at(59)) == (Grade.BLUE, True)
    assert effective_grade(computed=None, override=None, now=at(0)) == (None, False)
