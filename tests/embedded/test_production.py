"""Outside of `make up` nothing has an unsafe default: what is missing stops the start and is named."""

import os
import secrets
import subprocess
import sys

import pytest

from tests.embedded.conftest import ROOT

KNOWN = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "ice.example.org",
    "PUBLIC_URL": "https://ice.example.org",
    "DATABASE_URL": "postgresql://ice@127.0.0.1:1/ice",
    "REDIS_URL": "unix:///run/redis.sock?db=3",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "BEHIND_PROXY": "1",
}
TELL = "from config import settings as s; print(s.TRUSTED_PROXIES, s.CACHES['default']['LOCATION'])"


def start(**over: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in (KNOWN | over).items() if value}
    env |= {"PATH": os.environ["PATH"]}
    return subprocess.run(
        [sys.executable, "-c", TELL], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_starts_with_all_that_is_required() -> None:
    done = start()

    assert (done.returncode, done.stdout) == (0, "1 unix:///run/redis.sock?db=3\n"), done.stderr


@pytest.mark.parametrize(
    ("over", "complaint"),
    [
        ({"BEHIND_PROXY": ""}, "BEHIND_PROXY must say how many proxies"),
        ({"BEHIND_PROXY": "yes"}, "expected a whole number 0 to 5"),
        ({"PUBLIC_URL": "http://ice.example.org"}, "PUBLIC_URL must begin with https"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"SECRET_KEY": "short"}, "at least 50 random characters"),
        ({"KEEP_ANSWERS_DAYS": "6"}, "expected a whole number 7 to 365"),
        ({"THROTTLE_WRITE": "many"}, "THROTTLE_WRITE='many'"),
    ],
)
def test_does_not_start_with_what_is_not_safe(over: dict[str, str], complaint: str) -> None:
    done = start(**over)

    assert done.returncode == 1
    assert complaint in done.stderr
