"""A Redis of one test, on a private socket: started, killed and started again."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kombu import Connection

from config.embedded.redis import find_redis, redis_service, redis_url
from tests.waiting import until


class Redis:
    """The server; it keeps nothing over a restart."""

    def __init__(self, folder: Path) -> None:
        socket = folder / "redis.sock"
        self.url = redis_url(socket)
        self.broker_url = f"redis+socket://{socket}?virtual_host=0"
        self._service = redis_service(find_redis(), socket)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._service.command, cwd=self._service.folder, stdout=subprocess.DEVNULL
        )
        until(self._service.ready)

    def kill(self) -> None:
        """Kill it as the kernel does when memory runs out."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def waiting(self) -> int:
        """How many rings wait for a worker."""
        with Connection(self.broker_url) as connection:
            channel: Any = connection.default_channel
            return int(channel.client.llen("bell"))

    def hear(self) -> None:
        """Take the rings that wait, as a worker would."""
        with Connection(self.broker_url) as connection:
            channel: Any = connection.default_channel
            channel.client.delete("bell")


@contextmanager
def running() -> Iterator[Redis]:
    """Run one in a folder whose name is short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="ice-t-", dir="/tmp") as folder:
        server = Redis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()
