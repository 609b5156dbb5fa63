import pytest
from pytest_django.fixtures import Settings

from tests.tracker.gatewayservers import Gateway
from tracker.choices import Part
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats
from tracker.services.outside import tell_outside

pytestmark = pytest.mark.django_db


@pytest.fixture
def monitor(gateway: Gateway, settings: Settings) -> Gateway:
    settings.HEARTBEAT_URL = gateway.url
    heartbeats.beat([Part.CYCLE, *LONGEST_SILENCE])
    return gateway


def test_a_clean_watch_is_told_outside(monitor: Gateway) -> None:
    assert tell_outside()

    (request,) = monitor.requests
    assert (request.method, request.path, request.body) == ("GET", "/ice", b"")


def test_a_turn_that_broke_is_not_told(monitor: Gateway) -> None:
    heartbeats.fail([Part.CYCLE], error="escalate")

    assert not tell_outside()
    assert monitor.requests == []


def test_without_an_address_nobody_is_asked(monitor: Gateway, settings: Settings) -> None:
    settings.HEARTBEAT_URL = ""

    assert not tell_outside()
    assert monitor.requests == []


def test_a_monitor_that_refuses_or_is_away_breaks_nothing(monitor: Gateway, settings: Settings) -> None:
    monitor.status = 500
    assert not tell_outside()

    settings.HEARTBEAT_URL = "http://127.0.0.1:9/"
    assert not tell_outside()
