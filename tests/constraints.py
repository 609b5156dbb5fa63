"""Breaking what the database holds, by the name of the rule."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, transaction


@contextmanager
def breaks(rule: str) -> Iterator[None]:
    """Expect that the database refuses what is done, by this constraint or trigger and no other."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        yield
    assert getattr(refused.value.__cause__, "diag").constraint_name == rule  # noqa: B009 - untyped driver
