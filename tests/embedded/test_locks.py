"""The lock files: no address in them, and all that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
GROUPS = {
    "requirements.txt": [],
    "requirements-s3.txt": ["s3"],
    "requirements-sso.txt": ["sso"],
    "requirements-geo.txt": ["geo"],
    "requirements-embedded.txt": ["embedded"],
    "requirements-dev.txt": ["embedded", "dev"],
}
locks = pytest.mark.parametrize("name", GROUPS)


def _wanted(name: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    lines = list(project["project"]["dependencies"])
    groups = project["dependency-groups"] | project["project"]["optional-dependencies"]
    for group in GROUPS[name]:
        lines += groups[group]
    return [Requirement(line) for line in lines]


def _locked(name: str) -> list[Requirement]:
    lines = (ROOT / name).read_text().splitlines()
    return [Requirement(line.removesuffix("\\")) for line in lines if re.match(r"[a-zA-Z0-9]", line)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@locks
def test_names_no_index_and_no_host(name: str) -> None:
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=sha256:[0-9a-f]{64})", text, re.MULTILINE)


@locks
def test_every_entry_is_pinned_and_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[a-zA-Z0-9])", (ROOT / name).read_text())[1:]

    assert len(entries) == len(_locked(name)) > 0
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert [str(item) for item in _locked(name) if not re.fullmatch(r"==[^*]+", str(item.specifier))] == []


@locks
def test_satisfies_what_the_project_asks_for(name: str) -> None:
    pins: dict[str, list[str]] = {}
    for item in _locked(name):
        pins.setdefault(_plain(item.name), []).append(str(item.specifier).removeprefix("=="))

    missing = [
        str(wanted)
        for wanted in _wanted(name)
        if not any(wanted.specifier.contains(pin) for pin in pins.get(_plain(wanted.name), []))
    ]
    assert missing == []


@locks
def test_says_which_extras_are_meant(name: str) -> None:
    """An older pip looks for `package[extra]` apart from `package`, and refuses a newer one for its hash."""
    locked = {_plain(item.name): item.extras for item in _locked(name)}

    assert [str(w) for w in _wanted(name) if not w.extras <= locked[_plain(w.name)]] == []
