"""S27: few files of ours speak HTTP to others, and only to addresses that an administrator wrote down."""

import ast
from pathlib import Path

from tests.architecture.source import APPS, python_files, relative, tree_of

CLIENTS = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "ftplib", "pycurl"}
CLIENTS |= {"mozilla_django_oidc"}
# May speak it, with the reason; who may use the first is held below.
SPEAKS = {
    "tracker/hooks/wire.py": "gateways and the outside monitor; bounded, led nowhere else",
    "config/oidc_backend.py": "asks the identity provider, whose addresses stand in the environment alone",
    "config/oidc_pages.py": "the way back from it",
}
ASKS = {
    "tracker/hooks/gateways.py": "the address of a gateway, which only an administrator may set",
    "tracker/services/hooks.py": "looks at such an address before it is kept, and asks nothing",
    "tracker/services/outside.py": "the address of a setting",
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


def test_s27_few_files_of_ours_ask_another_host_by_http() -> None:
    """S27: what needs no outgoing request cannot be made to send one."""
    assert {relative(path) for path in python_files(*APPS) if spoken(path)} == SPEAKS.keys()


def test_s27_only_settings_and_administrators_say_which() -> None:
    """S27: no address out of a fact, a mail or a request is ever asked."""
    users = {
        relative(path)
        for path in python_files(*APPS)
        if "tracker.hooks.wire" in imported(path) and not spoken(path)
    }
    assert users - {"tracker/admin/hooks.py"} == ASKS.keys()  # the page names the longest address


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, and what it takes from packages."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_a_client_would_be_found(tmp_path: Path) -> None:
    path = tmp_path / "asks.py"
    path.write_text("from urllib.request import urlopen\nimport requests.adapters\n")

    assert spoken(path) == {"urllib.request", "requests"}
