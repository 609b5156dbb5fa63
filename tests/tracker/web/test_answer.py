"""Answering from a mail: looking changes nothing, the button does, and never over something newer."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.choices import Role
from incidents.journal import Actor
from incidents.models import JournalEntry, User
from tests.desk import give_role
from tests.factories import make_user
from tests.tracker.watchers import make_alert, make_member, minutes
from tracker.choices import AlertState
from tracker.models import Alert, AlertEvent
from tracker.services import alerts
from tracker.services.links import Claim, token_of
from tracker.web import answer as page
from tracker.web.limits import Turnstile

pytestmark = pytest.mark.django_db
TAKE = {"what": "acknowledge"}


@pytest.fixture(autouse=True)
def turnstile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_turnstile", Turnstile())


@pytest.fixture
def alert(db: None) -> Alert:
    return make_alert()


@pytest.fixture
def person(alert: Alert) -> User:
    return make_member(make_user(), alert.organization)


def link(alert: Alert, person: User, *, generation: int = 1, hours: float = 24) -> str:
    claim = Claim(
        alert_id=alert.pk,
        generation=generation,
        user_id=person.pk,
        ends_at=timezone.now() + timedelta(hours=hours),
    )
    return reverse("answer", args=[token_of(claim)])


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing_whoever_looks(
    client: Client, alert: Alert, person: User, method: str
) -> None:
    for _ in range(3):
        answer = getattr(client, method)(link(alert, person))
        assert answer.status_code == 200

    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING
    assert not AlertEvent.objects.exists()


def test_the_button_acknowledges_in_the_persons_name_without_a_cookie(alert: Alert, person: User) -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post(link(alert, person), TAKE)

    alert.refresh_from_db()
    assert answer.status_code == 200
    assert (alert.state, alert.acknowledged_by) == (AlertState.ACKNOWLEDGED, person)
    assert AlertEvent.objects.get().detail["through"] == "mail"
    assert JournalEntry.objects.get(kind="alert.acknowledged").by == person
    assert answer.cookies == {}


def test_the_page_is_sealed(client: Client, alert: Alert, person: User) -> None:
    answer = client.get(link(alert, person))

    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    html = answer.content.decode()
    assert "<script" not in html
    assert "style=" not in html
    assert person.email not in html
    assert person.display_name not in html


def test_pressing_twice_says_that_one_has_it(client: Client, alert: Alert, person: User) -> None:
    client.post(link(alert, person), TAKE)
    again = client.post(link(alert, person), TAKE)

    assert again.status_code == 409
    assert again.context["is_mine"]
    assert AlertEvent.objects.count() == 1


@pytest.mark.parametrize("state", ["worse", "acknowledged", "over"])
def test_an_old_link_undoes_nothing_newer_and_shows_what_stands(
    client: Client, alert: Alert, person: User, state: str
) -> None:
    old = link(alert, person)
    other = make_user()
    if state == "worse":
        Alert.objects.update(generation=2)
    elif state == "acknowledged":
        alerts.acknowledge(alert, at=minutes(1), by=_by(other))
    else:
        alerts.resolve(alert, reason="已处理", at=minutes(1), by=_by(other))
    before = Alert.objects.values().get()

    answer = client.post(old, TAKE)

    assert answer.status_code == 409
    assert Alert.objects.values().get() == before
    assert other.display_name not in answer.content.decode()
    assert not answer.context["may_take"]


def _by(user: User) -> Actor:
    return Actor(user=user, now=minutes(1))


def test_a_link_ends_after_a_day(client: Client, alert: Alert, person: User) -> None:
    for method in ("get", "post"):
        assert getattr(client, method)(link(alert, person, hours=-0.01), TAKE).status_code == 410
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


def test_a_closed_account_opens_nothing(client: Client, alert: Alert, person: User) -> None:
    url = link(alert, person)
    User.objects.update(is_active=False)

    assert client.get(url).status_code == client.post(url, TAKE).status_code == 404
    alert.refresh_from_db()
    assert alert.state == AlertState.FIRING


@pytest.mark.parametrize("token", ["nothing", "1-1-1-99999999999.forged", "é"])
def test_what_nobody_signed_leads_nowhere(client: Client, token: str) -> None:
    assert client.post(reverse("answer", args=[token]), TAKE).status_code == 404


def test_who_decides_may_snooze_and_end_and_others_only_take(
    client: Client, alert: Alert, person: User
) -> None:
    for what in ("snooze", "resolve", "delete", ""):
        said = {"what": what, "minutes": "60", "reason": "等天亮"}
        assert client.post(link(alert, person), said).status_code == 409
    assert "resolve" not in client.get(link(alert, person)).content.decode()
    assert not AlertEvent.objects.exists()

    give_role(person, alert.organization, Role.DISPATCHER)
    assert client.post(link(alert, person), {"what": "snooze", "minutes": "61"}).status_code == 409
    snoozed = client.post(link(alert, person), {"what": "snooze", "minutes": "60", "reason": "等天亮"})
    alert.refresh_from_db()
    assert (snoozed.status_code, alert.state) == (200, AlertState.ACKNOWLEDGED)
    assert alert.snoozed_until == alert.next_due_at
    without_words = client.post(link(alert, person), {"what": "resolve", "reason": " "})
    ended = client.post(link(alert, person), {"what": "resolve", "reason": "已处理"})
    alert.refresh_from_db()
    assert (without_words.status_code, ended.status_code, alert.state) == (409, 200, AlertState.RESOLVED)


def test_asking_too_often_is_answered_with_a_pause(
    client: Client, alert: Alert, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "_turnstile", Turnstile(a_minute=2))
    url = link(alert, person)

    answers = [client.get(url).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert client.get(url)["Retry-After"] == "60"
    assert client.get(link(alert, make_user())).status_code == 200


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_speaks_the_persons_language(
    client: Client, alert: Alert, person: User, language: str
) -> None:
    User.objects.update(language=language)

    assert f'lang="{language}"' in client.get(link(alert, person)).content.decode()
