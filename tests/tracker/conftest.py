"""The watch's surroundings: a mail server that keeps a log, Redis, people on duty."""

from collections.abc import Callable, Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.tracker import gatewayservers
from tests.tracker.gatewayservers import Gateway
from tests.tracker.mailservers import Hostile, Mailbox, Talk, honest


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """An honest mail server that the watch sends through."""
    box = Mailbox()
    with honest(box) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield box


@pytest.fixture
def hostile(settings: Settings) -> Iterator[Callable[[Talk], Hostile]]:
    """A mail server with a conversation of its own that the watch sends through."""
    begun: list[Hostile] = []

    def begin(talk: Talk) -> Hostile:
        begun.append(Hostile(talk))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", begun[-1].port
        return begun[-1]

    yield begin
    for server in begun:
        server.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """An honest gateway for text messages."""
    with gatewayservers.running(Gateway()) as gateway:
        yield gateway
