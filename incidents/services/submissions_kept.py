"""A deed is done once, however often a phone sends it: its answer is kept with it, in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db import connection, transaction

from incidents.errors import ClientIdTaken, InProgress, KeyReused
from incidents.journal import Actor
from incidents.models import Submission

_TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a phone is answered.

    Attributes:
        body: The bytes, as text.
        is_replay: Whether an earlier sending was answered so.
    """

    status: int
    body: str
    headers: dict[str, str]
    is_replay: bool = False


@dataclass(frozen=True, kw_only=True)
class Sending:
    """What identifies a request.

    Attributes:
        key: The phone's own key for it, once a person.
        route: Method and address.
        digest: SHA-256 over what was sent.
        creates: Whether the key is the ``client_id`` of something new.
    """

    key: str
    route: str
    digest: str
    creates: bool


@transaction.atomic
def once(sending: Sending, deed: Callable[[], Answer], *, by: Actor) -> Answer:
    """Do a deed and keep its answer; for what was sent before, return the answer kept.

    A deed that is refused is not kept: sent again it is tried afresh. The same key sent twice at once is not
    waited for, so that a phone in a loop holds no more than one connection.

    Args:
        sending: What was sent.
        deed: What it does; everything that it writes is written with the answer or not at all.
        by: Who sends it; the key of another person is another key.

    Raises:
        InProgress: If the same key is being worked on at this moment.
        ClientIdTaken, KeyReused: If something else was sent under the key, or to another address.
        Refused: Whatever the deed refuses; nothing is kept.
    """
    _hold(sending, by)
    kept = Submission.objects.filter(user=by.user, key=sending.key).first()
    if kept is None:
        answer = deed()
        _keep(sending, answer, by)
        return answer
    if (kept.route, kept.digest) != (sending.route, sending.digest):
        raise ClientIdTaken(client_id=sending.key) if sending.creates else KeyReused(key=sending.key)
    return replace(_answer_of(kept), is_replay=True)


def _hold(sending: Sending, by: Actor) -> None:
    """Let nobody else work on the key until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TRY_LOCK, [f"submission {by.user.pk} {sending.key}"])
        row = cursor.fetchone()
    if not row[0]:
        raise InProgress(key=sending.key)


def _keep(sending: Sending, answer: Answer, by: Actor) -> None:
    Submission.objects.create(
        user=by.user,
        key=sending.key,
        route=sending.route,
        digest=sending.digest,
        status=answer.status,
        body=answer.body,
        headers=answer.headers,
        created_at=by.now,
        clock_skew_s=by.device.clock_skew_s if by.device else None,
    )


def _answer_of(kept: Submission) -> Answer:
    return Answer(status=kept.status, body=kept.body, headers=kept.headers)
