import io
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tests.tracker.mail.test_returned import OURS, report
from tests.tracker.watchers import make_notification, refresh


def pipe(monkeypatch: pytest.MonkeyPatch, mail: bytes) -> str:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(mail)))
    out = io.StringIO()
    call_command("take_bounce", stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
def test_notes_a_mail_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    row = make_notification(
        message_id=OURS, state="accepted", attempts=1, next_try_at=None, accepted_at="2024-02-26T12:00Z"
    )

    assert pipe(monkeypatch, report()) == "came back: 5.1.1 550 5.1.1 <li@grid.example>: no such user"
    assert refresh(row).state == "bounced"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("mail", "said"),
    [(report(), "no mail of ours"), (b"Subject: hello\r\n\r\n", "tells of no mail that came back")],
)
def test_what_is_not_ours_is_no_error(monkeypatch: pytest.MonkeyPatch, mail: bytes, said: str) -> None:
    assert pipe(monkeypatch, mail) == said


@pytest.mark.django_db(transaction=True)
def test_is_tried_again_when_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connections.settings["default"], "HOST", "127.0.0.1")
    monkeypatch.setitem(connections.settings["default"], "PORT", "9")
    connections["default"].close()

    with pytest.raises(CommandError) as stopped:
        pipe(monkeypatch, report())

    assert stopped.value.returncode == 75
