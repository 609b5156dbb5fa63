"""A real browser in front of the web server as production runs it, on the database of the test."""

import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.request import urlopen

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config.embedded.stack import WEB
from incidents.choices import Role
from incidents.models import Organization, User
from tests.bench.servers import free_port
from tests.debian import program
from tests.desk import give_role
from tests.factories import make_organization, make_user
from tests.phones.conftest import database_url
from tests.waiting import until

PASSWORD = "ice-and-bamboo-2024"


class Web:
    """The web server, which may be stopped and started again where it was."""

    def __init__(self, database: str) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        # The sessions that tests make and those that the server reads have to be signed alike.
        self._environment = os.environ | {"DATABASE_URL": database, "TEST_PUBLIC_URL": self.address}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", *WEB, "--bind", f"127.0.0.1:{self.port}", "--log-level", "error"]
        self._process = subprocess.Popen(command, env=self._environment)
        until(self._answers, within=90)

    def stop(self) -> None:
        """End it; connections are refused from now on."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            with urlopen(f"{self.address}/admin/login/", timeout=5) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="package")
def chromium(django_db_setup: None) -> Iterator[Browser]:
    """Debian's Chromium."""
    path = program("chromium", "chromium")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # It is steered from an event loop of its own in this thread; Django must not mind.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(chromium: Browser) -> Iterator[Web]:
    running = Web(database_url())
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def web(server: Web, transactional_db: None) -> Web:
    """The web server, on empty tables."""
    return server


@pytest.fixture
def ours(transactional_db: None) -> Organization:
    return make_organization(name="国网上虞区供电公司")


@pytest.fixture
def officer(ours: Organization) -> User:
    """A duty officer with a password."""
    user = give_role(make_user(display_name="周调度", username="diaodu"), ours, Role.DISPATCHER)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return user


@pytest.fixture
def context(chromium: Browser, web: Web) -> Iterator[BrowserContext]:
    made = chromium.new_context(base_url=web.address, viewport={"width": 1280, "height": 900})
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, officer: User, web: Web) -> Page:
    """A page of a browser in which the officer is signed in already."""
    sign_in(context, officer, web)
    return context.new_page()


def sign_in(context: BrowserContext, user: User, web: Web) -> None:
    """Give a browser the session of a person who has signed in."""
    client = Client()
    client.force_login(user)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": web.address}]
    )
