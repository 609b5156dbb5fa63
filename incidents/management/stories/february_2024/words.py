"""The words both stories share: their day, their sources, and what they leave unsaid."""

from datetime import date, datetime
from typing import Final

from incidents.choices import Source, UnknownReason
from incidents.journal import Actor
from incidents.models import Place, Storm
from incidents.rules.times import SHANGHAI
from incidents.services import places
from incidents.services.facts import Told

DAY: Final = date(2024, 2, 26)
BACK_AT: Final = datetime(2024, 2, 26, 21, 10, tzinfo=SHANGHAI)
LISHUI: Final = "报道一：丽水供电公司班子成员看望抢修员工。年份由同页文章推断"
SHANGYU: Final = "报道二：上虞供电公司支援嵊州。年份由同页文章推断"


def told(storm: Storm, source_ref: str, quote: str, *unsaid: str) -> Told:
    """Return source and words of a fact, and which of its fields they do not mention."""
    return {
        "storm": storm,
        "source": Source.REPORTED,
        "source_ref": source_ref,
        "quote": quote,
        "unknown_reasons": not_stated(*unsaid),
    }


def not_stated(*fields: str) -> dict[str, str]:
    """Return the reason why fields are empty: the stories do not mention them."""
    return dict.fromkeys(fields, str(UnknownReason.NOT_STATED))


def place(text: str, by: Actor) -> Place:
    """Return a place in the words used."""
    return places.create(text=text, at=by.now, by=by)
