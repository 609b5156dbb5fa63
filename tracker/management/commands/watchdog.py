"""``manage.py watchdog``: keeps the watch turning when worker, beat or Redis do not.

A plain loop that needs PostgreSQL alone. Every 2 s it looks whether worker and watch have turned lately, and
turns the watch if not, every 2 s until the worker lives; it seals the journal when nobody does. A second
thread asks the mail server and Redis every 10 s whether they answer, so that a server that hangs does not
keep the first one waiting; a third one prepares photos that nobody has prepared. A fourth one posts to
gateways what nobody has posted; a fifth one tells people, past all of this, when the watch itself is ill; a
sixth one an outside monitor that it is well.
"""

import logging
import signal
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection

from incidents.access.files import reader_at
from incidents.services import file_jobs, photos, uploads
from tracker.choices import Part
from tracker.selectors.clock import database_now
from tracker.selectors.health import oldest_due_s, silences
from tracker.services import heartbeats, probes, watch
from tracker.services.couriers import couriers
from tracker.services.lookout import Lookout
from tracker.services.outside import tell_outside

logger = logging.getLogger(__name__)

LOOK_S, PROBE_S, PHOTOS_S, HOOKS_S, LOOKOUT_S, OUTSIDE_S = 2.0, 10.0, 5.0, 2.0, 10.0, 30.0
SILENT_S = 4.0  # a watch or worker that is silent for that long, or is late by it: turned from here
UNSEALED_S = 90.0  # three beats
UNPREPARED = timedelta(seconds=15)  # three beats too
UNPOSTED = timedelta(seconds=SILENT_S)


class Command(BaseCommand):
    """The loop."""

    help = "Keep the watch turning when worker, beat or Redis do not."
    requires_system_checks = []  # they would load every page

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Look after the watch until asked to end, which is at once."""
        signal.signal(signal.SIGTERM, _end)
        ended = threading.Event()
        others: dict[str, tuple[Callable[[], object], float]] = {
            "probes": (_probe, PROBE_S),
            "photos": (_photos, PHOTOS_S),
            "hooks": (_hooks, HOOKS_S),
            "lookout": (Lookout().look, LOOKOUT_S),
            "outside": (tell_outside, OUTSIDE_S),
        }
        for name, (step, pause_s) in others.items():
            threading.Thread(target=_repeat, args=[step, pause_s, ended], daemon=True, name=name).start()
        _repeat(look_after, LOOK_S, ended)


def look_after() -> None:
    """Turn the watch and seal the journal if nobody has done so lately."""
    silent = silences()
    heartbeats.beat([Part.WATCHDOG])
    longest = max(silent.get(part, SILENT_S) for part in (Part.CYCLE, Part.WORKER))
    if longest >= SILENT_S or oldest_due_s() >= SILENT_S:
        logger.warning("watch has stopped; turning it from here", extra={"silent_s": longest})
        watch.turn_if_called(now=database_now(), signs=[])
    if silent.get(Part.SEAL, UNSEALED_S) >= UNSEALED_S:
        watch.seal_journal()


def _probe() -> None:
    probes.probe_broker()
    probes.probe_mail()


def _hooks() -> None:
    couriers.wake(now=database_now(), late=UNPOSTED)


def _photos() -> None:
    now = database_now()
    photos.prepare_due(now=now, late=UNPREPARED)
    uploads.abandon_old(now=now, after=timedelta(days=settings.PHOTOS.abandoned_days))
    file_jobs.work(now=now, reader_of=reader_at(now), late=UNPREPARED, most=1)


def _repeat(step: Callable[[], Any], pause_s: float, ended: threading.Event) -> None:
    """Do a step again and again, whatever happens in it; sleep by a clock that nobody sets."""
    while True:
        try:
            close_old_connections()
            step()
        except Exception:  # a loop that others rely on does not end by an error
            logger.exception("step of the watchdog broke", extra={"step": step.__name__})
            connection.close()
        if ended.wait(pause_s):
            return


def _end(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
