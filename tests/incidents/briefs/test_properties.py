"""No text crashes reading, every value stands where it says, and nothing grows faster than the text.

``make briefs-fuzz`` tries ten thousand texts.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from incidents.rules.briefs.draft import Draft, Reason
from incidents.rules.briefs.reading import LONGEST, read
from incidents.rules.briefs.values import Span, Value
from incidents.rules.briefs.vocabulary import ours
from tests.incidents.briefs.score import briefs, gazetteer

EXAMPLES = int(os.environ.get("BRIEFS_EXAMPLES", "150"))
WORDS = sorted(ours().meanings)
PIECES = [
    *WORDS,
    *(
        "10千伏",
        "青山线",
        "支线",
        "23号杆",
        "嵊州市",
        "崇仁镇",
        "横岗村",
        "2月26日",
        "晚上9时10分",
        "24时",
        "31日",
    ),
    *(
        "2月30日",
        "9999年",
        "0年",
        "3万多",
        "百余",
        "1.2万",
        "-5℃",
        "5~12",
        "国网",
        "供电公司",
        "l0",
        "O",
        "網",
    ),
    *("戶", "1", "0", "点", "千优", "Ⅲ级", "%", "·", "：", "至", "的", "，", "。", "；", "、", "（", "）"),
    "\n",
    " ",
    "\u3000",
]
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=80).map("".join),
    st.tuples(
        st.sampled_from([brief.text for brief in briefs("building")]),
        st.integers(0, 300),
        st.text(max_size=8),
    ).map(lambda told: told[0][: told[1]] + told[2] + told[0][told[1] + len(told[2]) :]),
)
days = st.one_of(st.none(), st.dates(date(1, 1, 1), date(9999, 12, 31)))


def drafted(text: str, published_on: date | None = date(2024, 2, 27)) -> Draft:
    return read(text, published_on=published_on, vocabulary=ours(), gazetteer=gazetteer())


def values_in(thing: Any) -> Iterator[Value[Any]]:
    """Yield every value of a draft, however deep it stands."""
    if isinstance(thing, Value):
        yield thing
    elif isinstance(thing, tuple):
        for each in thing:
            yield from values_in(each)
    elif is_dataclass(thing):
        for each in fields(thing):
            yield from values_in(getattr(thing, each.name))


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES <= 200, suppress_health_check=list(HealthCheck)
)
@given(text=texts, published_on=days)
@example(text="", published_on=None)
@example(text="国网国网网网", published_on=date(1, 1, 1))
@example(text="2月30日，10千伏线路停运3条", published_on=date(9999, 12, 31))
def test_no_text_crashes_it_and_every_value_stands_in_the_text(text: str, published_on: date | None) -> None:
    draft = drafted(text, published_on)

    assert draft.is_brief == (draft.why_not is None)
    assert draft.is_brief or not draft.records
    for value in values_in(draft):
        assert 0 <= value.span.start < value.span.end <= len(text)
        assert text[value.span.start : value.span.end] == value.quote
        assert 0 < value.confidence <= 1
    for left in draft.left_out:
        assert text[left.span.start : left.span.end] == left.quote
    for record in draft.records:
        assert 0 <= record.span.start < record.span.end <= len(text)


def test_digits_and_nothing_else_are_harmless() -> None:
    draft = drafted("1" * 20_000)

    assert (draft.is_brief, draft.why_not, draft.records) == (False, Reason.NOT_ABOUT_THE_GRID, ())


GROWING = {
    "briefs": "".join(brief.text for brief in briefs("building")),
    "numbers": "停电的1条10千伏线路恢复，",
    "one clause": "1户恢复",
    "lines": "10千伏青山线跳闸，",
    "villages": "岭头山村停电",
    "times": "2月26日9时10分",
    "numerals": "一",
    "support": "支援新昌1人，",
    "organisations": "供电公司",
}


def calls_of(text: str) -> int:
    """Return how many functions reading a text calls: its work, whatever else the machine does."""
    counted = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    drafted("国网新昌县供电公司")
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        drafted(text)
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize("name", GROWING)
def test_work_grows_with_the_text_and_no_faster(name: str) -> None:
    text = GROWING[name] * (4_000 // len(GROWING[name]) + 1)

    assert calls_of(text[:4_000]) <= 4.6 * calls_of(text[:1_000])


def test_what_stands_behind_the_longest_text_is_left_out_and_said_so() -> None:
    head = "国网新昌县供电公司10千伏线路停运3条。"
    draft = drafted(head + "。" * (LONGEST - len(head)) + "10千伏线路停运5条")

    assert len(draft.records) == 1
    assert [(left.why, left.span) for left in draft.left_out] == [
        (Reason.TOO_LONG, Span(LONGEST, LONGEST + 10))
    ]


@pytest.mark.parametrize("text", ["", " \n", "，。；", "今天天气很好。"])
def test_what_is_no_brief_gives_an_empty_draft_that_says_so(text: str) -> None:
    draft = drafted(text)

    assert (draft.is_brief, draft.why_not, draft.records) == (False, Reason.NOT_ABOUT_THE_GRID, ())
