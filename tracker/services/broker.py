"""A connection to Redis that gives up soon: for those who must not wait for it."""

from typing import Any

from django.conf import settings
from kombu import Connection

CONNECT_S, ANSWER_S = 0.5, 1.0


def short_connection() -> Connection:
    """Return a connection, not yet made, that fails within a second and never tries again by itself."""
    impatient = {
        "socket_connect_timeout": CONNECT_S,
        "socket_timeout": ANSWER_S,
        "retry_on_timeout": False,
        "health_check_interval": 0,
        "max_retries": 0,
        "interval_start": 0,
        "interval_step": 0,
        "interval_max": 0,
    }
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS | impatient
    return Connection(settings.CELERY_BROKER_URL, connect_timeout=CONNECT_S, transport_options=options)


def ping() -> None:
    """Ask Redis for an answer.

    Raises:
        OSError, redis.RedisError, kombu.exceptions.KombuError: If there is none.
    """
    with short_connection() as connection:
        channel: Any = connection.default_channel  # the stubs do not know Redis
        channel.client.ping()
