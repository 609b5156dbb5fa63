import pytest

from incidents.rules.briefs.text import prepare
from incidents.rules.briefs.values import Inference


@pytest.mark.parametrize(
    ("original", "text"),
    [
        ("１０ｋＶ線路", "10kV线路"),
        ("國網網上虞區供電公司", "国网上虞区供电公司"),
        ("停电 1,895 户", "停电1895户"),
        ("气温—5℃", "气温-5℃"),
        ("21：10恢复", "21:10恢复"),
        ("Ⅳ级", "IV级"),
        ("l0千伏线路l2条", "10千伏线路12条"),
        ("8lO户", "810户"),
        ("2024-02-26 21:10", "2024-02-26 21:10"),
        ("已恢复，\n剩余3条", "已恢复，剩余3条"),
        ("标题\n正文。", "标题\n正文。"),
        ("2月22日9时 10kV青山线跳闸 停电8户", "2月22日9时，10kV青山线跳闸，停电8户"),
    ],
)
def test_makes_a_text_uniform(original: str, text: str) -> None:
    assert prepare(original).text == text


def test_every_character_knows_where_it_comes_from() -> None:
    prepared = prepare("停电 １,８９５ 戶")

    assert prepared.quote(2, 6) == "１,８９５"
    assert prepared.value(1895, 2, 7).quote == "１,８９５ 戶"


def test_a_value_from_repaired_characters_says_so() -> None:
    value = prepare("线路l2条").value(12, 2, 4)

    assert (value.quote, value.inferred, value.confidence) == ("l2", Inference.REPAIRED_TEXT, 0.7)
