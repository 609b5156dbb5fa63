"""The mail servers that settings name: the first, and the one that stands in for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Server:
    """A mail server and how to speak with it.

    Attributes:
        is_tls: Whether the connection is encrypted from its first byte.
        starts_tls: Whether it is encrypted after the greeting.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls: bool = False
    starts_tls: bool = False

    @property
    def name(self) -> str:
        """Host and port, as they are noted and told."""
        return f"{self.host}:{self.port}"[:100]

    @classmethod
    def first(cls) -> Self:
        """Return the one that mails go to."""
        return cls(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            user=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            is_tls=settings.EMAIL_USE_SSL,
            starts_tls=settings.EMAIL_USE_TLS,
        )

    @classmethod
    def second(cls) -> Self | None:
        """Return the one that is asked when the first refuses or is down; None without."""
        said: Mapping[str, Any] | None = settings.EMAIL_FALLBACK
        if said is None:
            return None
        return cls(
            host=said["EMAIL_HOST"],
            port=said["EMAIL_PORT"],
            user=said["EMAIL_HOST_USER"],
            password=said["EMAIL_HOST_PASSWORD"],
            is_tls=said["EMAIL_USE_SSL"],
            starts_tls=said["EMAIL_USE_TLS"],
        )
