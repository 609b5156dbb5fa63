"""Services for one command: `python -m config.embedded run -- CMD`. Nothing is left behind."""

import fcntl
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from config.embedded.console import complain
from config.embedded.environment import VENV
from config.embedded.mail import mail_service, mail_socket, mail_url
from config.embedded.postgres import SUPERUSER, Postgres, clean_environment
from config.embedded.process import end_with_parent
from config.embedded.redis import find_redis, redis_service, redis_url
from config.embedded.state import temporary_folder
from config.embedded.supervisor import END_SIGNALS, Stopped, Supervisor

PREFIX = "ice-run-"
NOT_FOUND, SIGNALLED = 127, 128  # as a shell says it


def run(command: list[str], *, mail: bool) -> int:
    """Run a command with PostgreSQL, Redis and if wanted a mail receiver of its own.

    What the environment already names (`DATABASE_URL`, `REDIS_URL`, `EMAIL_URL`) is used instead.

    Returns:
        The exit code of the command.
    """
    with ExitStack() as end:
        folder = end.enter_context(_folder())
        for name in ("logs", "mail", "state"):
            (folder / name).mkdir()
        supervisor = Supervisor(folder / "logs", folder / "children.json")
        end.enter_context(supervisor)
        try:
            added = _start(supervisor, folder, end, mail=mail)
            return _attend(supervisor, command, added)
        except Stopped:
            return SIGNALLED + supervisor.asked[0]


def _start(supervisor: Supervisor, folder: Path, end: ExitStack, *, mail: bool) -> dict[str, str]:
    added = {
        "ICE_EMBEDDED": "1",
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secrets.token_urlsafe(64),
        "PUBLIC_URL": os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8010",
        "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or "127.0.0.1,localhost,[::1]",
        "STATE_DIR": str(folder / "state"),
        "PATH": os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)]),
    }
    if "DATABASE_URL" not in os.environ:
        server = Postgres(folder / "postgres", folder / "pg", durable=False)
        end.callback(server.close)
        supervisor.start(server.service())
        server.make_roles()
        added["DATABASE_URL"] = server.url(SUPERUSER)
        added["DATABASE_OWNER_URL"] = server.url("ice_owner")
    if "REDIS_URL" not in os.environ:
        supervisor.start(redis_service(find_redis(), folder / "redis.sock"))
        added["REDIS_URL"] = redis_url(folder / "redis.sock")
    if mail and "EMAIL_URL" not in os.environ:
        listening = end.enter_context(mail_socket())
        supervisor.start(mail_service(listening, folder / "mail"))
        added["EMAIL_URL"] = mail_url(listening)
        added["ICE_MAIL_DIR"] = str(folder / "mail")
    return added


def _attend(supervisor: Supervisor, command: list[str], added: dict[str, str]) -> int:
    environment = clean_environment() if "DATABASE_URL" in added else dict(os.environ)
    path = added["PATH"]
    program = shutil.which(command[0], path=path)
    if program is None:
        complain(f"{command[0]}: no such command")
        return NOT_FOUND
    process = subprocess.Popen(
        [program, *command[1:]],
        env=environment | added,
        preexec_fn=end_with_parent(END_SIGNALS[1]),  # noqa: PLW1509 - no threads here
    )
    code = supervisor.attend(process)
    return code if code >= 0 else SIGNALLED - code


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a private folder that goes away afterwards, and take away what killed runs left.

    Whose lock is free has nobody any more.
    """
    place = temporary_folder()
    for old in place.glob(f"{PREFIX}*"):
        with suppress(OSError), (old / "lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
