"""How often one may ask: by phone, by person and by address, over all processes, with Redis and without."""

import os
import signal
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.cache.backends.redis import RedisCache
from django.http import HttpRequest
from django.test import Client
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from config import env
from incidents.api import limits
from incidents.api.addresses import address_of
from incidents.api.limits import Limiter, limiter
from incidents.choices import Role
from incidents.models import IceReading
from tests.factories import make_organization, make_user
from tests.incidents.api.conftest import Phone, enrolled
from tests.redisserver import running


class Broken:
    """A Redis that is gone."""

    def __init__(self) -> None:
        self.asked = 0

    def add(self, *_: Any, **__: Any) -> None:
        self.asked += 1
        raise ConnectionError


@pytest.fixture
def few(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """At most five requests in a minute that does not end."""
    monkeypatch.setattr(limiter, "_clock", lambda: 120.0)
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, 5)
    cache.clear()
    limiter.forget()
    yield
    limiter.forget()
    cache.clear()


def a_limiter(at: list[float] | None = None) -> Limiter:
    moment = at or [120.0]
    return Limiter(clock=lambda: moment[0])


def let_in(one: Limiter, who: str, *, times: int, known: bool = True, bucket: str = "write") -> int:
    return sum(one.wait_s(bucket, who, known=known) == 0 for _ in range(times))


@pytest.mark.usefixtures("few")
def test_a_limit_is_one_over_all_processes_and_new_every_minute() -> None:
    moment = [120.0]
    first, second = a_limiter(moment), a_limiter(moment)

    assert let_in(first, "a", times=3) + let_in(second, "a", times=9) == 5
    assert let_in(first, "b", times=9) == 5
    assert (first.wait_s("write", "a", known=True), first.wait_s("read", "a", known=True)) == (60, 0)
    moment[0] = 150.0
    assert second.wait_s("write", "a", known=True) == 30
    moment[0] = 180.0
    assert let_in(second, "a", times=9) == 5


@pytest.mark.usefixtures("few")
def test_none_is_no_limit(settings: Settings) -> None:
    settings.THROTTLES = {"write": 0}

    assert let_in(a_limiter(), "a", times=1000) == 1000


@pytest.mark.usefixtures("few")
def test_one_request_in_many_asks_redis(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.THROTTLES = {"write": 3000}
    asked: list[int] = []
    count = cache.incr

    def counted(key: str, by: int) -> int:
        asked.append(by)
        return int(count(key, by))

    monkeypatch.setattr(cache, "incr", counted)

    assert let_in(a_limiter(), "a", times=3500) == 3000

    assert asked == [100] * 31


@pytest.mark.usefixtures("few")
def test_s22_without_redis_phones_go_on_and_strangers_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """S22: fail open for known devices, closed with a limit of each process for whoever is not."""
    gone = Broken()
    monkeypatch.setattr(limits, "cache", gone)
    one = a_limiter()

    assert let_in(one, "device", times=50) == 50
    assert let_in(one, "address", times=50, known=False, bucket="enrol") == 5
    assert (gone.asked, one.failures) == (1, 1)  # then it is left alone


@pytest.mark.usefixtures("few")
def test_a_redis_that_is_slow_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter([0.0, 0.06, 0.06, 0.07, 0.08])
    one = Limiter(clock=lambda: 120.0, stopwatch=lambda: next(seconds))

    assert let_in(one, "a", times=2) == 2

    assert one.failures == 1


@pytest.mark.alone
@pytest.mark.usefixtures("few")
def test_a_redis_that_hangs_costs_one_blink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped as by a debugger: it takes connections and never answers."""
    with running() as redis:
        monkeypatch.setenv("REDIS_URL", redis.url)
        known = env.cache("REDIS_URL")
        hanging = RedisCache(known["LOCATION"], known)
        monkeypatch.setattr(limits, "cache", hanging)
        one = a_limiter()
        assert let_in(one, "a", times=1) == 1
        assert one.failures == 0
        process = redis._process
        assert process is not None
        os.kill(process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            allowed = let_in(one, "b", times=200)
            took = time.monotonic() - began
        finally:
            os.kill(process.pid, signal.SIGCONT)

    assert (allowed, one.failures) == (200, 1)
    assert took < 0.1 or os.getloadavg()[0] > 4


@pytest.mark.usefixtures("few")
def test_counting_costs_next_to_nothing(settings: Settings) -> None:
    settings.THROTTLES = {"write": 1_000_000}
    one = a_limiter()
    began = time.process_time()

    let_in(one, "a", times=10_000)

    assert (time.process_time() - began) / 10_000 < 0.0003


@pytest.mark.usefixtures("few")
def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_MOST_CALLERS", 10)
    one = a_limiter()

    for number in range(50):
        one.wait_s("write", str(number), known=True)

    assert len(one._accounts) <= 11


@pytest.mark.usefixtures("few")
def test_a_phone_is_told_when_to_come_again_and_others_are_not_held_up(phone: Phone) -> None:
    answers = [phone.post(phone.reading()) for _ in range(6)]

    refused = answers[-1]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert refused["Content-Type"] == "application/problem+json"
    told = refused.json()
    assert (told["code"], told["final"]) == ("throttled", False)
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert IceReading.objects.count() == 5
    assert phone.get("me/").status_code == 200  # reads are counted apart
    other = enrolled(phone.user)
    assert other.post("/api/v1/ice-readings/", phone.reading(), format="json").status_code == 201


def try_to_enrol(**headers: str) -> int:
    body = {"code": "A" * 32, "client_id": str(uuid4()), "name": "手机"}
    answer = APIClient().post("/api/v1/enrol/", body, format="json", **headers)  # type: ignore[arg-type]
    return int(answer.status_code)


FORGED = [
    lambda n: {"HTTP_X_FORWARDED_FOR": f"203.0.113.{n}"},
    lambda n: {"HTTP_X_FORWARDED_FOR": f"203.0.113.{n}, 198.51.100.7"},
    lambda n: {"HTTP_FORWARDED": f"for=203.0.113.{n}"},
    lambda n: {"HTTP_X_REAL_IP": f"203.0.113.{n}", "HTTP_CLIENT_IP": f"203.0.113.{n}"},
]


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("forge", FORGED)
def test_s21_reached_directly_no_header_changes_who_one_is(forge: Any) -> None:
    """S21: 30 requests with 30 forged addresses pass a limit of 5 five times."""
    answers = [try_to_enrol(**forge(number)) for number in range(30)]

    assert (answers.count(400), answers.count(429)) == (5, 25)


@pytest.mark.django_db
@pytest.mark.usefixtures("few")
def test_s21_behind_a_proxy_that_appends_the_last_word_is_its_own(settings: Settings) -> None:
    """S21: what the proxy wrote counts, whatever stood there before it."""
    settings.TRUSTED_PROXIES = 1

    answers = [try_to_enrol(HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7") for number in range(30)]

    assert answers.count(400) == 5
    assert try_to_enrol(HTTP_X_FORWARDED_FOR="198.51.100.8") == 400


@pytest.mark.parametrize(
    ("proxies", "heard", "peer", "found"),
    [
        (0, "203.0.113.1", "10.0.0.1", "10.0.0.1"),
        (1, None, "10.0.0.1", "10.0.0.1"),
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "forged, 203.0.113.1", "10.0.0.1", "203.0.113.1"),
        (1, "203.0.113.1, unknown", "10.0.0.1", "10.0.0.1"),
        (2, "forged, 203.0.113.1, 10.0.0.2", "10.0.0.1", "203.0.113.1"),
        (2, "203.0.113.1", "10.0.0.1", "10.0.0.1"),
        (1, "203.0.113.1:5123", "10.0.0.1", "203.0.113.1"),
        (1, "[2001:db8:1:2:3::4]:5123", "10.0.0.1", "2001:db8:1:2::/64"),
        (0, None, "2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        (0, None, "::ffff:203.0.113.1", "203.0.113.1"),
        (0, None, "", ""),
    ],
)
def test_whose_address_it_is(
    settings: Settings, proxies: int, heard: str | None, peer: str, found: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer} | ({} if heard is None else {"HTTP_X_FORWARDED_FOR": heard})

    assert address_of(request) == found


@pytest.mark.usefixtures("few")
def test_guessing_tokens_is_stopped_and_keeps_no_phone_of_that_address_out(phone: Phone) -> None:
    stranger = APIClient()
    stranger.credentials(HTTP_AUTHORIZATION="Bearer wrong")

    answers = [stranger.get("/api/v1/me/").status_code for _ in range(8)]

    assert answers == [401] * 5 + [429] * 3
    assert phone.get("me/").status_code == 200


@pytest.mark.usefixtures("few")
def test_guessing_passwords_is_stopped_even_for_the_right_one(client: Client, db: None) -> None:
    user = make_user(password="long enough 2024", is_superuser=True)
    wrong = {"username": user.username, "password": "wrong"}
    answers = [client.post("/admin/login/", wrong).status_code for _ in range(5)]

    refused = client.post("/admin/login/", wrong | {"password": "long enough 2024"})

    assert answers == [200] * 5
    assert refused.status_code == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert "_auth_user_id" not in client.session


@pytest.mark.usefixtures("few")
def test_a_busy_address_signs_in_as_long_as_it_makes_no_attempts_too_many(client: Client, db: None) -> None:
    user = make_user(password="long enough 2024")
    organization = make_organization()
    user.memberships.create(organization=organization, role=Role.DISPATCHER, since_at=user.date_joined)

    answer = client.post("/admin/login/", {"username": user.username, "password": "long enough 2024"})

    assert answer.status_code == 302
