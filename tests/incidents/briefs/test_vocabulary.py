"""Every word proves itself, and a company can add its own."""

import tomllib

import pytest

from incidents.rules.briefs import proof
from incidents.rules.briefs.draft import Doubt, Reason
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.records import DamageRecord
from incidents.rules.briefs.values import Inference
from incidents.rules.briefs.vocabulary import FOLDER, Entry, Vocabulary, ours, parse
from tests.incidents.briefs.score import gazetteer

ENTRIES = [entry for entry in ours().entries if entry.tests]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.category}.{entry.means}")
def test_the_lines_of_an_entry_hold(entry: Entry) -> None:
    assert proof.failures(entry, ours(), gazetteer()) == []


def test_a_line_that_does_not_hold_is_told_with_what_was_read() -> None:
    entry = Entry(category="unit", means="line", words=("条",), tests=("10千伏线路停运3条 | total n=4",))

    (told,) = proof.failures(entry, ours(), gazetteer())

    assert told.startswith("10千伏线路停运3条 | total n=4 → ")
    assert "n=3" in told


def test_words_of_a_company_are_read_like_ours() -> None:
    text = "国网新昌县供电公司10千伏线路受损，趴杆7基。"
    entry = Entry(
        category="damage",
        means="pole_leaning",
        words=("趴杆",),
        tests=("趴杆7基 | damage kind=pole_leaning count=7",),
    )
    more = ours().with_more([entry])

    before = read(text, published_on=None, vocabulary=ours(), gazetteer=gazetteer())
    after = read(text, published_on=None, vocabulary=more, gazetteer=gazetteer())

    assert before.of(DamageRecord) == []
    assert [record.count and record.count.value for record in after.of(DamageRecord)] == [7]
    assert proof.failures(entry, more, gazetteer()) == []


def test_a_word_may_mean_something_in_two_categories_and_the_later_entry_wins_in_one() -> None:
    words = Vocabulary(parse('[a.x]\nwords = ["跳闸"]\n[b.y]\nwords = ["跳闸"]\n[a.z]\nwords = ["跳闸"]\n'))

    assert words.meanings["跳闸"] == {"a": "z", "b": "y"}
    assert words.lengths == {"跳": (2,)}


@pytest.mark.parametrize(
    ("table", "codes"), [("left_out", Reason), ("inferred", Inference), ("doubt", Doubt)]
)
def test_every_reason_has_words_for_people_in_both_languages(table: str, codes: type[Reason]) -> None:
    told = tomllib.loads((FOLDER / "reasons.toml").read_text(encoding="utf-8"))[table]

    assert told.keys() == {str(code) for code in codes}
    assert all(words.keys() == {"en", "zh-hans"} and all(words.values()) for words in told.values())


def test_no_word_is_written_in_characters_that_reading_makes_uniform() -> None:
    traditional = {pair[0] for pair in (FOLDER / "traditional.txt").read_text(encoding="utf-8").split()}

    assert {word for word in ours().meanings if traditional & set(word)} == set()
