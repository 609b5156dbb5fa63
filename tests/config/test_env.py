"""Settings of delivery and monitoring: each mistake stops the start and is named."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env


def test_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_NETWORKS", "10.0.0.0/8, fd00::/8")
    assert env.networks("METRICS_NETWORKS", "") == [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]

    monkeypatch.delenv("METRICS_NETWORKS")
    assert env.networks("METRICS_NETWORKS", "127.0.0.0/8") == [ip_network("127.0.0.0/8")]


@pytest.mark.parametrize("value", ["10.0.0.1/8", "everybody", "10.0.0.0/40"])
def test_what_is_no_network_is_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("METRICS_NETWORKS", value)
    with pytest.raises(ImproperlyConfigured, match="METRICS_NETWORKS"):
        env.networks("METRICS_NETWORKS", "")


@pytest.mark.parametrize(
    ("value", "is_fine"), [("", True), ("x" * 24, True), ("x" * 23, False), ("密" * 30, False)]
)
def test_a_token_cannot_be_guessed(monkeypatch: pytest.MonkeyPatch, value: str, is_fine: bool) -> None:  # noqa: FBT001
    monkeypatch.setenv("METRICS_TOKEN", value)
    if is_fine:
        assert env.token("METRICS_TOKEN") == value
    else:
        with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
            env.token("METRICS_TOKEN")


@pytest.mark.parametrize("value", ["", "https://monitor.example/ping/1", "http://10.0.0.9:8080/x"])
def test_an_outside_monitor_is_asked_by_http(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HEARTBEAT_URL", value)
    assert env.http("HEARTBEAT_URL") == value


@pytest.mark.parametrize(
    "value", ["file:///etc/passwd", "monitor.example", "http://", "http://a:b@c/", "http://c:x/"]
)
def test_and_by_nothing_else(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("HEARTBEAT_URL", value)
    with pytest.raises(ImproperlyConfigured, match="HEARTBEAT_URL"):
        env.http("HEARTBEAT_URL")
