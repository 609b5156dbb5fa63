"""Which version of a row is the newest: the number of the last journal entry about it."""

from collections.abc import Collection

from django.db.models import Max, Model

from incidents.models import JournalEntry


def versions_of(model: type[Model], numbers: Collection[int]) -> dict[int, int]:
    """Return number of a row → number of its newest journal entry, in one query; 0 where there is none.

    Entries are only added, in the transaction of the change itself, so that two equal versions of a row mean
    that nothing was done to it in between.
    """
    entries = JournalEntry.objects.filter(subject_type=model._meta.model_name, subject_id__in=numbers)
    newest = entries.values("subject_id").annotate(newest=Max("id")).values_list("subject_id", "newest")
    return dict.fromkeys(numbers, 0) | dict(newest)
