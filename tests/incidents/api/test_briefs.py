"""Briefs through the API: text or a document in, drafts out, each piece confirmed or discarded once."""

import io
import zipfile
from typing import Any
from uuid import uuid4

import docx
import pytest

from incidents.choices import Role
from incidents.models import Brief, BriefItem, Outage
from tests.incidents.api.conftest import Phone, just_now, make_phone

pytestmark = pytest.mark.django_db
TEXT = "国网第一供电公司消息：2月26日21时，10千伏古西线跳闸，停电128户。"


@pytest.fixture
def desk() -> Phone:
    return make_phone(role=Role.DISPATCHER)


def form(desk: Phone, content: bytes, *, name: str, **over: Any) -> Any:
    document = io.BytesIO(content)
    document.name = name
    told = {"client_id": str(uuid4()), "organization": str(desk.organization.uuid), "file": document} | over
    return desk.client.post("/api/v1/briefs/", told, format="multipart")


def document(*lines: str) -> bytes:
    made, packed = docx.Document(), io.BytesIO()
    for line in lines:
        made.add_paragraph(line)
    table = made.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "停电台区45个", "已恢复30个"
    made.save(packed)
    return packed.getvalue()


def taken(desk: Phone, **over: Any) -> Any:
    told = {"organization": str(desk.organization.uuid), "text": TEXT, "published_on": "2024-02-27"} | over
    return desk.make("briefs/", **told)


def test_a_brief_is_answered_with_its_pieces_and_the_words_of_each_value(desk: Phone) -> None:
    answer = taken(desk)

    assert answer.status_code == 201
    body = answer.json()
    [outage] = [piece for piece in body["items"] if piece["kind"] == "outage"]
    customers = outage["values"]["customers"]
    start, end = customers["span"]
    assert (customers["value"], body["text"][start:end]) == (128, customers["quote"])
    assert outage["values"]["occurred"]["inferred"] == "year-from-publication"
    assert (outage["state"], body["why_not"]) == ("open", "")
    assert not Outage.objects.exists()


def test_a_piece_is_confirmed_once_with_what_is_true(desk: Phone) -> None:
    [piece] = [each for each in taken(desk).json()["items"] if each["kind"] == "outage"]
    here, key = f"brief-items/{piece['uuid']}/confirm/", str(uuid4())
    said: Any = {"at": just_now(), "edits": {"customers": 130, "place": {"text": "横岗村"}}}

    first = desk.act(here, key=key, **said)
    again = desk.act(here, key=key, **said)
    other = desk.act(here, **said)

    assert (first.status_code, first.json()["outcome"]) == (200, "created")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "bad-transition")
    outage = Outage.objects.get()
    assert (outage.customers_affected, str(outage.uuid)) == (130, first.json()["record_uuid"])


def test_the_same_text_again_is_the_same_brief(desk: Phone) -> None:
    assert taken(desk).json()["uuid"] == taken(desk).json()["uuid"]
    assert Brief.objects.count() == 1


@pytest.mark.parametrize("name", ["快报.docx", "BRIEF.DOCX"])
def test_a_document_gives_its_paragraphs_and_tables(desk: Phone, name: str) -> None:
    answer = form(desk, document(TEXT, "截至22时情况如下："), name=name, published_on="2024-02-27")

    assert answer.status_code == 201
    assert answer.json()["text"] == f"{TEXT}\n截至22时情况如下：\n停电台区45个，已恢复30个"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_plain_text_comes_in_any_of_the_usual_encodings(desk: Phone, encoding: str) -> None:
    answer = form(desk, TEXT.replace("，", "，\r\n").encode(encoding), name="brief.txt")

    assert answer.status_code == 201
    assert answer.json()["text"] == TEXT.replace("，", "，\n")


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("word/document.xml", b" " * 30_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04 broken", b"", bomb(), document()[:2000], b"%PDF-1.4"], ids=range(5)
)
def test_what_is_no_document_is_refused_and_nothing_is_kept(desk: Phone, content: bytes) -> None:
    answer = form(desk, content, name="brief.docx")

    assert answer.status_code == 400
    assert not Brief.objects.exists()


def test_a_document_that_is_too_large_is_not_read(desk: Phone) -> None:
    answer = form(desk, b"x" * 2_200_000, name="brief.txt")

    assert answer.status_code == 413
    assert not Brief.objects.exists()


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"text": "停" * 20_001}, "/text"),
        ({"text": " "}, "/text"),
        ({"text": "a\x00b"}, ""),
        ({"published_on": "27.2.2024"}, "/published_on"),
        ({"organization": str(uuid4())}, "/organization"),
    ],
)
def test_what_is_no_brief_at_all_is_refused(desk: Phone, over: dict[str, Any], pointer: str) -> None:
    answer = taken(desk, **over)

    assert answer.status_code == 400
    assert not pointer or answer.json()["errors"][0]["pointer"] == pointer
    assert not Brief.objects.exists()


def test_a_text_about_something_else_says_so(desk: Phone) -> None:
    body = taken(desk, text="今天中午食堂供应红烧肉，欢迎品尝。").json()

    assert (body["why_not"], body["items"]) == ("not-about-the-grid", [])


def test_a_crew_member_pastes_no_brief_and_decides_about_none(desk: Phone) -> None:
    taken(desk)
    item = BriefItem.objects.filter(kind="outage").get()
    member = make_phone(organization=desk.organization)

    assert taken(member).status_code == 400
    assert member.get(f"brief-items/{item.uuid}/").status_code == 200
    assert member.act(f"brief-items/{item.uuid}/confirm/", at=just_now()).status_code == 403
    assert not Outage.objects.exists()
