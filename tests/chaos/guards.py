"""The guards of the way from a step to a mail: how each is taken away, and the check that then fails.

``test_guards.py`` tries every check with its guard and without.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.chaos import guard_checks as checks
from tests.tracker.mailservers import Mailbox
from tracker.services import escalate, locks, outbox

Patch = pytest.MonkeyPatch


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
    Guard("a step has a unique key", _have_no_unique_key, checks.a_step_is_told_once),
    Guard("an attempt is recorded before", _forget_to_record, checks.an_attempt_without_an_answer_is_a_doubt),
    Guard(
        "the alert is looked at again inside the lease",
        without(outbox, _BEGIN, "AND " + outbox._WANTED),
        checks.what_is_answered_meanwhile_is_not_sent,
    ),
    Guard(
        "a mail belongs to one climb",
        without(outbox, _BEGIN, "AND a.generation = n.generation"),
        checks.a_newer_climb_silences_the_older_one,
    ),
    Guard(
        "what is over is superseded",
        without(outbox, "_SUPERSEDE", "WHERE n.next_try_at", "WHERE false AND n.next_try_at"),
        checks.what_is_over_is_given_up_without_a_claim,
    ),
    Guard(
        "a lease ends",
        without(outbox, _BEGIN, "AND n.lease_until > clock_timestamp()"),
        checks.a_sender_past_its_lease_begins_nothing,
    ),
    Guard(
        "a mail is begun with the token of its lease",
        without(outbox, _BEGIN, "n.lease_token = %(token)s AND n.lease_until", "n.lease_until"),
        checks.a_sender_begins_only_what_is_its_own,
    ),
    Guard(
        "a mail is settled with the token of its lease",
        without(
            outbox, _BEGIN, "WHERE id = %(settled)s AND lease_token = %(token)s", "WHERE id = %(settled)s"
        ),
        checks.a_sender_settles_only_what_is_its_own,
    ),
    Guard(
        "a sender holds a lock while it lives",
        without(outbox, "_HOLD", "pg_advisory_lock(%(senders)s", "greatest(%(senders)s"),
        checks.what_a_living_sender_holds_is_left_to_it,
    ),
    Guard(
        "a lock that is gone frees what was held",
        without(outbox, "_RECOVER", f"OR {_NOT_LIVING}"),
        checks.what_a_dead_sender_held_is_taken_back_at_once,
    ),
    Guard(
        "a lease that is over frees what was held",
        without(outbox, "_RECOVER", _LEASE_OVER),
        checks.what_a_frozen_sender_holds_is_taken_back_in_the_end,
    ),
    Guard(
        "senders pass over what others hold",
        without(outbox, "_CLAIM", _SKIP, _SKIP.removesuffix(" SKIP LOCKED")),
        checks.two_senders_do_not_wait_for_each_other,
    ),
    Guard(
        "engines pass over what others hold",
        _pass_nothing_over,
        checks.an_alert_that_somebody_holds_is_passed_over,
    ),
    Guard("one engine at a time", _leave_engines_to_themselves, checks.one_engine_climbs_at_a_time),
    Guard(
        "a doubt is repeated once",
        lambda patch: patch.setattr(outbox, "DOUBTS", 9),
        checks.nobody_is_told_three_times,
    ),
]
