"""``manage.py provision``: everything between an empty database and a system that can run. Run it at will."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from config import demo
from config.privileges import grant
from incidents.services import division_files, divisions, people, policies
from tracker.services import rules


class Command(BaseCommand):
    """Provision."""

    help = (
        "Bring the database to this version, give the application's role its rights, load the divisions and "
        "the catalogue of rules; with --sign-ins also the demo: people, a phone, both storms."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file for the demo's sign-ins."""
        parser.add_argument("--sign-ins", type=Path, help="load the demo and write who can sign in here")

    def handle(self, *, sign_ins: Path | None, verbosity: int, **_options: Any) -> None:
        """Do each step; every one of them is done only where it is not done yet."""
        owner = "owner" if "owner" in settings.DATABASES else "default"
        call_command("migrate", database=owner, verbosity=0, interactive=False)
        if owner == "owner":
            grant(settings.DATABASES["default"]["USER"], owner=owner)
        by = people.system_actor(now=timezone.now())
        loaded = divisions.load(division_files.read_packed(), by=by)
        policies.load_defaults(at=by.now, by=by)
        rules.load_catalogue(at=by.now, by=by)
        if sign_ins is not None:
            self._demo(sign_ins)
        if verbosity:
            self.stdout.write(f"divisions: {loaded.added} added, {loaded.changed} changed")

    def _demo(self, path: Path) -> None:
        """Load the demo; who can sign in is on disk before it counts."""
        for arguments in demo.STORMS:
            call_command("load_storm", *arguments, verbosity=0)
        with transaction.atomic():
            _write(path, demo.load(now=timezone.now(), known=_read(path)))


def _read(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return rows


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(rows, file, ensure_ascii=False, indent=1)
    draft.replace(path)
