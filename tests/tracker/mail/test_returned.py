from collections.abc import Sequence

import pytest

from tracker.mail.returned import LONGEST_MAIL, Returned, read

OURS = "<11111111-1111-4111-8111-111111111111.1.1.0.22222222-2222-4222-8222-222222222222@ice.example>"


def report(
    *,
    action: str = "failed",
    kind: str = "multipart/report; report-type=delivery-status",
    original: Sequence[str] = (
        "Content-Type: message/rfc822",
        "",
        f"Message-ID: {OURS}",
        "Subject: x",
        "",
        "b",
    ),
    status: str = "5.1.1",
    more: str = "Diagnostic-Code: smtp; 550 5.1.1 <li@grid.example>: no such\r\n user",
) -> bytes:
    """A report as Postfix writes it."""
    lines = [
        "From: MAILER-DAEMON@relay.example",
        "To: ice-watch@ice.example",
        "Subject: Undelivered Mail Returned to Sender",
        f'Content-Type: {kind}; boundary="b1"',
        "MIME-Version: 1.0",
        "",
        "--b1",
        "Content-Type: text/plain; charset=us-ascii",
        "",
        "This is the mail system.",
        "--b1",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; relay.example",
        "Arrival-Date: Mon, 26 Feb 2024 20:00:00 +0800",
        "",
        "Final-Recipient: rfc822; li@grid.example",
        f"Action: {action}",
        f"Status: {status}",
        more,
        "",
        "--b1",
        *original,
        "--b1--",
        "",
    ]
    return "\r\n".join(lines).encode()


def test_reads_whose_mail_came_back_and_why() -> None:
    assert read(report()) == Returned(
        message_id=OURS,
        recipient="li@grid.example",
        status="5.1.1",
        words="5.1.1 550 5.1.1 <li@grid.example>: no such user",
    )


def test_the_head_alone_of_the_original_is_enough() -> None:
    found = read(report(original=("Content-Type: text/rfc822-headers", "", f"Message-ID:\r\n {OURS}", "")))

    assert found is not None
    assert found.message_id == OURS


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_what_has_not_failed_is_none(action: str) -> None:
    assert read(report(action=action)) is None


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: on leave\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.",
        report(kind="multipart/mixed"),
        report(original=("Content-Type: text/plain", "", f"Message-ID: {OURS}")),
        report(original=("Content-Type: message/rfc822", "", "Subject: no number", "", "")),
        b"Content-Type: multipart/report; boundary=\r\n\r\n",
        b"Content-Type: multipart/report\r\n\r\nno parts",
    ],
)
def test_what_is_no_such_report_is_none(mail: bytes) -> None:
    assert read(mail) is None


def test_words_of_a_server_are_one_harmless_line() -> None:
    found = read(report(more="Diagnostic-Code: smtp; 550 \x1b[31m\u202eno\t" + "x" * 5000))

    assert found is not None
    assert len(found.words) == 300
    assert found.words.isprintable()


def test_without_words_it_says_failed() -> None:
    found = read(report(status="", more="X: y"))

    assert found is not None
    assert (found.status, found.words) == ("", "failed")


def test_a_mail_within_mails_without_end_is_none() -> None:
    deep = b"".join(
        f'Content-Type: multipart/report; boundary="{n}"\r\n\r\n--{n}\r\n'.encode() for n in range(3000)
    )

    assert read(deep) is None


def test_no_more_is_read_than_fits() -> None:
    assert read(report() + b"x" * (LONGEST_MAIL * 2)) is not None
