"""Words that people teach the reading of briefs, and the lines that prove them."""

from datetime import date
from typing import Any

import pytest

from incidents.errors import BrokenRule, Invalid, Missing
from incidents.journal import Actor
from incidents.models import BriefWord, JournalEntry
from incidents.rules.briefs.flat import flat
from incidents.rules.briefs.reading import read
from incidents.selectors.brief_gazetteer import RecordedNames
from incidents.selectors.brief_words import vocabulary
from incidents.services import brief_words
from tests.factories import make_actor

pytestmark = pytest.mark.django_db
WORD: dict[str, Any] = {
    "category": "unit",
    "means": "areas",
    "word": "个变台",
    "tests": ["造成23个变台停电 | total subject=areas state=out n=23"],
}


@pytest.fixture
def officer() -> Actor:
    return make_actor()


def teach(officer: Actor, **over: Any) -> BriefWord:
    return brief_words.teach(**(WORD | over), at=officer.now, by=officer)


def totals() -> list[dict[str, str]]:
    text = "国网嵊州市供电公司消息。造成23个变台停电。"
    draft = read(text, published_on=date(2024, 2, 27), vocabulary=vocabulary(), gazetteer=RecordedNames())
    return [fields for kind, fields in map(flat, draft.records) if kind == "total" and "n" in fields]


def test_a_word_is_read_from_then_on_and_no_more_once_withdrawn(officer: Actor) -> None:
    before = totals()
    taught = teach(officer)
    during = totals()

    brief_words.withdraw(taught, reason="改用台区", at=officer.now, by=officer)

    assert [(each["subject"], each["n"]) for each in during] == [("areas", "23")]
    assert before == totals() != during
    assert list(JournalEntry.objects.order_by("pk").values_list("kind", flat=True)) == [
        "brief_word.taught",
        "brief_word.withdrawn",
    ]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"category": "gremlins"}, "category"),
        ({"means": "gremlins"}, "means"),
        ({"tests": []}, "tests"),
        ({"tests": ["停电45户 | total subject=customers"]}, "tests"),
        ({"tests": ["造成23个变台停电"]}, "tests"),
        ({"tests": ["造成23个变台停电 | total subject=customers n=23"]}, "tests"),
        ({"tests": ["造成23个变台停电 |"]}, "tests"),
    ],
)
def test_a_word_that_does_not_hold_is_refused_with_the_reason(
    officer: Actor, over: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        teach(officer, **over)

    problems: Any = refused.value.fields["problems"]
    assert list(problems) == [field]
    assert not BriefWord.objects.exists()


def test_what_was_read_instead_is_told(officer: Actor) -> None:
    with pytest.raises(Invalid) as refused:
        teach(officer, tests=["造成23个变台停电 | total subject=customers n=23"])

    problems: Any = refused.value.fields["problems"]
    assert "total subject=areas" in problems["tests"][0]


def test_a_word_that_spoils_another_is_refused(officer: Actor) -> None:
    with pytest.raises(Invalid):
        teach(officer, word="户", tests=["停电12户 | total subject=areas n=12"])

    assert not BriefWord.objects.exists()


def test_a_word_stands_once_in_its_category(officer: Actor) -> None:
    teach(officer)

    with pytest.raises(BrokenRule):
        teach(officer)

    assert BriefWord.objects.count() == 1


def test_withdrawing_needs_a_reason(officer: Actor) -> None:
    taught = teach(officer)

    with pytest.raises(Missing):
        brief_words.withdraw(taught, reason="", at=officer.now, by=officer)

    assert BriefWord.objects.get().withdrawn_at is None
