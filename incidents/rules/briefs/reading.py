"""Read a brief."""

from datetime import date

from incidents.rules.briefs.draft import Draft, Reason
from incidents.rules.briefs.gazetteer import Gazetteer
from incidents.rules.briefs.vocabulary import Vocabulary


def read(text: str, *, published_on: date | None, vocabulary: Vocabulary, gazetteer: Gazetteer) -> Draft:
    """Return what a brief says as records, each value with the words it came from.

    Takes time in proportion to the length of the text, asks nobody but the gazetteer, and never guesses: what
    is planned, wished or denied is left out and listed, what is not said is None.

    Args:
        text: The brief as it was pasted.
        published_on: When it was published; gives dates their year. None if nobody knows.
        vocabulary: The words; ``vocabulary.ours()`` or more.
        gazetteer: Divisions and lines.
    """
    return Draft(text=text, published_on=published_on, is_brief=False, why_not=Reason.NO_FACTS)
