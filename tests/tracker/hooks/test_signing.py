import re
from typing import Any
from uuid import UUID

from pytest_django.fixtures import Settings

from tests.architecture.source import ROOT
from tracker.hooks import signing

WHO = UUID("00000000-0000-4000-8000-000000000001")


def test_the_same_key_identity_and_number_make_the_same_secret() -> None:
    secret = signing.new_secret(WHO, 1)

    assert secret == signing.new_secret(WHO, 1)
    assert re.fullmatch(r"ice_[A-Za-z0-9_-]{43}", secret)
    assert signing.new_secret(WHO, 2) != secret
    assert signing.new_secret(UUID(int=WHO.int + 1), 1) != secret


def test_a_changed_key_goes_on_signing_while_the_old_one_is_kept(settings: Settings) -> None:
    secret = signing.new_secret(WHO, 1)
    digest = signing.digest_of(secret)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key"

    settings.SECRET_KEY_FALLBACKS = [old]
    assert signing.secret_of(WHO, 1, digest=digest) == secret
    settings.SECRET_KEY_FALLBACKS = []
    assert signing.secret_of(WHO, 1, digest=digest) is None


def sample() -> Any:
    """The sample of the documentation, as whoever receives takes it."""
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - our own documentation
    return names["is_from_the_watch"]


def test_the_documented_sample_knows_us() -> None:
    from time import time  # noqa: PLC0415

    secret, body, now = signing.new_secret(WHO, 1), '{"v":1,"text":"覆冰"}'.encode(), int(time())
    headers = {
        "X-Ice-Timestamp": str(now),
        "X-Ice-Signature": signing.signature(secret, timestamp=now, body=body),
    }
    knows = sample()

    assert knows(secret, headers, body)
    assert not knows(secret, headers, body + b" ")
    assert not knows(signing.new_secret(WHO, 2), headers, body)
    assert not knows(secret, headers | {"X-Ice-Timestamp": str(now + 1)}, body)
    assert not knows(secret, {}, body)
    old = now - 301
    late = {
        "X-Ice-Timestamp": str(old),
        "X-Ice-Signature": signing.signature(secret, timestamp=old, body=body),
    }
    assert not knows(secret, late, body)
