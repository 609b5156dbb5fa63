"""The Celery app: an alarm clock and a doorbell. What has to happen stands in PostgreSQL."""

import os
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.schedules import crontab, schedule

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A worker would load every page to check it; the web process and CI do that.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def _every(seconds: float, task: str) -> dict[str, Any]:
    """Return a schedule that is due at once when beat starts; what queues longer than a turn vanishes."""
    return {
        "task": task,
        "schedule": schedule(seconds),
        "last_run_at": LONG_AGO,
        "options": {"queue": "watch", "expires": seconds * 2},
    }


app = Celery("ice")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks(["incidents", "tracker"])
app.conf.beat_schedule = {
    "tick": _every(2, "tracker.tick"),
    "prepare-photos": _every(5, "incidents.prepare_photos"),
    "drop-abandoned-uploads": _every(600, "incidents.drop_abandoned_uploads"),
    "work-on-files": _every(2, "incidents.work_on_files"),
    "drop-expired-files": _every(600, "incidents.drop_expired_files"),
    "seal-journal": _every(30, "tracker.seal_journal"),
    "purge": _every(600, "tracker.purge"),
    "note-journal-head": {
        "task": "tracker.note_journal_head",
        "schedule": crontab(minute="7"),
        "options": {"queue": "watch", "expires": 600},
    },
}
