"""What the database itself holds of briefs, whoever writes."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from incidents.models import Brief, BriefItem, BriefWord
from tests.factories import STORM_NIGHT, make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def brief() -> Brief:
    return Brief.objects.create(
        organization=make_organization(),
        text="10千伏线路停运2条。",
        digest="0" * 64,
        channel="api",
        received_at=STORM_NIGHT,
        reported_by=make_user(),
    )


@pytest.fixture
def item(brief: Brief) -> BriefItem:
    return BriefItem.objects.create(
        brief=brief, seq=1, kind="total", values={}, start=0, end=3, confidence="0.9"
    )


def word(**over: Any) -> BriefWord:
    values = {
        "category": "unit",
        "means": "line",
        "word": "条子",
        "tests": ["条子 |"],
        "since_at": STORM_NIGHT,
    }
    return BriefWord.objects.create(added_by=make_user(), **(values | over))


def refuses(rows: QuerySet[Any], name: str, **values: Any) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        rows.update(**values)
    cause: Any = refused.value.__cause__
    assert cause.diag.constraint_name == name


def test_a_brief_never_changes(brief: Brief) -> None:
    refuses(Brief.objects.all(), "brief_never_changes", text="别的")
    with pytest.raises(IntegrityError), transaction.atomic():
        brief.delete()

    assert Brief.objects.get().text == "10千伏线路停运2条。"


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("brief_text_once", {}),
        ("brief_has_text", {"text": "", "digest": "1" * 64}),
        ("brief_digest_is_whole", {"digest": "xyz"}),
    ],
)
def test_a_brief_keeps_its_rules(brief: Brief, name: str, over: dict[str, Any]) -> None:
    values = {"text": "另一份", "digest": brief.digest} | over
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Brief.objects.create(
            organization=brief.organization,
            channel="api",
            received_at=STORM_NIGHT,
            reported_by=brief.reported_by,
            **values,
        )


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("brief_item_number_once", {"seq": 1}),
        ("brief_item_number_from_one", {"seq": 0}),
        ("brief_item_span_runs_forward", {"start": 5, "end": 3}),
        ("brief_item_confidence_is_a_share", {"confidence": "1.5"}),
        ("brief_item_open_is_undecided", {"state": "discarded", "reason": "重复"}),
        ("brief_item_outcome_is_whole", {"outcome": "stated"}),
        ("brief_item_outcome_is_whole", {"record_type": "outage"}),
    ],
)
def test_a_piece_keeps_its_rules(item: BriefItem, name: str, over: dict[str, Any]) -> None:
    values = {"seq": 2, "kind": "total", "values": {}, "start": 0, "end": 3, "confidence": "0.9"} | over
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        BriefItem.objects.create(brief=item.brief, **values)


def test_a_piece_is_decided_with_a_reason_where_it_is_discarded(item: BriefItem) -> None:
    by = {"decided_at": STORM_NIGHT, "decided_by": item.brief.reported_by}

    refuses(BriefItem.objects.all(), "brief_item_discarded_with_a_reason", state="discarded", **by)


def test_what_was_read_never_changes_and_a_decision_stands(item: BriefItem) -> None:
    refuses(BriefItem.objects.all(), "brief_item_reading_never_changes", values={"count": 3})
    by = {"decided_at": STORM_NIGHT, "decided_by": item.brief.reported_by}
    BriefItem.objects.update(state="discarded", reason="重复", **by)

    refuses(BriefItem.objects.all(), "brief_item_decided_once", reason="别的")
    with pytest.raises(IntegrityError), transaction.atomic():
        item.delete()


@pytest.mark.parametrize(
    ("name", "over"),
    [
        ("brief_word_once", {}),
        ("brief_word_has_letters", {"word": ""}),
        ("brief_word_is_proved", {"word": "别的", "tests": []}),
        ("brief_word_withdrawn_with_a_reason", {"word": "别的", "withdrawn_at": STORM_NIGHT}),
    ],
)
def test_a_word_keeps_its_rules(name: str, over: dict[str, Any]) -> None:
    word()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        word(**over)


def test_a_word_is_withdrawn_and_never_edited() -> None:
    word()
    refuses(BriefWord.objects.all(), "brief_word_never_edited", means="areas")
    BriefWord.objects.update(withdrawn_at=STORM_NIGHT, withdraw_reason="误加")

    refuses(BriefWord.objects.all(), "brief_word_never_edited", withdraw_reason="别的")
