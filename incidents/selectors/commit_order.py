"""The journal in the order in which transactions are over: what a reader has seen of it, he has seen whole.

A number is dealt before its transaction commits: a reader who goes on after the highest number he saw passes
over those that commit later. So does one who goes by any clock. Here only entries of transactions older than
every running one are read, in the order (transaction, entry): whatever commits later sorts behind them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from incidents.models import JournalEntry

_HORIZON = """
SELECT system_identifier, timeline_id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint
FROM pg_control_system(), pg_control_checkpoint()
"""


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """How far everything is over.

    Attributes:
        cluster: System identifier of the database; another one after a dump was restored.
        timeline: Counts the restorations of this database from its archive, and changes of its primary.
        oldest: Number of the oldest transaction that still runs: all before it are over, and seen whole.
    """

    cluster: int
    timeline: int
    oldest: int


def horizon() -> Horizon:
    """Return how far everything is over now; rows read after this hold all that was over."""
    with connection.cursor() as cursor:
        cursor.execute(_HORIZON)
        cluster, timeline, oldest = cursor.fetchone()
    return Horizon(cluster=cluster, timeline=timeline, oldest=oldest)


def between(*, cluster: int, since: int, until: int, after: Sequence[int] = ()) -> QuerySet[JournalEntry]:
    """Return the entries of transactions in ``[since, until)``, in the order in which they are told.

    Args:
        cluster: The database whose transactions are meant.
        since: Number of the first transaction.
        until: Number of the first one that does not count; not above a horizon's ``oldest``.
        after: Transaction, entry and how much of that entry was read; none of it counts as all.
    """
    rows = JournalEntry.objects.filter(cluster=cluster, transaction_id__lt=until)
    if after:
        transaction, number, done = after
        further = Q(id__gte=number) if done else Q(id__gt=number)
        since = max(since, transaction)
        rows = rows.filter(Q(transaction_id__gt=transaction) | Q(transaction_id=transaction) & further)
    return rows.filter(transaction_id__gte=since).order_by("transaction_id", "id")


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything as it stood at one moment, and write nothing."""
    if connection.in_atomic_block:  # somebody else's transaction decides what is read
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
