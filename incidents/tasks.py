"""What the worker does for the record itself. No task carries anything: each looks for rows that are due."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from incidents.access.files import reader_at
from incidents.services import file_jobs, photos, uploads

QUEUE = "watch"


@shared_task(name="incidents.prepare_photos", queue=QUEUE, expires=10, ignore_result=True)
def prepare_photos() -> None:
    """Prepare photos whose bytes are all here. After the last byte, and every 5 s by beat."""
    photos.prepare_due(now=timezone.now())


@shared_task(name="incidents.drop_abandoned_uploads", queue=QUEUE, expires=600, ignore_result=True)
def drop_abandoned_uploads() -> None:
    """Give up uploads that no byte has come for in days. Every 10 min by beat."""
    uploads.abandon_old(now=timezone.now(), after=timedelta(days=settings.PHOTOS.abandoned_days))


@shared_task(name="incidents.work_on_files", queue=QUEUE, expires=10, ignore_result=True)
def work_on_files() -> None:
    """Go on with imports and exports. Every 2 s by beat."""
    now = timezone.now()
    file_jobs.work(now=now, reader_of=reader_at(now))


@shared_task(name="incidents.drop_expired_files", queue=QUEUE, expires=600, ignore_result=True)
def drop_expired_files() -> None:
    """Delete files whose time is over. Every 10 min by beat."""
    file_jobs.purge(now=timezone.now())
