"""``manage.py verify_journal``: walk the chain over the journal and say whether it holds."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from incidents.models import JournalSeal
from incidents.selectors.journal import verify
from incidents.services.seals import read_anchors


class Command(BaseCommand):
    """Verify the journal."""

    help = "Walk the chain over the journal; exit 1 if an entry was changed, removed, inserted or cut off."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file of noted heads."""
        parser.add_argument("--anchors", type=Path, default=settings.JOURNAL_ANCHORS)

    def handle(self, *, anchors: Path, **_options: Any) -> None:
        """Print every flaw found."""
        noted = read_anchors(anchors)
        findings = list(verify(noted))
        for finding in findings:
            self.stdout.write(f"{finding.flaw}: {finding.where}: {finding.told}")
        links = JournalSeal.objects.count()
        if findings:
            raise CommandError(f"{len(findings)} flaws in {links} links, {len(noted)} noted heads")
        self.stdout.write(f"ok: {links} links, {len(noted)} noted heads")
