"""Small promises of the repository's files."""

import re
import subprocess
from pathlib import Path

from django.core.management import get_commands

from tests.architecture.source import ROOT

_BARE_IGNORES = re.compile(r"#\s*noqa(?!:\s*[A-Z]+[0-9]+)|#\s*type:\s*ignore(?!\[[a-z-]+)", re.IGNORECASE)
_INDEXES = re.compile(
    r"--(extra-)?index-url|--find-links|\bindex-url\s*=|PIP_INDEX_URL|UV_INDEX|https?://[\w.-]*pypi",
    re.IGNORECASE,
)
_MAKE = re.compile(r"`?make ([a-z-]+)\b")
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
_COMMAND = re.compile(r"manage\.py ([a-z_]+)")

# May name an index: Make asks the lock file's maker not to write one down.
NAMES_AN_INDEX = {"Makefile"}


def tracked_files() -> list[Path]:
    """Return the text files that belong to the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """Return a file's text; empty for one that is none."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def test_every_ignored_warning_says_which() -> None:
    python = [path for path in tracked_files() if path.suffix == ".py" and path != Path(__file__)]

    assert [path.name for path in python if _BARE_IGNORES.search(text_of(path))] == []


def test_a_bare_ignore_would_be_found() -> None:
    assert _BARE_IGNORES.search("x = 1  # noqa")
    assert _BARE_IGNORES.search("x = 1  # type: ignore")
    assert not _BARE_IGNORES.search("x = 1  # noqa: S608 - a reason")
    assert not _BARE_IGNORES.search("x = 1  # type: ignore[arg-type]")


def test_no_file_names_a_package_index() -> None:
    found = [
        path.name for path in tracked_files() if path != Path(__file__) and _INDEXES.search(text_of(path))
    ]

    assert set(found) <= NAMES_AN_INDEX


def test_a_package_index_would_be_found() -> None:
    assert _INDEXES.search("--index-url https://pypi.example.org/simple")
    assert _INDEXES.search('[[tool.uv.index]]\nurl = "https://pypi.example.org/simple"')


def test_every_make_command_of_the_readme_exists() -> None:
    wanted = set(_MAKE.findall((ROOT / "README.md").read_text()))

    assert wanted
    assert wanted <= set(_TARGET.findall((ROOT / "Makefile").read_text()))


def test_every_management_command_of_the_readme_exists() -> None:
    assert set(_COMMAND.findall((ROOT / "README.md").read_text())) <= get_commands().keys()
