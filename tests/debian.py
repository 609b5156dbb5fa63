"""Programs of Debian that some tests need: installed by the tests that need them, where they are missing."""

import os
import shutil
import subprocess

import pytest


def program(name: str, package: str) -> str:
    """Return the path of a program; where nobody can install it the test is skipped, and says so."""
    found = shutil.which(name)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (["update"], ["install", "--yes", package]):
            environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", "--quiet", *words], check=True, capture_output=True, env=environment)
        found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is missing, and only root on Debian can install it: apt-get install {package}")
    return found
