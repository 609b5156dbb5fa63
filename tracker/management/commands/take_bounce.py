"""``manage.py take_bounce < mail``: note a mail of ours that came back; for the mail server to pipe into.

Exit codes are those that mail servers know: 0 also where the mail tells of nothing of ours, so that it is not
sent back in turn; 75 while the database is away, so that it is tried again.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from incidents.services.people import system_actor
from tracker.mail.returned import LONGEST_MAIL, read
from tracker.selectors.clock import database_now
from tracker.services import bounces

TRY_AGAIN = 75  # EX_TEMPFAIL


class Command(BaseCommand):
    """Take one report from standard input."""

    help = "Note a mail that came back (RFC 3464), from standard input."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say what was noted."""
        returned = read(sys.stdin.buffer.read(LONGEST_MAIL))
        if returned is None:
            self.stdout.write("tells of no mail that came back")
            return
        try:
            bounce = bounces.take(returned, by=system_actor(now=database_now()))
        except OperationalError as error:
            raise CommandError("database is away", returncode=TRY_AGAIN) from error
        self.stdout.write(f"came back: {returned.words}" if bounce else "no mail of ours")
