"""Telling that the watch itself is ill, past the outbox, the worker and the broker: by whatever way is left.

Whom to tell and how is read while the database is well and kept in memory, so that its own death can be told.
"""

import logging
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from incidents.models import Organization, User
from tracker.choices import DutyRole, HookFormat
from tracker.hooks import signing
from tracker.hooks.bodies import Recipient, Said, body_of
from tracker.hooks.gateways import Message, delivery_of, post
from tracker.mail.alarms import Alarm, mail_of, number_of, write_alarm
from tracker.mail.envelopes import sender
from tracker.mail.servers import Server
from tracker.mail.smtp import Outcome, Relay
from tracker.models import Hook
from tracker.selectors.duty import on_duty
from tracker.selectors.gateways import gateway_of

logger = logging.getLogger(__name__)

MOST = 20  # people who are told
LONGEST_MAIL_S = 8.0
_ROLES = (DutyRole.DUTY_OFFICER, DutyRole.EMERGENCY, DutyRole.OPERATIONS)


@dataclass(frozen=True, kw_only=True)
class Way:
    """A gateway as it is needed without the database."""

    name: str
    url: str
    secret: str
    form: HookFormat
    languages: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody who is told of the watch's own illness, and the gateway that reaches him."""

    identity: UUID
    account: str
    name: str
    email: str
    phone: str
    language: str
    way: Way | None


def contacts(*, now: datetime) -> list[Contact]:
    """Return who is told: who is on duty in each uppermost organisation, without anybody the administrators.

    Args:
        now: The moment, aware.
    """
    found: dict[int, Contact] = {}
    for top in Organization.objects.filter(parent=None).order_by("pk"):
        way = _way(gateway_of(top))
        held = {post.user_id for post in on_duty(top, roles=_ROLES, now=now) if post.role == _ROLES[0]}
        held = held or {post.user_id for post in on_duty(top, roles=_ROLES, now=now)}
        for user in User.objects.filter(pk__in=held).order_by("pk"):
            found.setdefault(user.pk, _contact(user, way))
    if not found:
        way = _way(gateway_of(None))
        users = User.objects.filter(is_superuser=True, is_active=True).exclude(email="").order_by("pk")
        found = {user.pk: _contact(user, way) for user in users[:MOST]}
    return list(found.values())[:MOST]


def tell(people: Sequence[Contact], alarm: Alarm) -> list[dict[str, Any]]:
    """Tell people by the second mail server, else the gateway, else the first mail server.

    Args:
        people: Whom.
        alarm: What.

    Returns:
        When, through what and how many people were told; nothing if nobody heard.
    """
    second = Server.second()
    spare, first = Relay(second) if second else None, Relay(Server.first())
    heard: Counter[str] = Counter()
    try:
        for person in people:
            through = spare and _by_mail(spare, person, alarm)
            through = through or _by_gateway(person, alarm) or _by_mail(first, person, alarm)
            if through:
                heard[through] += 1
            else:
                logger.error(
                    "somebody does not hear that the watch is ill", extra={"account": person.account}
                )
    finally:
        for relay in filter(None, (spare, first)):
            relay.hang_up(politely=True)
    at = alarm.now.isoformat(timespec="seconds")
    return [{"at": at, "through": through, "people": number} for through, number in heard.items()]


def _by_mail(relay: Relay, person: Contact, alarm: Alarm) -> str:
    letter = write_alarm(alarm, language=person.language)
    mail = mail_of(alarm, letter, address=person.email, to=person.identity)
    result = relay.send(mail, sender=sender(), recipient=person.email, within_s=LONGEST_MAIL_S)
    return relay.server.name if result.outcome is Outcome.ACCEPTED else ""


def _by_gateway(person: Contact, alarm: Alarm) -> str:
    way = person.way
    if way is None:
        return ""
    language = person.language if person.language in way.languages else way.languages[0]
    letter = write_alarm(alarm, language=language)
    delivery = delivery_of(number_of(alarm, to=person.identity))
    said = Said(
        delivery=delivery,
        kind="watch",
        composed_at=alarm.now,
        language=language,
        urgency=3,
        is_exercise=False,
        recipient=Recipient(
            identity=person.identity, account=person.account, name=person.name, phone=person.phone
        ),
        subject=letter.subject,
        text=letter.text,
        link="",
    )
    message = Message(delivery=delivery, said=body_of(said, form=way.form), attempt=1)
    heard = post(way.url, message, secret=way.secret, timestamp=int(time.time()))
    return way.name if heard.outcome is Outcome.ACCEPTED else ""


def _way(hook: Hook | None) -> Way | None:
    if hook is None:
        return None
    secret = signing.secret_of(hook.uuid, hook.secret_number, digest=hook.secret_digest)
    if secret is None:
        return None
    return Way(
        name=hook.name,
        url=hook.url,
        secret=secret,
        form=HookFormat(hook.format),
        languages=tuple(hook.languages),
    )


def _contact(user: User, way: Way | None) -> Contact:
    return Contact(
        identity=user.uuid,
        account=user.username,
        name=str(user),
        email=user.email,
        phone=user.phone,
        language=user.language,
        way=way,
    )
