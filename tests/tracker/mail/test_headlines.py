"""What an alert is, in one line, in both languages."""

import pytest

from tests.tracker.watchers import make_alert, minutes
from tracker.mail.headlines import headline

pytestmark = pytest.mark.django_db
FACTS = {"line": "横岗线", "section": "S1", "voltage_kv": 10, "standard_mm": 30.0, "design_mm": 15}


@pytest.mark.parametrize("is_exercise", [False, True])
@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", "10千伏横岗线 覆冰30.0mm(设计15)"), ("en", "10 kV 横岗线 ice 30.0 mm (design 15)")],
)
def test_says_what_the_mail_says_without_what_stands_beside_it(
    language: str,
    words: str,
    is_exercise: bool,  # noqa: FBT001 - a table
) -> None:
    alert = make_alert(facts=FACTS, is_exercise=is_exercise)

    assert headline(alert, language=language, now=minutes(5)) == words


def test_a_rule_without_words_of_its_own_is_named() -> None:
    alert = make_alert(rule_code="E99", facts=FACTS)

    assert headline(alert, language="zh-hans", now=minutes(5)) == "覆冰等级升高 横岗线 S1"
