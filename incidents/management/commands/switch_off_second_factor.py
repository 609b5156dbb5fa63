"""``manage.py switch_off_second_factor``: for the administrator whose phone and recovery codes are gone.

Whoever may run it has the server anyway; the journal says that the system did it, and why.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from incidents.models import User
from incidents.services import people, second_factors


class Command(BaseCommand):
    """Switch off somebody's second factor."""

    help = "Switch off the second factor of an account, and end its sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account and the reason."""
        parser.add_argument("username")
        parser.add_argument("--reason", required=True)

    def handle(self, *, username: str, reason: str, **_options: Any) -> None:
        """Switch it off."""
        user = User.objects.filter(username=username).first()
        factor = second_factors.of(user) if user else None
        if factor is None:
            raise CommandError(f"{username} has no second factor")
        second_factors.switch_off(factor, reason=reason, by=people.system_actor(now=timezone.now()))
        self.stdout.write(f"{username}: the second factor is off")
