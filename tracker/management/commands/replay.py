"""``manage.py replay``: what the watch would have done over a past storm, with these rules or others."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from incidents.errors import Refused
from incidents.models import IceReading, Outage, Storm
from incidents.services.people import system_actor
from tracker.models import Replay
from tracker.services import replay
from tracker.services.replay import Span
from tracker.services.wanted import Wanted, read


class Command(BaseCommand):
    """Replay."""

    help = "Run the watch over a past storm in a scratch record; print and keep what it would have done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare storm, rules and time."""
        parser.add_argument("--storm", required=True, help="short name of the storm")
        parser.add_argument("--rules", type=_rules, help="rules file; without it the rules in force")
        parser.add_argument("--against", type=_rules, help="a second rules file to compare with")
        parser.add_argument("--from", dest="from_at", type=_moment, help="as 2026-01-16T03:00+08:00")
        parser.add_argument("--to", dest="to_at", type=_moment)
        parser.add_argument("--step", type=int, default=60, help="seconds between two looks")
        parser.add_argument(
            "--clock",
            choices=["deed", "written"],
            help="when a deed was known: when done, or when written; by default as the storm was recorded",
        )

    def handle(self, *, storm: str, verbosity: int, **options: Any) -> None:
        """Run one replay, or two and their differences."""
        if options["step"] < 1:
            raise CommandError("--step: at least 1 s")
        found = Storm.objects.filter(slug=storm).first()
        if found is None:
            raise CommandError(f"no storm {storm!r}")
        by_deed = _was_told(found) if options["clock"] is None else options["clock"] == "deed"
        span = Span(
            from_at=options["from_at"],
            to_at=options["to_at"],
            step=timedelta(seconds=options["step"]),
            by_deed=by_deed,
        )
        first = self._run(found, span, options["rules"])
        if verbosity:
            self._print(first)
        if options["against"] is not None:
            second = self._run(found, span, options["against"])
            self._print(second)
            self._compare(first, second)

    def _run(self, storm: Storm, span: Span, rules: tuple[str, tuple[Wanted, ...]] | None) -> Replay:
        label, wanted = rules or ("rules in force", None)
        try:
            return replay.run(
                storm, span=span, by=system_actor(now=timezone.now()), wanted=wanted, label=label
            )
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def _print(self, made: Replay) -> None:
        self.stdout.write(f"{made}: {len(made.alerts)} alerts, {_local(made.from_at)} – {_local(made.to_at)}")
        for alert in made.alerts:
            late = "" if alert["late_s"] is None else f", at most {alert['late_s']:.0f} s late"
            people = ", ".join(alert["people"]) or "nobody on duty"
            self.stdout.write(
                f"{_local(alert['opened_at'])} {alert['rule']} {alert['band'] or '-'} {alert['what']}"
                f" → {alert['roles']}: {people} ({alert['mails']} mails{late});"
                f" over {_local(alert['resolved_at']) if alert['resolved_at'] else 'never'}"
            )

    def _compare(self, first: Replay, second: Replay) -> None:
        differences = replay.compare(first, second)
        self.stdout.write(f"{len(differences)} alerts differ")
        for found in differences:
            self.stdout.write(f"{found['rule']} {found['what']}: {found['one']} | {found['other']}")


def _was_told(storm: Storm) -> bool:
    """Return whether a storm was recorded after the fact, or told as an exercise."""
    told = Outage.objects.filter(storm=storm, entry_mode="historical").exists()
    return (
        storm.is_exercise or told or IceReading.objects.filter(storm=storm, entry_mode="historical").exists()
    )


def _rules(name: str) -> tuple[str, tuple[Wanted, ...]]:
    try:
        return Path(name).name, read(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArgumentTypeError(f"{name}: {error}") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: not a moment") from error
    if moment.utcoffset() is None:
        raise ArgumentTypeError(f"{text}: a moment needs its zone")
    return moment


def _local(at: datetime | str) -> str:
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{timezone.localtime(moment):%m-%d %H:%M}"
