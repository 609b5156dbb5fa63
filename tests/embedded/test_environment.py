"""The environment: made from the lock file, and made again only when that changes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded import environment
from config.embedded.console import Refused
from tests.embedded.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in an awkward place, whose lock files ask for nothing."""
    folder = tmp_path / "停电 'ice' 记录"
    folder.mkdir()
    for name in (environment.EMBEDDED, environment.DEV):
        (folder / name).write_text("# nothing\n")
    for name, value in {
        "PROJECT": folder,
        "VENV": folder / ".venv",
        "PYTHON": folder / ".venv" / "bin" / "python",
        "STAMP": folder / ".venv" / ".locked",
    }.items():
        monkeypatch.setattr(environment, name, value)
    return folder


def stamp(project: Path) -> dict[str, str]:
    found: dict[str, str] = json.loads((project / ".venv" / ".locked").read_text())
    return found


def test_is_made_once_and_again_when_the_lock_file_changes(project: Path) -> None:
    environment.ensure(environment.EMBEDDED)
    python = project / ".venv" / "bin" / "python"
    first, made = stamp(project), (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    said = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == str(project / ".venv")

    (project / ".venv" / ".locked").touch()
    written = (project / ".venv" / ".locked").stat().st_mtime_ns
    environment.ensure(environment.EMBEDDED)
    assert (project / ".venv" / ".locked").stat().st_mtime_ns == written

    (project / environment.EMBEDDED).write_text("# another nothing\n")
    environment.ensure(environment.EMBEDDED)
    assert stamp(project) != first
    assert (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made

    (project / environment.EMBEDDED).write_text("celery==5.6.3\n")  # no hash
    with pytest.raises(Refused, match="could not be installed"):
        environment.ensure(environment.EMBEDDED)
    assert not environment._is_current(environment.EMBEDDED)


def test_what_is_installed_for_development_suffices_to_start_but_not_the_other_way(project: Path) -> None:
    (project / ".venv").mkdir()
    environment._stamp(environment.DEV)
    assert environment._is_current(environment.EMBEDDED)

    environment._stamp(environment.EMBEDDED)
    assert not environment._is_current(environment.DEV)


def test_a_bare_python_can_read_all_of_it() -> None:
    modules = [f"config.embedded.{path.stem}" for path in (ROOT / "config" / "embedded").glob("[a-z]*.py")]
    code = f"import importlib, sys; [importlib.import_module(name) for name in {modules}]; print('read')"

    done = subprocess.run(  # -I -S: neither site-packages nor the environment, only what Python brings
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(modules) > 10
    assert (done.stdout, done.stderr) == ("read\n", "")
