"""The worker that the lost Redis is tried on: our app with our settings, and tasks that leave traces."""

import os
import time
from pathlib import Path

from config.celery import app

TRACES = Path(os.environ["ICE_TEST_TRACES"])


@app.task(name="chaos.note", queue="watch")  # type: ignore[untyped-decorator,unused-ignore]
def note(name: str, seconds: float = 0.0) -> None:
    """Leave a trace at the beginning and one at the end."""
    (TRACES / f"{name}.begun").touch()
    time.sleep(seconds)
    (TRACES / f"{name}.done").touch()


@app.task(name="chaos.note_late", queue="watch", acks_late=True)  # type: ignore[untyped-decorator,unused-ignore]
def note_late(name: str, seconds: float = 0.0) -> None:
    """Do the same, acknowledged only afterwards: what celery 5.7.0 does not survive."""
    note(name, seconds)
