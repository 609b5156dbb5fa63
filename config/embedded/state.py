"""Where things are kept: the state folder of the project, and a short folder for sockets."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from config.embedded.console import Refused

PROJECT = Path(__file__).resolve().parents[2]
LONGEST_SOCKET = 107  # bytes of sun_path, without the final NUL (unix(7))
ROOM_FOR_NAME = len("/pg/.s.PGSQL.5432")
SPARE_NAMES = 10


@dataclass(frozen=True)
class State:
    """The folders and files of one running system."""

    root: Path
    sockets: Path

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.root / "logs"

    @property
    def mail(self) -> Path:
        """One `.eml` file for each mail."""
        return self.root / "mail"

    @property
    def postgres(self) -> Path:
        """The data of PostgreSQL."""
        return self.root / "postgres"

    @property
    def sign_ins(self) -> Path:
        """The demo sign-ins, written by `manage.py provision`."""
        return self.root / "sign-ins.json"

    @property
    def children(self) -> Path:
        """The processes that are running now, to recognise them after a crash."""
        return self.root / "children.json"

    @property
    def first_reading(self) -> Path:
        """A script that posts a reading as a phone would, written by `manage.py provision`."""
        return self.root / "first-reading.sh"

    @property
    def environment(self) -> Path:
        """What the processes that are running now have in their environment, for `manage`."""
        return self.root / "environment.json"

    @property
    def schedule(self) -> Path:
        """The schedule file of beat."""
        return self.root / "beat-schedule"

    def contents(self) -> list[Path]:
        """Return all that may lie in the state folder, what others put there left out."""
        folders = [self.logs, self.mail, self.postgres, self.root / "postgres.new"]
        files = [
            self.sign_ins,
            self.first_reading,
            self.children,
            self.environment,
            self.root / "secret-key",
            self.root / "lock",
        ]
        return folders + files + list(self.root.glob("beat-schedule*"))

    def secret_key(self) -> str:
        """Return the key of this installation, made once."""
        path = self.root / "secret-key"
        with suppress(FileNotFoundError):
            if key := path.read_text().strip():
                return key
        write_atomically(path, secrets.token_urlsafe(64))
        return path.read_text().strip()


def state_of_project() -> State:
    """Return the state of this project, its folders made."""
    root = Path(os.environ.get("STATE_DIR") or PROJECT / ".state").absolute()
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"cannot make the state folder {root}: {error}") from error
    state = State(root, socket_folder(root))
    for folder in (state.logs, state.mail):
        folder.mkdir(mode=0o700, exist_ok=True)
    return state


def socket_folder(root: Path) -> Path:
    """Return a private folder with a short name, the same one for the same state folder.

    A socket's path may have 107 bytes at most and the project may lie anywhere, so sockets live
    in the temporary folder.
    """
    digest = hashlib.sha256(f"{os.getuid()}:{root.resolve()}".encode()).hexdigest()[:12]
    return own_folder(temporary_folder() / f"ice-{digest}", mode=0o700)


def own_folder(wanted: Path, *, mode: int) -> Path:
    """Return a folder of exactly this mode that is ours, in a place where others write too.

    A name that somebody else took first is passed over.
    """
    for number in range(SPARE_NAMES):
        folder = wanted.with_name(f"{wanted.name}-{number}") if number else wanted
        with suppress(FileExistsError):
            folder.mkdir()
            folder.chmod(mode)
        facts = folder.lstat()
        if facts.st_uid == os.getuid() and facts.st_mode == stat.S_IFDIR | mode:
            return folder
    raise Refused(f"{wanted} and its {SPARE_NAMES} spare names are taken by somebody else")


def temporary_folder() -> Path:
    """Return the temporary folder, or `/tmp` where its name leaves no room for a socket."""
    room = LONGEST_SOCKET - ROOM_FOR_NAME - len("/ice-0123456789ab-0")
    for folder in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - private folders are made in it
        if len(os.fsencode(folder)) <= room and os.access(folder, os.W_OK | os.X_OK):
            return Path(folder)
    raise Refused("no writable temporary folder with a short name; set TMPDIR")


def write_atomically(path: Path, text: str) -> None:
    """Replace a file by one that only its owner can read; a crash leaves the old or the new."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


@contextmanager
def held(path: Path, note: dict[str, str]) -> Iterator[None]:
    """Hold a lock file for as long as the block runs.

    The kernel lets go of it when this process ends, however it ends. Children do not inherit it.

    Raises:
        Refused: If another process holds it; its note is quoted.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(_already(file.read())) from error
        file.truncate()
        file.write(json.dumps(note | {"pid": str(os.getpid())}))
        file.flush()
        yield


def _already(note: str) -> str:
    try:
        facts = json.loads(note)
    except ValueError:
        facts = {}
    address, pid = facts.get("address", "an unknown address"), facts.get("pid", "?")
    return f"It is already running at {address} (process {pid}). Nothing was changed."
