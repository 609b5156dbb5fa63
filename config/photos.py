"""Where photos are kept, and how many: a folder of this machine or an S3-compatible store."""

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import env

_EXPECTED = "expected file:///folder or s3+https://key:secret@host:port/bucket?region=…"
_SCHEMES = {"s3+https": "https", "s3+http": "http"}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How many photos are taken; all are our defaults, for a night in which one store serves a county.

    Attributes:
        a_day: Photos that one person may announce in a day.
        mib_a_day: What they may weigh together, MiB.
        free_percent: Below how much free space of the folder's disk no photo is taken, %.
        abandoned_days: After how many days without a byte an upload is given up.
    """

    a_day: int
    mib_a_day: int
    free_percent: int
    abandoned_days: int


def limits() -> Limits:
    """Return the limits that the environment names, else ours."""
    return Limits(
        a_day=env.integer("PHOTOS_A_DAY", 300, low=1, high=100_000),
        mib_a_day=env.integer("PHOTOS_MIB_A_DAY", 1024, low=12, high=1_000_000),
        free_percent=env.integer("PHOTOS_FREE_PERCENT", 10, low=0, high=90),
        abandoned_days=env.integer("PHOTOS_ABANDONED_DAYS", 7, low=1, high=365),
    )


def store(name: str, *, folder: Path) -> dict[str, Any]:
    """Return Django's settings of the store.

    Args:
        name: Variable with ``file:///folder`` or ``s3+https://key:secret@host:port/bucket?region=…``; key and
            secret percent-encoded.
        folder: Where photos are kept if it is not set.

    Raises:
        ImproperlyConfigured: If it names half of a store, or the package for it is not installed.
    """
    url = urlsplit(env.text(name, folder.resolve().as_uri()))
    if url.scheme == "file":
        return _folder(name, unquote(url.path), host=url.netloc)
    if url.scheme not in _SCHEMES:
        raise ImproperlyConfigured(f"{name}: {_EXPECTED}")
    missing = [
        word
        for word, value in {
            "host": url.hostname,
            "bucket": url.path.strip("/"),
            "key": url.username,
            "secret": url.password,
        }.items()
        if not value
    ]
    if missing:
        raise ImproperlyConfigured(f"{name}: without {', '.join(missing)}; {_EXPECTED}")
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured(f"{name}: an S3 store needs the packages of requirements-s3.txt")
    return _bucket(name, url)


def _folder(name: str, path: str, *, host: str) -> dict[str, Any]:
    if host or not path.strip("/"):
        raise ImproperlyConfigured(f"{name}: {_EXPECTED}")
    options = {
        "location": path,
        "base_url": None,  # no address leads to a file; each is asked for and answered by itself
        "allow_overwrite": True,  # a photo prepared twice has one name
        "file_permissions_mode": 0o600,
        "directory_permissions_mode": 0o700,
    }
    return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}


def _bucket(name: str, url: Any) -> dict[str, Any]:
    config = import_module("botocore.config")  # only where it is used: it costs memory

    asked = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    region = asked.pop("region", "us-east-1")
    if asked or "/" in url.path.strip("/"):
        raise ImproperlyConfigured(f"{name}: {_EXPECTED}")
    host, port = url.hostname, env.port_of(name, url)
    options = {
        "endpoint_url": f"{_SCHEMES[url.scheme]}://{host}{f':{port}' if port else ''}",
        "bucket_name": url.path.strip("/"),
        "access_key": unquote(url.username),
        "secret_key": unquote(url.password),
        "region_name": region,
        "file_overwrite": True,
        "default_acl": "private",
        "addressing_style": "path",
        "signature_version": "s3v4",
        "client_config": config.Config(
            connect_timeout=5, read_timeout=20, retries={"max_attempts": 2}, s3={"addressing_style": "path"}
        ),
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
