"""S27: nothing of ours opens an address that somebody typed: no code speaks HTTP to others at all."""

import ast
from pathlib import Path

from tests.architecture.source import APPS, python_files, relative, tree_of

CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "ftplib", "pycurl"}
CLIENTS |= {"mozilla_django_oidc"}
# Files that may, with the reason.
SPEAKING = {
    "config/oidc_backend.py": "asks the identity provider, whose addresses stand in the environment alone",
    "config/oidc_pages.py": "the way back from it",
}


def spoken(path: Path) -> set[str]:
    """Return the HTTP clients that a file imports."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {client for client in CLIENTS for name in names if f"{name}.".startswith(f"{client}.")}


def test_s27_no_code_of_ours_asks_another_host_by_http() -> None:
    """S27: what needs no outgoing request cannot be made to send one."""
    found = {relative(path): clients for path in python_files(*APPS) if (clients := spoken(path))}

    assert found == {name: {"mozilla_django_oidc"} for name in SPEAKING}


def test_a_client_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "asks.py"
    path.write_text("from urllib.request import urlopen\nimport requests.adapters\n")

    assert spoken(path) == {"urllib.request", "requests"}
