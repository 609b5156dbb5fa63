"""A turn is left out only where nothing calls for one, and never for longer than a few seconds."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from incidents.choices import Grade, OrganizationLevel
from incidents.services import organizations
from tests.factories import make_actor
from tests.tracker.mailservers import Mailbox
from tests.tracker.watchers import load_rules, make_alert, make_icing, make_notification, minutes
from tracker.choices import HeldBy, NotificationState, Part
from tracker.models import Alert, Heartbeat, Notification
from tracker.selectors.glance import REST, glance
from tracker.services import watch
from tracker.services.evaluate import Evaluated

pytestmark = pytest.mark.django_db
SOON = minutes(0) + timedelta(seconds=2)


@pytest.fixture
def turned() -> None:
    """A clean turn at the beginning, with an open alert and a mail that wait for later."""
    load_rules()
    alert = make_alert(next_due_at=minutes(30), next_step=2, subject_id=make_icing(Grade.RED).section_id)
    make_notification(alert=alert, next_try_at=minutes(30))
    for _ in range(2):  # the first writes to the journal who the system is
        watch.turn(now=minutes(0))
    Alert.objects.update(next_due_at=minutes(30))
    Notification.objects.update(next_try_at=minutes(30))


def write_something() -> None:
    organizations.create(name="县公司", level=OrganizationLevel.COUNTY, at=minutes(0), by=make_actor())


def make_due(**change: object) -> Callable[[], object]:
    return lambda: Notification.objects.update(**change)


def test_after_a_clean_turn_with_nothing_due_it_is_quiet_for_a_while(turned: None) -> None:
    assert glance(now=SOON).is_quiet
    assert not glance(now=minutes(0) + REST + timedelta(seconds=1)).has_looked
    assert not glance(now=minutes(0) - timedelta(seconds=1)).has_looked  # the clock was set back


@pytest.mark.parametrize(
    "call",
    [
        write_something,
        lambda: Alert.objects.update(next_due_at=SOON),
        make_due(next_try_at=SOON),
        make_due(state=NotificationState.HELD, held_by=HeldBy.QUIET, held_until=SOON, next_try_at=None),
        make_due(
            state=NotificationState.LEASED,
            lease_until=minutes(30),
            lease_token="00000000-0000-4000-8000-000000000000",
            next_try_at=None,
        ),
    ],
    ids=["written", "step", "mail", "held", "being sent"],
)
def test_whatever_has_to_be_done_calls(turned: None, call: Callable[[], object]) -> None:
    assert glance(now=SOON).is_quiet

    call()

    assert not glance(now=SOON).is_quiet


def test_a_turn_that_broke_is_followed_by_another(turned: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "evaluate", lambda **_: Evaluated(broken=["E01"]))

    watch.turn(now=SOON)

    assert not glance(now=SOON).is_quiet


def test_a_quiet_watch_lives_and_keeps_what_it_did_last(turned: None) -> None:
    before = Heartbeat.objects.get(name=Part.CYCLE)
    section = make_icing(Grade.RED).section  # past the journal: only a turn would see it

    watch.turn_if_called(now=SOON, signs=[Part.WORKER])

    after = Heartbeat.objects.get(name=Part.CYCLE)
    assert before.beat_at is not None
    assert after.beat_at is not None
    assert after.beat_at > before.beat_at
    assert after.detail == before.detail
    assert Heartbeat.objects.get(name=Part.WORKER).beat_at is not None
    assert not Alert.objects.filter(subject_id=section.pk).exists()

    watch.turn_if_called(now=minutes(1), signs=[Part.WORKER])

    assert Alert.objects.filter(subject_id=section.pk).exists()


def test_what_is_due_is_told_without_asking_the_rules_again(turned: None, mailbox: Mailbox) -> None:
    section = make_icing(Grade.RED).section
    Notification.objects.update(next_try_at=SOON)
    before = Heartbeat.objects.get(name=Part.CYCLE)

    watch.turn_if_called(now=SOON, signs=[])

    assert len(mailbox.mails) == 1
    assert not Alert.objects.filter(subject_id=section.pk).exists()
    assert Heartbeat.objects.get(name=Part.CYCLE).detail == before.detail


def test_what_breaks_while_telling_is_told_and_a_whole_turn_follows(
    turned: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    Alert.objects.update(next_due_at=SOON)
    monkeypatch.setattr(watch, "escalate", lambda **_: Evaluated(broken=["E01"]))

    watch.turn_if_called(now=SOON, signs=[])

    assert Heartbeat.objects.get(name=Part.CYCLE).detail == {"error": "escalate"}
    assert not glance(now=SOON).has_looked
