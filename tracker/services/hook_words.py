"""From the row of an owed message to what is posted."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from incidents.models import User
from tracker.choices import HookFormat, NoticeKind
from tracker.hooks.bodies import Recipient, Said, body_of
from tracker.hooks.gateways import delivery_of
from tracker.models import Hook
from tracker.selectors.told import Told
from tracker.services import links
from tracker.services.outbox import Claimed, Written

People: TypeAlias = dict[int, Recipient]


def people_of(rows: Sequence[Claimed]) -> People:
    """Return whom the gateway shall tell, by their number."""
    users = User.objects.filter(pk__in={row.recipient_id for row in rows})
    return {
        user.pk: Recipient(identity=user.uuid, account=user.username, name=str(user), phone=user.phone)
        for user in users
    }


def said(row: Claimed, text: Written, about: Sequence[Told], recipient: Recipient) -> Said:
    """Return what a message says; the recipient's own links are made here and kept nowhere."""
    one = about[0] if about and row.kind == NoticeKind.STEP else None
    link = ""
    if one is not None:
        link = links.link(one.alert_id, one.generation, user_id=row.recipient_id, at=text.composed_at)
    return Said(
        delivery=delivery_of(row.message_id),
        kind=row.kind,
        composed_at=text.composed_at,
        language=row.language,
        urgency=row.urgency,
        is_exercise=bool(about) and all(each.is_exercise for each in about),
        recipient=recipient,
        subject=text.subject,
        text=links.fill(text.text, user_id=row.recipient_id, at=text.composed_at),
        link=link,
        alert_id=one.alert_uuid if one else None,
        rule=one.rule_code if one else "",
        step=one.level if one else None,
        repeat=one.repeat if one else None,
    )


def body(hook: Hook, said: Said) -> dict[str, Any]:
    """Return the JSON of a message, as this gateway wants it."""
    return body_of(said, form=HookFormat(hook.format))
