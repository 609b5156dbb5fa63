"""The words that briefs are read with: those of the product, and over them those that people taught."""

from functools import lru_cache

from incidents.models import BriefWord
from incidents.rules.briefs.vocabulary import Entry, Vocabulary, ours


def vocabulary() -> Vocabulary:
    """Return all words that count now; built anew only after somebody taught or withdrew one."""
    taught = BriefWord.objects.filter(withdrawn_at=None).order_by("pk")
    return _merged(tuple(taught.values_list("category", "means", "word")))


@lru_cache(maxsize=2)
def _merged(taught: tuple[tuple[str, str, str], ...]) -> Vocabulary:
    more = [Entry(category=category, means=means, words=(word,)) for category, means, word in taught]
    return ours().with_more(more)
