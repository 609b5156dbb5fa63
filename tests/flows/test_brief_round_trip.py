"""A brief becomes records, and the brief written from them keeps every number, by the same reader."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from incidents.models import Brief, Outage
from incidents.rules.briefs.flat import flat
from incidents.rules.briefs.reading import read
from incidents.rules.briefs.vocabulary import ours
from incidents.rules.times import SHANGHAI
from incidents.selectors.brief_gazetteer import RecordedNames
from incidents.selectors.own_figures import figures_of
from incidents.services import briefs
from tests.factories import make_actor
from tests.incidents.services.briefs_told import shangyu
from tracker.mail.briefs import Length
from tracker.services import written

PUBLISHED = date(2024, 2, 28)
AS_OF = datetime(2024, 2, 26, 22, 0, tzinfo=SHANGHAI)
TEXT = (
    "国网上虞区供电公司消息：2月26日20时15分，10千伏古西线跳闸，停电128户，21时10分恢复送电。"
    "2月26日20时30分，10千伏横岗线跳闸，停电45户，尚未恢复。"
    "2月26日20时40分，10千伏岭头线跳闸。"
)


@pytest.fixture
def confirmed(db: None) -> Brief:
    officer = make_actor(now=datetime(2024, 3, 5, 3, 0, tzinfo=UTC))
    brief = briefs.take(organization=shangyu(), text=TEXT, published_on=PUBLISHED, by=officer)
    for item in sorted(brief.items.all(), key=lambda each: (each.of_id is not None, each.seq)):
        if item.kind != "storm":
            briefs.confirm(item, at=officer.now, by=officer)
    return brief


def numbers_in(text: str) -> dict[tuple[str, str, str], str]:
    draft = read(text, published_on=PUBLISHED, vocabulary=ours(), gazetteer=RecordedNames())
    told = [fields for kind, fields in map(flat, draft.records) if kind == "total"]
    return {(each["subject"], each["state"], each.get("kv", "")): each["n"] for each in told}


def test_the_written_brief_says_what_the_pasted_one_said(confirmed: Brief) -> None:
    text = written.write(
        confirmed.organization, storm=None, as_of=AS_OF, length=Length.STANDARD, language="zh-hans"
    )

    assert text.startswith("截至2月26日22时，国网上虞区供电公司10千伏线路停运3条（跳闸3条），已恢复1条")
    assert "停电173户，已恢复128户，尚有45户（另有1起停电户数不明）" in text
    assert numbers_in(text) == {
        ("lines", "out", "10"): "3",
        ("lines", "restored", "10"): "1",
        ("customers", "out", ""): "173",
        ("customers", "restored", ""): "128",
        ("customers", "remaining", ""): "45",
    }


def test_our_own_figures_are_those_of_the_written_brief(confirmed: Brief) -> None:
    found: Any = figures_of(confirmed.organization, storm=None, as_of=AS_OF)

    assert found["lines", "out", "10"] == 3
    assert found["customers", "remaining", ""] == 45
    assert not [key for key in found if key[0] in ("areas", "people", "teams")]


def test_what_nobody_counted_is_not_zero(confirmed: Brief) -> None:
    third = Outage.objects.order_by("pk").last()
    assert third is not None
    assert third.customers_affected is None
    for language in ("zh-hans", "en"):
        for length in Length:
            text = written.write(
                confirmed.organization, storm=None, as_of=AS_OF, length=length, language=language
            )
            assert "0户" not in text
            assert " 0 " not in text
            assert length != Length.SHORT or len(text) <= 200
