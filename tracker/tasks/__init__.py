"""What the worker is woken for. No task carries anything: each looks at the tables for what is due.

A task that is lost, doubled or late changes nothing; the next one does the same work.
"""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from kombu import Producer

from incidents.models import JournalSeal
from incidents.services import photos, purging, seals
from incidents.tasks import prepare_photos
from tracker.choices import Part
from tracker.selectors.clock import database_now
from tracker.services import heartbeats, watch
from tracker.services.broker import short_connection

logger = logging.getLogger(__name__)
QUEUE, BELL = "watch", "bell"
AT_MOST = timedelta(seconds=2)  # a doorbell waits that long for a turn that began before it rang


@shared_task(name="tracker.tick", queue=QUEUE, expires=10, ignore_result=True)
def tick() -> None:
    """Turn the watch if anything calls for it. Every 2 s by beat, so it is a sign of life of beat too."""
    heartbeats.live([Part.BEAT])
    watch.turn_if_called(now=database_now(), signs=[Part.WORKER])


@shared_task(name="tracker.ring", queue=BELL, ignore_result=True)
def ring() -> None:
    """Turn the watch because something was written to the journal; photos are another thread's work."""
    now = database_now()
    if photos.are_owed(now=now):
        _wake_for_photos()
    watch.turn(now=now, signs=[Part.WORKER], patience=AT_MOST)


@shared_task(name="tracker.seal_journal", queue=QUEUE, expires=30, ignore_result=True)
def seal_journal() -> None:
    """Seal what was written to the journal. Every 30 s by beat."""
    watch.seal_journal()


@shared_task(name="tracker.note_journal_head", queue=QUEUE, expires=600, ignore_result=True)
def note_journal_head() -> None:
    """Note the head of the journal's chain outside the database. Every hour by beat."""
    head = JournalSeal.objects.order_by("-seq").first()
    if head is not None:
        seals.note_head(head, path=settings.JOURNAL_ANCHORS, at=database_now())


@shared_task(name="tracker.purge", queue=QUEUE, expires=600, ignore_result=True)
def purge() -> None:
    """Delete answers that phones no longer ask for. Every 10 min by beat; days without it do no harm."""
    purging.purge(now=database_now(), keep=timedelta(days=settings.KEEP_ANSWERS_DAYS))


def _wake_for_photos() -> None:
    try:
        with short_connection() as connection:
            prepare_photos.apply_async(producer=Producer(connection), retry=False)
    except Exception as error:  # noqa: BLE001 - whatever Redis or its client say, beat or the watchdog wake it
        logger.warning("photos are prepared later: Redis does not take it", extra={"error": str(error)})
