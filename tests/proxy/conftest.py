"""The proxy as it is shipped, in front of a server as production runs it."""

import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings

from tests.bench.servers import Server, free_port
from tests.debian import program
from tests.incidents.api.conftest import Phone, make_phone

SHIPPED = Path(__file__).parents[2] / "docs" / "nginx"
BODY_TIMEOUT_S = 2
_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    upstream ice_web {{ server 127.0.0.1:{web}; }}
    limit_conn_zone $binary_remote_addr zone=ice_connections:1m;
    server {{
        listen 127.0.0.1:{port};
        include {folder}/ice-locations.conf;
    }}
}}
"""


@dataclass(frozen=True)
class Site:
    """Where the proxy and the web process behind it listen, and a phone that may report."""

    port: int
    web: Server
    phone: Phone
    token: str


@pytest.fixture
def site(transactional_db: None, tmp_path: Path) -> Iterator[Site]:
    nginx = program("nginx", "nginx-light")
    name = settings.DATABASES["default"]["NAME"]
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    web = Server("config.wsgi:application", DATABASE_URL=url)
    tmp_path.chmod(0o755)
    port = free_port()
    shipped = (SHIPPED / "ice-locations.conf").read_text()
    quicker, changed = re.subn(r"client_body_timeout +20s", f"client_body_timeout {BODY_TIMEOUT_S}s", shipped)
    assert changed == 1
    (tmp_path / "ice-locations.conf").write_text(quicker)
    (tmp_path / "nginx.conf").write_text(
        _CONFIG.format(user=_user(), folder=tmp_path, web=web.port, port=port)
    )
    running = subprocess.Popen([nginx, "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")])
    try:
        _until_open(port)
        phone = make_phone()
        authorization = phone.client._credentials["HTTP_AUTHORIZATION"]  # type: ignore[attr-defined]
        yield Site(port=port, web=web, phone=phone, token=authorization.removeprefix("Bearer "))
    finally:
        running.terminate()
        running.wait(20)
        web.stop()


def _user() -> str:
    """Return the directive that lets the workers write into the folder of the test."""
    return "user root;" if os.geteuid() == 0 else ""


def _until_open(port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with suppress(OSError), closing(create_connection(("127.0.0.1", port), timeout=1)):
            return
        time.sleep(0.05)
    raise TimeoutError(port)
