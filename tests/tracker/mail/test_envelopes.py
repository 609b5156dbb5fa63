import email
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from django.core.mail.message import BadHeaderError
from pytest_django.fixtures import Settings

from tests.factories import STORM_NIGHT
from tracker.mail.envelopes import Envelope, sender, to_bytes
from tracker.mail.letters import Letter

SUBJECT = "【红色】10千伏横岗线 覆冰30.0mm(设计15) 停电128户 已2h10m — 请确认"


def envelope(**over: Any) -> Envelope:
    values: dict[str, Any] = {
        "address": "zhang@example.com",
        "message_id": "<a.1.1.0.b@testserver>",
        "thread": UUID(int=1),
        "composed_at": STORM_NIGHT,
        "is_repeat": False,
    }
    return Envelope(**(values | over))


def read(content: bytes) -> EmailMessage:
    mail = email.message_from_bytes(content, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_arrives_as_it_was_written_with_headers_that_show_it_as_one_thread(settings: Settings) -> None:
    settings.DEFAULT_FROM_EMAIL = "抗冰值班 <ice-watch@testserver>"

    mail = read(to_bytes(Letter(subject=SUBJECT, text="第一行\n.\n.点\n"), envelope()))

    assert dict(mail.items()) == {
        "From": "抗冰值班 <ice-watch@testserver>",
        "To": "zhang@example.com",
        "Subject": SUBJECT,
        "Date": "Mon, 26 Feb 2024 12:00:00 +0000",
        "Message-ID": "<a.1.1.0.b@testserver>",
        "In-Reply-To": "<00000000-0000-0000-0000-000000000001@testserver>",
        "References": "<00000000-0000-0000-0000-000000000001@testserver>",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }
    assert mail.get_content().replace("\r\n", "\n") == "第一行\n.\n.点\n"
    assert sender() == "ice-watch@testserver"


def test_every_byte_passes_every_relay() -> None:
    content = to_bytes(Letter(subject=SUBJECT * 5, text="线路：横岗线\n" * 20), envelope())

    assert max(content) < 128
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 78


def test_a_repeat_says_so_and_is_else_the_same() -> None:
    first = read(to_bytes(Letter(subject=SUBJECT, text="一\n"), envelope()))
    repeat = read(to_bytes(Letter(subject=SUBJECT, text="一\n"), envelope(is_repeat=True)))

    assert repeat["X-Ice-Repeat"] == "1"
    del repeat["X-Ice-Repeat"]
    assert repeat.as_bytes() == first.as_bytes()


@pytest.mark.parametrize(
    ("over", "subject"),
    [
        ({"address": "a@example.com\r\nBcc: b@example.com"}, "一"),
        ({"message_id": "<a>\nX: 1"}, "一"),
        ({}, "一\r\nBcc: b@example.com"),
    ],
)
def test_refuses_a_header_of_two_lines(over: dict[str, str], subject: str) -> None:
    with pytest.raises(BadHeaderError):
        to_bytes(Letter(subject=subject, text="一\n"), envelope(**over))
