"""Reading settings from the environment: each error names the variable and what is allowed."""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """Return a variable; without a default it must be set and not empty."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(f"{name} must be set (see docs/operations.md)")
    return default


def flag(name: str, *, default: bool = False) -> bool:
    """Return a yes-or-no variable.

    Raises:
        ImproperlyConfigured: If it is neither of 1/true/yes/on and 0/false/no/off.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in _TRUE:
        return True
    if value.strip().lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: expected 1/true/yes/on or 0/false/no/off")


def integer(name: str, default: int, *, low: int, high: int) -> int:
    """Return a whole number in ``[low, high]``.

    Raises:
        ImproperlyConfigured: If it is no whole number or out of range.
    """
    value = os.environ.get(name, "").strip() or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name}={value!r}: expected a whole number {low} to {high}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    """Return a comma-separated list of networks, as ``10.0.0.0/8``.

    Raises:
        ImproperlyConfigured: If one of them is none.
    """
    try:
        return [ip_network(each) for each in words(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def token(name: str) -> str:
    """Return a secret that machines show; empty where none is set.

    Raises:
        ImproperlyConfigured: If it is short enough to be guessed.
    """
    value = text(name, "")
    if value and (len(value) < 24 or not value.isascii()):
        raise ImproperlyConfigured(f"{name}: expected at least 24 random ASCII characters")
    return value


def http(name: str) -> str:
    """Return an address that is asked by http or https; empty where none is set.

    Raises:
        ImproperlyConfigured: If it is no such address.
    """
    value = text(name, "")
    url = urlsplit(value)
    if value and (url.scheme not in {"http", "https"} or not url.hostname or "@" in url.netloc):
        raise ImproperlyConfigured(f"{name}: expected http://host/… or https://host/…, without a password")
    if value:
        port_of(name, url)
    return value


def database(name: str) -> dict[str, Any]:
    """Return Django's database settings for ``postgresql://user:password@host:port/name?option=…``.

    A socket folder is given as ``?host=/path``; every other option goes to libpq as it is.

    Raises:
        ImproperlyConfigured: If it is missing, not PostgreSQL or has no database name.
    """
    url = urlsplit(text(name))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name}: expected postgresql://user:password@host:port/name")
    options: dict[str, Any] = dict(parse_qsl(url.query, strict_parsing=bool(url.query)))
    return {
        "ENGINE": "config.database",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),
        "PORT": str(port_of(name, url) or options.pop("port", "")),
        "OPTIONS": options,
    }


def broker(name: str) -> str:
    """Return the address of Redis in the form that Celery takes.

    ``redis://``, ``rediss://`` and ``unix:///path?db=0`` are understood, as redis-py writes them.

    Raises:
        ImproperlyConfigured: If it is missing or of another scheme.
    """
    value = text(name)
    scheme, _, rest = value.partition("://")
    if scheme == "unix":
        path, _, query = rest.partition("?")
        number = dict(parse_qsl(query)).get("db", "0")
        return f"redis+socket://{path}?virtual_host={number}"
    if scheme in {"redis", "rediss", "redis+socket"}:
        return value
    raise ImproperlyConfigured(f"{name}: expected redis://…, rediss://… or unix:///path?db=0")


def cache(name: str) -> dict[str, Any]:
    """Return Django's cache settings for the address of Redis: a cache that gives up within 50 ms.

    Raises:
        ImproperlyConfigured: If it is missing or of another scheme.
    """
    address = broker(name)
    scheme, _, rest = address.partition("://")
    if scheme == "redis+socket":
        path, _, query = rest.partition("?")
        address = f"unix://{path}?db={dict(parse_qsl(query)).get('virtual_host', '0')}"
    patience = {"socket_timeout": 0.05, "socket_connect_timeout": 0.05, "retry": None}
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": address,
        "KEY_PREFIX": "ice",
        "OPTIONS": patience,
    }


def mail(name: str) -> dict[str, Any]:
    """Return Django's mail settings for ``smtp://user:password@host:port`` (``smtps``, ``smtp+tls``).

    Raises:
        ImproperlyConfigured: If it is missing, of another scheme or has no host.
    """
    url = urlsplit(text(name))
    default_port = {"smtp": 25, "smtps": 465, "smtp+tls": 587}.get(url.scheme)
    if default_port is None or not url.hostname:
        raise ImproperlyConfigured(f"{name}: expected smtp://, smtps:// or smtp+tls://host:port")
    return {
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": port_of(name, url) or default_port,
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        "EMAIL_USE_TLS": url.scheme == "smtp+tls",
    }


def port_of(name: str, url: Any) -> int | None:
    """Return the port of an address; None where it names none.

    Raises:
        ImproperlyConfigured: If it is no port.
    """
    try:
        port: int | None = url.port
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: the port must be a number 0 to 65535") from error
    return port
