"""One engine at a time where a second one would only be in the way."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from enum import IntEnum

from django.db import OperationalError, connection, transaction

LONGEST_STATEMENT = timedelta(seconds=30)
MEMORY_OF_A_STEP = "64MB"  # of a sort or a hash table, which a sweep of 100,000 outages fills once
LONGEST_SILENCE = timedelta(seconds=10)  # a frozen engine loses its lock after that


class Sweep(IntEnum):
    """Keys of the advisory locks."""

    EVALUATE = 0x1CE_E7A1
    RESPONSES = 0x1CE_E7A2
    ESCALATE = 0x1CE_E5CA
    COUNT = 0x1CE_C0D7
    RELEASE = 0x1CE_2E1E
    REPORTS = 0x1CE_2E90


@contextmanager
def alone(sweep: Sweep, *, patience: timedelta) -> Iterator[bool]:
    """Run a transaction that no other engine runs; yield whether this one may.

    Statements of the block begin after the lock is held, so that they see what its last holder wrote.

    Args:
        sweep: What is run.
        patience: How long to wait for another engine to finish; zero does not wait.
    """
    with transaction.atomic():
        yield _taken(sweep, patience)


# Bounds of every statement, and how long nothing may be done with locks held. Statements of a sweep are large
# and touch little of what they could: they sort and join in memory, and are not compiled or planned twice.
_SETTINGS = """
    set_config('statement_timeout', %s, true), set_config('idle_in_transaction_session_timeout', %s, true),
    set_config('work_mem', %s, true), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_generic_plan', true)
"""


def _taken(sweep: Sweep, patience: timedelta) -> bool:
    """Set this transaction up and try to take the lock, in one statement where nobody waits for it."""
    given = [*map(_milliseconds, (LONGEST_STATEMENT, LONGEST_SILENCE)), MEMORY_OF_A_STEP]
    with connection.cursor() as cursor:
        if not patience:
            cursor.execute(f"SELECT pg_try_advisory_xact_lock(%s), {_SETTINGS}", [sweep, *given])
            return bool(cursor.fetchone()[0])
        cursor.execute(f"SELECT {_SETTINGS}", given)
        try:
            with transaction.atomic():
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [_milliseconds(patience)])
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [sweep])
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", "") != "55P03":  # lock_not_available
                raise
            return False
        cursor.execute("SELECT set_config('lock_timeout', '0', true)")
        return True


def _milliseconds(duration: timedelta) -> str:
    return str(int(duration.total_seconds() * 1000))
