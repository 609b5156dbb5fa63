import pytest

from incidents.choices import Language
from incidents.errors import BadTransition, BrokenRule, Invalid, Missing
from incidents.models import JournalEntry
from tests.factories import make_actor, make_organization
from tests.tracker.watchers import (
    alert_of,
    make_hook,
    make_message,
    make_notification,
    minutes,
    refresh,
)
from tracker.choices import HookFormat
from tracker.hooks import signing
from tracker.models import Hook, Notification
from tracker.services import deliveries, hooks, outbox

pytestmark = pytest.mark.django_db
BOTH = [Language.CHINESE, Language.ENGLISH]


def test_a_gateway_is_made_with_a_secret_that_is_seen_once() -> None:
    ours = make_organization()

    hook, secret = hooks.make(
        name="短信", url="http://10.0.0.5/sms", languages=BOTH, organization=ours, by=make_actor()
    )

    assert signing.secret_of(hook.uuid, 1, digest=hook.secret_digest) == secret
    entry = JournalEntry.objects.get(kind="hook.made")
    assert entry.organization == ours
    assert "secret_digest" not in entry.after
    assert secret not in str(entry.after)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://user:word@gateway/", "gopher://x/", ""])
def test_an_address_that_may_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        hooks.make(name="g", url=url, languages=BOTH, by=make_actor())

    assert not Hook.objects.exists()


def test_an_organisation_has_one_that_is_switched_on() -> None:
    ours = make_organization()
    first = make_hook(organization=ours)
    with pytest.raises(BrokenRule, match="hook_one_at_work_an_organization"):
        make_hook(organization=ours)
    hooks.switch(first, on=False, reason="换新", at=minutes(0), by=make_actor())

    make_hook(organization=ours)
    with pytest.raises(BrokenRule):
        hooks.switch(first, on=True, reason="误", at=minutes(0), by=make_actor())

    assert Hook.objects.filter(enabled=True).count() == 1


def test_what_is_changed_may_be_what_was_wrong() -> None:
    hook = make_hook()
    Hook.objects.update(failures=4, failing_since=minutes(0), rests_until=minutes(1), last_error="refused")

    changed = hooks.change(
        hook, name="新", url="https://sms.grid/", languages=BOTH, form=HookFormat.SHORT, by=make_actor()
    )

    assert (changed.failures, changed.rests_until, changed.last_error) == (0, None, "")
    assert (changed.format, changed.url) == ("short", "https://sms.grid/")
    entry = JournalEntry.objects.get(kind="hook.changed")
    assert entry.before is not None
    assert entry.before["url"] == "http://127.0.0.1:9/"


def test_a_new_secret_makes_the_old_one_worthless_and_says_why() -> None:
    hook, old = hooks.make(name="g", url="http://10.0.0.5/", languages=BOTH, by=make_actor())
    with pytest.raises(Missing):
        hooks.renew_secret(hook, reason="", by=make_actor())

    renewed, secret = hooks.renew_secret(hook, reason="泄露", by=make_actor())
    renewed.refresh_from_db()

    assert secret != old
    assert signing.secret_of(renewed.uuid, renewed.secret_number, digest=renewed.secret_digest) == secret
    assert JournalEntry.objects.get(kind="hook.secret_renewed").reason == "泄露"


def test_switching_off_lets_what_is_owed_fail_with_the_reason() -> None:
    hook = make_hook()
    alert = alert_of(make_notification())
    owed, done = (
        make_message(hook, alert=alert),
        make_message(hook, alert=alert, state="accepted", next_try_at=None, accepted_at=minutes(0)),
    )
    held = make_message(
        hook, alert=alert, state="held", held_by="quiet", held_until=minutes(9), next_try_at=None
    )

    hooks.switch(hook, on=False, reason="维护", at=minutes(0), by=make_actor())
    hooks.switch(hook, on=False, reason="再次", at=minutes(0), by=make_actor())

    assert [refresh(row).state for row in (owed, held, done)] == ["failed", "failed", "accepted"]
    assert owed.last_error == hooks.SWITCHED_OFF
    assert JournalEntry.objects.filter(kind="hook.switched").count() == 1


# --- sent again by hand


def ended(hook: Hook, **over: object) -> Notification:
    values = {"state": "accepted", "attempts": 1, "next_try_at": None, "accepted_at": minutes(0)} | over
    return make_message(hook, **values)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"state": "failed", "accepted_at": None, "last_error": "422"},
        {"state": "superseded", "accepted_at": None},
        {"state": "uncertain", "accepted_at": None, "doubts": 1},
    ],
)
def test_a_message_is_sent_again_whatever_became_of_its_alert(state: dict[str, object]) -> None:
    hook = make_hook()
    row = ended(hook, **state)
    type(alert_of(row)).objects.update(
        state="resolved", resolved_why="cleared", resolved_at=minutes(1), next_due_at=None
    )

    again = deliveries.send_again(row, reason="网关丢失", by=make_actor(now=minutes(5)))

    assert (again.state, again.next_try_at, again.replayed_at) == ("queued", minutes(5), minutes(5))
    outbox.tidy(now=minutes(6))
    assert refresh(row).state == "queued"
    entry = JournalEntry.objects.get(kind="notification.sent_again")
    assert (entry.reason, entry.before is not None) == ("网关丢失", True)
    assert entry.organization == alert_of(row).organization


@pytest.mark.parametrize(
    "state",
    [
        {"state": "queued", "next_try_at": minutes(3), "accepted_at": None},
        {"state": "held", "held_by": "quiet", "held_until": minutes(9), "accepted_at": None},
    ],
)
def test_what_is_still_owed_is_not_sent_again(state: dict[str, object]) -> None:
    row = ended(make_hook(), **state)

    with pytest.raises(BadTransition):
        deliveries.send_again(row, reason="x", by=make_actor())

    assert refresh(row).replayed_at is None


def test_neither_a_mail_nor_what_went_to_a_gateway_that_is_off() -> None:
    mail = make_notification(state="accepted", next_try_at=None, accepted_at=minutes(0))
    hook = make_hook()
    row = ended(hook, alert=alert_of(mail))
    with pytest.raises(Missing):
        deliveries.send_again(row, reason=" ", by=make_actor())
    hooks.switch(hook, on=False, reason="维护", at=minutes(0), by=make_actor())

    for each in (mail, row):
        with pytest.raises(BadTransition):
            deliveries.send_again(each, reason="x", by=make_actor())
