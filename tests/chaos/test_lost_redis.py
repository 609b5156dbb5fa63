"""Redis is killed under a real worker and comes back empty: the worker has to go on by itself.

Celery 5.7.0 does not: its worker ends when Redis goes away while it holds a message that is not
acknowledged. Whoever changes the pinned versions learns it here.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery

from config.embedded.stack import WORKER
from tests.redisserver import Redis, running
from tests.waiting import until

ROOT = Path(__file__).parents[2]
AWAY_S = 1.0


@pytest.fixture
def redis() -> Iterator[Redis]:
    with running() as server:
        yield server


@pytest.fixture
def worker(redis: Redis, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [word.replace("config.celery", "tests.chaos.patient") for word in WORKER]
    env = os.environ | {"REDIS_URL": redis.url, "ICE_TEST_TRACES": str(tmp_path)}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT
        )
    yield process
    process.kill()
    process.wait()


def send(redis: Redis, task: str, name: str, seconds: float = 0.0) -> None:
    with Celery(broker=redis.broker_url) as app:
        app.send_task(task, [name, seconds], queue="watch", ignore_result=True)


@pytest.mark.parametrize("busy_with", [None, "chaos.note", "chaos.note_late"])
def test_a_worker_survives_the_loss_of_redis(
    busy_with: str | None, redis: Redis, worker: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    send(redis, "chaos.note", "first")
    until((tmp_path / "first.done").exists, within=20)
    if busy_with:
        send(redis, busy_with, "long", 3.0)
        until((tmp_path / "long.begun").exists)

    redis.kill()
    time.sleep(AWAY_S)
    redis.start()
    for number in range(3):
        send(redis, "chaos.note", f"new{number}")

    for number in range(3):
        until((tmp_path / f"new{number}.done").exists, within=20)
    assert worker.poll() is None, (tmp_path / "log").read_text()[-2000:]
    if busy_with:
        until((tmp_path / "long.done").exists)
