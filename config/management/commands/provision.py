"""``manage.py provision``: everything between an empty database and a system that can run. Run it at will."""

import json
import os
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from config import demo
from config.privileges import grant
from incidents.journal import Actor
from incidents.services import divisions, people, policies
from tracker.services import report_schedules, rules, thresholds


class Command(BaseCommand):
    """Provision."""

    help = (
        "Bring the database to this version, give the application's role its rights, load the divisions and "
        "the catalogue of rules; with --sign-ins also the demo: people, a phone, the storm of February 2024."
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
        loaded = divisions.load_packed(by=by)
        policies.load_defaults(at=by.now, by=by)
        rules.load_catalogue(at=by.now, by=by)
        thresholds.load_defaults(by=by)
        report_schedules.load_defaults(at=by.now, by=by)
        if sign_ins is not None:
            self._demo(sign_ins, by)
        if verbosity:
            self.stdout.write(f"divisions: {loaded.added} added, {loaded.changed} changed")

    def _demo(self, path: Path, by: Actor) -> None:
        """Load the demo; who can sign in is on disk before it counts."""
        call_command("load_storm", "february-2024", verbosity=0, stdout=StringIO())
        with transaction.atomic():
            found = demo.load(known=_read(path), by=by)
            _write(path, json.dumps(found, ensure_ascii=False, indent=1))
            token = next(row["token"] for row in found if "token" in row)
            script = demo.first_reading(token=token, url=settings.PUBLIC_URL, by=by)
            _write(path.with_name("first-reading.sh"), script)


def _read(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return rows


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)
