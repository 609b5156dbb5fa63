"""The guards of the way from a step to a mail: how each is taken away, and what it is there for.

A check passes with its guard and has to fail without it; ``test_guards.py`` tries both.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connection, transaction

from tests.factories import STORM_NIGHT, make_actor
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import make_alert, make_notification, make_post, minutes, refresh
from tests.waiting import until
from tracker.choices import NotificationState
from tracker.models import Alert, Notification
from tracker.services import alerts, escalate, locks, notify, outbox
from tracker.services.locks import Sweep, alone

T = TypeVar("T")
Patch = pytest.MonkeyPatch
WORDS = outbox.Written(subject="一", text="二\n", composed_at=STORM_NIGHT)


@dataclass(frozen=True)
class Guard:
    """A guard, how to do without it, and a check that needs it."""

    name: str
    remove: Callable[[Patch], None]
    check: Callable[[Mailbox], None]


def without(module: object, name: str, words: str, instead: str = "") -> Callable[[Patch], None]:
    """Return what takes words out of a statement; it fails when they are no longer there."""

    def remove(patch: Patch) -> None:
        text = getattr(module, name)
        assert words in text, f"{name} no longer says {words!r}"
        patch.setattr(module, name, text.replace(words, instead))

    return remove


def elsewhere(run: Callable[[], T]) -> T:
    """Run it in a session of its own that ends with it."""

    def alone_there() -> T:
        try:
            return run()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone_there).result()


def impatiently(run: Callable[[], T], otherwise: T) -> T:
    """Run it, but wait for no lock."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            return run()
    except OperationalError:
        return otherwise


def _claimed(token: UUID) -> outbox.Claimed:
    (row,) = outbox.claim(now=minutes(0), limit=1, token=token)
    return row


def _a_step_is_told_once(_mailbox: Mailbox) -> None:
    alert = make_alert()
    make_post("D", organization=alert.organization)
    for _ in range(2):  # as an engine that saw the alert before the other one had moved it
        Alert.objects.update(next_step=1, next_due_at=minutes(0))
        escalate.escalate(now=minutes(0))
    assert Notification.objects.count() == 1


def _have_no_unique_key(patch: Patch) -> None:
    """Write a step each time under another key."""
    text = escalate._ESCALATE.as_string()
    for words, instead in (
        ("t.level, t.repeat, person.id", "t.level, (random() * 1000000)::int, person.id"),
        ("concat('<', t.uuid", "concat('<', gen_random_uuid()"),
    ):
        assert words in text
        text = text.replace(words, instead)
    patch.setattr(escalate, "_ESCALATE", text)


def _an_attempt_without_an_answer_is_a_doubt(_mailbox: Mailbox) -> None:
    row, token = make_notification(), uuid4()
    outbox.begin(_claimed(token), WORDS, token=token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    outbox.tidy(now=minutes(0))
    assert refresh(row).doubts == 1


def _what_is_answered_meanwhile_is_not_sent(mailbox: Mailbox) -> None:
    alert, by = make_alert(), make_actor()
    _two_mails_and_meanwhile(mailbox, alert, lambda: alerts.acknowledge(alert, at=minutes(0), by=by))


def _a_newer_climb_silences_the_older_one(mailbox: Mailbox) -> None:
    _two_mails_and_meanwhile(mailbox, make_alert(), lambda: Alert.objects.update(generation=2))


def _two_mails_and_meanwhile(mailbox: Mailbox, alert: Alert, happens: Callable[[], object]) -> None:
    for _ in range(2):
        make_notification(alert=alert)
    meanwhile = [happens]

    def on_mail(_mail: object) -> None:
        if meanwhile:
            elsewhere(meanwhile.pop())

    mailbox.on_mail = on_mail
    notify.deliver(now=minutes(0))
    assert len(mailbox.mails) == 1


def _what_is_over_is_given_up_without_a_claim(_mailbox: Mailbox) -> None:
    make_notification()
    Alert.objects.update(generation=2)
    assert notify.deliver(now=minutes(0)) == notify.Delivered(superseded=1)


def _a_sender_past_its_lease_begins_nothing(_mailbox: Mailbox) -> None:
    make_notification()
    token = uuid4()
    row = _claimed(token)
    Notification.objects.update(lease_until=STORM_NIGHT)
    assert not outbox.begin(row, WORDS, token=token)


def _a_sender_begins_only_what_is_its_own(_mailbox: Mailbox) -> None:
    make_notification()
    row = _claimed(uuid4())
    assert not outbox.begin(row, WORDS, token=uuid4())


def _a_sender_settles_only_what_is_its_own(_mailbox: Mailbox) -> None:
    row = make_notification()
    _claimed(uuid4())
    outbox.settle(outbox.Settlement(id=row.pk, state=NotificationState.ACCEPTED), token=uuid4())
    assert refresh(row).state == NotificationState.LEASED


def _what_a_living_sender_holds_is_left_to_it(_mailbox: Mailbox) -> None:
    make_notification()
    _claimed(uuid4())
    assert elsewhere(lambda: outbox.tidy(now=minutes(0))) == (0, 0)


def _what_a_dead_sender_held_is_taken_back_at_once(_mailbox: Mailbox) -> None:
    make_notification()
    elsewhere(lambda: outbox.claim(now=minutes(0), limit=1, token=uuid4()))
    until(lambda: outbox.tidy(now=minutes(0)) == (0, 1), within=2)


def _what_a_frozen_sender_holds_is_taken_back_in_the_end(_mailbox: Mailbox) -> None:
    make_notification()
    _claimed(uuid4())
    Notification.objects.update(lease_until=STORM_NIGHT)
    assert outbox.tidy(now=minutes(0)) == (0, 1)


def _two_senders_do_not_wait_for_each_other(_mailbox: Mailbox) -> None:
    alert = make_alert()
    for _ in range(2):
        make_notification(alert=alert)
    with transaction.atomic():
        _claimed(uuid4())
        assert elsewhere(lambda: impatiently(lambda: _claimed(uuid4()).attempts, -1)) == 0


def _an_alert_that_somebody_holds_is_passed_over(_mailbox: Mailbox) -> None:
    make_alert()
    with transaction.atomic():
        Alert.objects.select_for_update().get()
        moved = elsewhere(lambda: impatiently(lambda: escalate.escalate(now=minutes(0)).moved, -1))
    assert moved == 0


def _one_engine_climbs_at_a_time(_mailbox: Mailbox) -> None:
    make_alert()
    with alone(Sweep.ESCALATE, patience=timedelta(0)):
        assert elsewhere(lambda: escalate.escalate(now=minutes(0)).moved) == 0


def _nobody_is_told_three_times(_mailbox: Mailbox) -> None:
    row, token = make_notification(), uuid4()
    for _ in range(4):
        for claimed in outbox.claim(now=minutes(0), limit=1, token=token):
            outbox.begin(claimed, WORDS, token=token)
        Notification.objects.filter(state=NotificationState.LEASED).update(lease_until=STORM_NIGHT)
        outbox.tidy(now=minutes(0))
    assert refresh(row).attempts == 2


def _forget_to_record(patch: Patch) -> None:
    patch.setattr(outbox, "begin", lambda row, _written, **_: row.id > 0)


def _leave_engines_to_themselves(patch: Patch) -> None:
    patch.setattr(locks, "_taken", lambda *_: True)


def _pass_nothing_over(patch: Patch) -> None:
    text = escalate._ESCALATE.as_string()
    patch.setattr(escalate, "_ESCALATE", text.replace("FOR NO KEY UPDATE SKIP LOCKED", "FOR NO KEY UPDATE"))


_BEGIN = "_SETTLE_AND_BEGIN"
_SKIP = "    FOR NO KEY UPDATE SKIP LOCKED"
_LEASE_OVER = "lease_until < clock_timestamp() OR "
_NOT_LIVING = f"hashtext(lease_token::text) & 4294967295 NOT IN ({outbox._LIVING})"

# name, how it is removed, the check that then fails
GUARDS = [
    Guard("a step has a unique key", _have_no_unique_key, _a_step_is_told_once),
    Guard("an attempt is recorded before", _forget_to_record, _an_attempt_without_an_answer_is_a_doubt),
    Guard(
        "the alert is looked at again inside the lease",
        without(outbox, _BEGIN, "AND " + outbox._WANTED),
        _what_is_answered_meanwhile_is_not_sent,
    ),
    Guard(
        "a mail belongs to one climb",
        without(outbox, _BEGIN, "AND a.generation = n.generation"),
        _a_newer_climb_silences_the_older_one,
    ),
    Guard(
        "what is over is superseded",
        without(outbox, "_SUPERSEDE", "WHERE n.next_try_at", "WHERE false AND n.next_try_at"),
        _what_is_over_is_given_up_without_a_claim,
    ),
    Guard(
        "a lease ends",
        without(outbox, _BEGIN, "AND n.lease_until > clock_timestamp()"),
        _a_sender_past_its_lease_begins_nothing,
    ),
    Guard(
        "a mail is begun with the token of its lease",
        without(outbox, _BEGIN, "n.lease_token = %(token)s AND n.lease_until", "n.lease_until"),
        _a_sender_begins_only_what_is_its_own,
    ),
    Guard(
        "a mail is settled with the token of its lease",
        without(
            outbox, _BEGIN, "WHERE id = %(settled)s AND lease_token = %(token)s", "WHERE id = %(settled)s"
        ),
        _a_sender_settles_only_what_is_its_own,
    ),
    Guard(
        "a sender holds a lock while it lives",
        without(outbox, "_HOLD", "pg_advisory_lock(%(senders)s", "greatest(%(senders)s"),
        _what_a_living_sender_holds_is_left_to_it,
    ),
    Guard(
        "a lock that is gone frees what was held",
        without(outbox, "_RECOVER", f"OR {_NOT_LIVING}"),
        _what_a_dead_sender_held_is_taken_back_at_once,
    ),
    Guard(
        "a lease that is over frees what was held",
        without(outbox, "_RECOVER", _LEASE_OVER),
        _what_a_frozen_sender_holds_is_taken_back_in_the_end,
    ),
    Guard(
        "senders pass over what others hold",
        without(outbox, "_CLAIM", _SKIP, _SKIP.removesuffix(" SKIP LOCKED")),
        _two_senders_do_not_wait_for_each_other,
    ),
    Guard(
        "engines pass over what others hold", _pass_nothing_over, _an_alert_that_somebody_holds_is_passed_over
    ),
    Guard("one engine at a time", _leave_engines_to_themselves, _one_engine_climbs_at_a_time),
    Guard(
        "a doubt is repeated once",
        lambda patch: patch.setattr(outbox, "DOUBTS", 9),
        _nobody_is_told_three_times,
    ),
]
