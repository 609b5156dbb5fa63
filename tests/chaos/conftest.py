"""The mail server that the watch of this process sends through."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.tracker.mailservers import Mailbox, honest


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    """An honest one, whose log is the truth."""
    box = Mailbox()
    with honest(box) as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield box
