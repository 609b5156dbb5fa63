"""Fixtures that every test may use; rows come from the typed functions of ``tests/factories.py``."""

from datetime import UTC, datetime

import pytest

from incidents.journal import Actor
from tests import factories


@pytest.fixture
def now() -> datetime:
    """The night of 26 February 2024 in the mountains of Shaoxing, 20:00 Chinese time."""
    return datetime(2024, 2, 26, 12, 0, tzinfo=UTC)


@pytest.fixture
def by(db: None, now: datetime) -> Actor:
    """A person at the desk, now."""
    return factories.make_actor(now=now)
