"""Which version of a row is the newest: the number of the last journal entry about it."""

from collections.abc import Collection
from typing import Any, Final

from django.db.models import Model, OuterRef, Subquery
from django.db.models.functions import Coalesce

from incidents.models import JournalEntry
from incidents.models.direct import run

_NEWEST: Final = """
SELECT subject_id, max(id) FROM incidents_journalentry
WHERE subject_type = %s AND subject_id = ANY(%s) GROUP BY subject_id
"""


def versions_of(model: type[Model], numbers: Collection[int]) -> dict[int, int]:
    """Return number of a row → number of its newest journal entry, in one query; 0 where there is none.

    Entries are only added, in the transaction of the change itself, so that two equal versions of a row mean
    that nothing was done to it in between.
    """
    newest: Any = run(_NEWEST, [model._meta.model_name, list(numbers)])
    return dict.fromkeys(numbers, 0) | dict(newest)


def version_of(model: type[Model]) -> Coalesce:
    """Return the same as a column of a query over the rows themselves."""
    entries = JournalEntry.objects.filter(subject_type=model._meta.model_name, subject_id=OuterRef("pk"))
    return Coalesce(Subquery(entries.order_by("-id").values("id")[:1]), 0)
