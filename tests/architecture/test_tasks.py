"""A task carries nothing, so that a lost, doubled or late one changes nothing."""

import inspect
from collections.abc import Iterator
from typing import Any

from celery import Celery

from config.celery import app

QUEUES = set(app.amqp.queues.consume_from)  # what a worker reads when it is started as the docs say
BELL = "tracker.ring"  # of which at most one waits, however old


def our_tasks(celery: Celery) -> Iterator[Any]:
    """Return the tasks that are not Celery's own."""
    celery.loader.import_default_modules()
    for name, task in sorted(celery.tasks.items()):
        if not name.startswith("celery."):
            yield task


def carries(task: Any) -> bool:
    """Return whether a task takes arguments."""
    return bool(inspect.signature(task.run).parameters)


def queue_of(task: Any) -> str:
    """Return the queue that a task goes to when nobody says another."""
    options = {} if task.queue is None else {"queue": task.queue}
    route: dict[str, Any] = app.amqp.router.route(options, task.name)
    return str(route["queue"].name)


def test_there_are_tasks() -> None:
    assert [task.name for task in our_tasks(app)]


def test_no_task_carries_arguments() -> None:
    assert [task.name for task in our_tasks(app) if carries(task)] == []


def test_a_task_that_carries_arguments_would_be_found() -> None:
    @Celery("other").task(name="other.carries")
    def carrying(alert_id: int) -> None: ...

    assert carries(carrying)


def test_every_task_goes_to_a_queue_that_a_worker_reads() -> None:
    assert {task.name: queue_of(task) for task in our_tasks(app) if queue_of(task) not in QUEUES} == {}


def test_every_task_vanishes_when_nobody_reads_the_queue() -> None:
    assert [task.name for task in our_tasks(app) if not task.expires] == [BELL]


def test_beat_knows_only_tasks_that_exist_and_gives_them_nothing() -> None:
    names = {task.name for task in our_tasks(app)}
    schedule: dict[str, dict[str, Any]] = app.conf.beat_schedule

    assert {entry["task"] for entry in schedule.values()} <= names
    assert [name for name, entry in schedule.items() if entry.get("args") or entry.get("kwargs")] == []
    assert {entry["options"]["queue"] for entry in schedule.values()} <= QUEUES
