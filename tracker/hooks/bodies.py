"""What a message to a gateway says, as JSON (docs/webhooks.md). Inside version 1 there are only additions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tracker.choices import HookFormat, Severity

LONGEST_LINE = 200


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Whom the gateway shall tell."""

    identity: UUID
    account: str
    name: str
    phone: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a notification says.

    Attributes:
        text: Whole text with the recipient's own links.
        alert_id: Identity of the alert; None for several together.
        link: Where the recipient answers; empty where nothing is to be answered.
    """

    delivery: UUID
    kind: str
    composed_at: datetime
    language: str
    urgency: int
    is_exercise: bool
    recipient: Recipient
    subject: str
    text: str
    link: str
    alert_id: UUID | None = None
    rule: str = ""
    step: int | None = None
    repeat: int | None = None


def body_of(said: Said, *, form: HookFormat) -> dict[str, Any]:
    """Return the JSON of a message.

    Args:
        said: What it says.
        form: How much text the gateway wants.
    """
    one_line = f"{said.subject[:LONGEST_LINE]} {said.link}".strip()
    alert = None
    if said.alert_id is not None:
        alert = {"id": str(said.alert_id), "rule": said.rule, "step": said.step, "repeat": said.repeat}
    return {
        "v": 1,
        "id": str(said.delivery),
        "kind": said.kind,
        "composed_at": said.composed_at.isoformat(timespec="seconds"),
        "language": said.language,
        "severity": Severity.values[said.urgency],
        "exercise": said.is_exercise,
        "recipient": {
            "id": str(said.recipient.identity),
            "account": said.recipient.account,
            "name": said.recipient.name,
            "phone": said.recipient.phone or None,
        },
        "alert": alert,
        "subject": said.subject,
        "text": one_line if form is HookFormat.SHORT else said.text,
        "link": said.link or None,
    }
