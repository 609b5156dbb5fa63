import pytest

from incidents.errors import BadTransition, Missing
from incidents.models import JournalEntry
from tests.factories import STORM_NIGHT, make_actor, make_user
from tests.tracker.mail.test_returned import report
from tests.tracker.watchers import (
    alert_of,
    load_rule,
    load_rules,
    make_alert,
    make_hook,
    make_message,
    make_notification,
    make_post,
    minutes,
    refresh,
)
from tracker.checks import CHECKS
from tracker.choices import NotificationState
from tracker.mail.returned import Returned, read
from tracker.models import Alert, Bounce, Notification
from tracker.selectors.reachable import unreachable_by_mail
from tracker.services import bounces, outbox
from tracker.services.escalate import escalate
from tracker.services.evaluate import evaluate

pytestmark = pytest.mark.django_db
TOKEN = "00000000-0000-4000-8000-000000000001"


def back(row: Notification, *, at: float = 2) -> Bounce | None:
    returned = Returned(
        message_id=row.message_id, recipient=row.address, status="5.1.1", words="5.1.1 no such"
    )
    return bounces.take(returned, by=make_actor(now=minutes(at)))


def accepted(**over: object) -> Notification:
    values = {"state": "accepted", "attempts": 1, "next_try_at": None, "accepted_at": minutes(0)} | over
    return make_notification(**values)


def test_a_mail_that_came_back_is_marked_and_its_person_unreachable() -> None:
    row = accepted()

    bounce = back(row)

    assert bounce is not None
    assert (refresh(row).state, row.bounce, row.bounced_at) == ("bounced", "5.1.1 no such", minutes(2))
    assert row.accepted_at == minutes(0)
    assert unreachable_by_mail([row.recipient]) == {row.recipient_id: bounce}
    entry = JournalEntry.objects.get(kind="notification.bounced")
    assert (entry.subject_id, entry.reason) == (row.pk, "5.1.1 no such")


def test_a_mail_that_is_none_of_ours_changes_nothing() -> None:
    row = accepted()
    found = read(report())
    assert found is not None

    assert bounces.take(found, by=make_actor()) is None
    assert refresh(row).state == NotificationState.ACCEPTED


def test_the_same_report_again_changes_nothing() -> None:
    row = accepted()
    first, again = back(row), back(row, at=30)

    assert first == again
    assert refresh(row).bounced_at == minutes(2)
    assert JournalEntry.objects.filter(kind="notification.bounced").count() == 1


@pytest.mark.parametrize(
    "state",
    [
        {"state": "uncertain", "doubts": 1, "next_try_at": minutes(3)},
        {"state": "queued", "attempts": 1},
        {"state": "leased", "next_try_at": None, "lease_until": minutes(9), "lease_token": TOKEN},
    ],
)
def test_one_whose_repeat_is_owed_is_not_repeated(state: dict[str, object]) -> None:
    row = make_notification(**{"attempts": 1} | state)

    assert back(row) is not None

    assert (refresh(row).state, row.next_try_at, row.lease_token) == ("bounced", None, None)
    assert outbox.claim(now=minutes(60), limit=9, token=row.recipient.uuid) == []


@pytest.mark.parametrize("state", [{"attempts": 0}, {"state": "superseded", "next_try_at": None}])
def test_one_that_was_never_handed_over_does_not_come_back(state: dict[str, object]) -> None:
    row = make_notification(**state)
    before = row.state

    assert back(row) is None

    assert refresh(row).state == before


def test_a_message_to_a_gateway_is_no_mail() -> None:
    row = make_message(make_hook(), state="accepted", next_try_at=None, accepted_at=minutes(0), attempts=1)

    assert back(row) is None


def test_a_later_mail_that_is_taken_ends_it_and_an_earlier_one_does_not() -> None:
    row = accepted()
    back(row)
    accepted(recipient=row.recipient, alert=alert_of(row), level=2, accepted_at=minutes(1))
    assert bounces.clear_answered(now=minutes(3)) == 0

    accepted(recipient=row.recipient, alert=alert_of(row), level=3, accepted_at=minutes(3))

    assert bounces.clear_answered(now=minutes(4)) == 1
    assert unreachable_by_mail([row.recipient]) == {}
    assert Bounce.objects.get().cleared_by is None


def test_somebody_says_that_the_address_works_again_once_with_a_reason() -> None:
    row = accepted()
    bounce = back(row)
    assert bounce is not None
    with pytest.raises(Missing):
        bounces.clear(bounce, reason="", by=make_actor())
    assert unreachable_by_mail([row.recipient]) != {}

    cleared = bounces.clear(bounce, reason="邮箱已扩容", by=make_actor(now=minutes(5)))

    assert (cleared.cleared_at, cleared.reason) == (minutes(5), "邮箱已扩容")
    assert unreachable_by_mail([row.recipient, make_user()]) == {}
    with pytest.raises(BadTransition):
        bounces.clear(bounce, reason="again", by=make_actor())


# --- E36: somebody did not get a critical notice


def make_digest(row: Notification, **over: object) -> Notification:
    values: dict[str, object] = {
        "kind": "digest",
        "recipient": row.recipient,
        "channel": "mail",
        "address": row.address,
        "language": "zh-hans",
        "due_at": STORM_NIGHT,
        "created_at": STORM_NIGHT,
        "next_try_at": STORM_NIGHT,
        "message_id": f"<digest.{row.pk}@test>",
    } | over
    return Notification.objects.create(**values)


def look(at: float) -> list[Alert]:
    evaluate(now=minutes(at), checks=[CHECKS["E36"]])
    return list(Alert.objects.filter(rule_code="E36", state="firing"))


def test_a_critical_mail_that_comes_back_calls_the_next_role() -> None:
    load_rules("E01", "E36")
    where = make_post("D").organization
    chief, deputy = make_post("G", organization=where).user, make_post("V", organization=where).user
    alert = make_alert(organization=where)
    escalate(now=minutes(0))
    first = alert.notifications.get(recipient=Notification.objects.filter(alert=alert).first().recipient)  # type: ignore[union-attr]
    Notification.objects.update(state="accepted", attempts=1, next_try_at=None, accepted_at=minutes(0))
    assert look(6) == []

    back(first, at=7)
    (call,) = look(7)
    assert call.facts["people"] == str(first.recipient)
    escalate(now=minutes(7))

    told = {row.recipient for row in call.notifications.all()}
    assert {chief, deputy} < told  # G is the next rung of the red ladder, V stands in E36's own
    assert call.organization == where


def test_one_of_two_that_was_not_reached_is_enough() -> None:
    load_rule("E36")
    alert = make_alert()
    accepted(alert=alert)
    bad = make_notification(alert=alert, state="failed", next_try_at=None, last_error="550")

    (call,) = look(5)

    assert call.facts["people"] == str(bad.recipient)


def test_every_way_of_a_person_counts() -> None:
    load_rule("E36")
    alert = make_alert()
    bad = make_notification(alert=alert, state="failed", next_try_at=None, last_error="550")
    make_message(
        make_hook(),
        alert=alert,
        recipient=bad.recipient,
        state="accepted",
        next_try_at=None,
        accepted_at=minutes(0),
    )

    assert look(6) == []


@pytest.mark.parametrize(("state", "fires"), [("accepted", False), ("queued", True)])
def test_what_was_told_in_a_digest_counts_by_the_digest(state: str, fires: bool) -> None:  # noqa: FBT001
    load_rule("E36")
    alert = make_alert()
    over = {"next_try_at": None, "accepted_at": minutes(0)} if state == "accepted" else {}
    row = make_notification(alert=alert)
    digest = make_digest(row, state=state, **over)
    Notification.objects.filter(pk=row.pk).update(
        state="digested", held_by="stop", held_until=STORM_NIGHT, digest=digest, next_try_at=None
    )

    assert bool(look(6)) is fires


def test_a_ladder_that_begins_later_is_not_undelivered_yet() -> None:
    load_rule("E36")
    make_alert(climb_at=minutes(0), next_due_at=minutes(30))

    assert look(20) == []


def test_an_alert_that_reached_nobody_is_told_after_five_minutes() -> None:
    load_rules("E01", "E36")
    alert = make_alert()
    escalate(now=minutes(0))
    assert alert.events.filter(kind="nobody").exists()

    assert look(4) == []
    (call,) = look(5)

    assert "people" not in call.facts
    assert call.subject_id == alert.pk


def test_what_another_outage_explains_is_not_missed() -> None:
    load_rule("E36")
    alert = make_alert(folded_under=make_alert(severity="warning"), next_due_at=None)
    make_notification(alert=alert, state="failed", next_try_at=None, last_error="550")

    assert look(9) == []


def test_an_acknowledgement_is_an_answer() -> None:
    load_rule("E36")
    row = make_notification()
    assert look(6)
    Alert.objects.filter(pk=alert_of(row).pk).update(
        state="acknowledged", acknowledged_at=minutes(7), acknowledged_by=make_user()
    )

    assert look(8) == []


def test_the_next_role_moves_up_with_the_alert() -> None:
    load_rules("E01", "E36")
    posts = {role: make_post(role) for role in "D"}
    where = posts["D"].organization
    general, upper = make_post("G", organization=where).user, make_post("U", organization=where).user
    alert = make_alert(organization=where, next_step=3, next_due_at=minutes(15))
    make_notification(
        alert=alert, recipient=general, level=2, state="failed", next_try_at=None, last_error="x"
    )

    (call,) = look(6)
    escalate(now=minutes(6))

    assert {row.recipient for row in call.notifications.all()} == {posts["D"].user, upper}
