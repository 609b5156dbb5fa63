"""The mail receiver over real SMTP."""

import email
import os
import signal
import smtplib
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from config.embedded.mail import keep, mail_service, mail_socket, mail_url
from config.embedded.supervisor import Supervisor


def message(subject: str) -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ice@localhost", "调度 <desk@example.org>", subject
    made.set_content("崇仁镇停电 1200 户")
    return made


def test_keeps_every_mail_as_a_file_and_its_port_through_a_crash(short: Path) -> None:
    folder = short / "邮 件"
    with mail_socket() as listening, Supervisor(short, short / "children.json") as supervisor:
        child = supervisor.launch(mail_service(listening, folder))
        supervisor.wait(child.service.ready, within=20, what=lambda: "deaf")
        port = listening.getsockname()[1]
        assert mail_url(listening) == f"smtp://127.0.0.1:{port}"
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.send_message(message("红色预警"), to_addrs=["desk@example.org", "hidden@example.org"])
            kept = list(folder.iterdir())  # before the connection ends: 250 means kept

        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        supervisor.wait(lambda: child.pid not in {None, first}, within=20, what=lambda: "dead")
        (folder / "torn.part").touch()
        supervisor.wait(child.service.ready, within=20, what=lambda: "deaf")
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.send_message(message("again"))

    assert [path.suffix for path in kept] == [".eml"]
    assert kept[0].stat().st_mode & 0o077 == 0
    read = email.message_from_bytes(kept[0].read_bytes(), policy=default)
    assert read["Subject"] == "红色预警"
    assert read["X-RcptTo"] == "desk@example.org, hidden@example.org"
    assert read.get_content().strip() == "崇仁镇停电 1200 户"
    assert len(list(folder.glob("*.eml"))) == 2


def test_a_mail_that_cannot_be_kept_appears_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        keep(b"x", tmp_path)

    assert list(tmp_path.glob("*.eml")) == []
