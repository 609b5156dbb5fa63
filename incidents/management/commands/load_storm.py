"""``manage.py load_storm``: a storm told through the services, once."""

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.choices import Channel, EntryMode
from incidents.errors import NotFound, Refused
from incidents.journal import Actor
from incidents.management.stories import demo, february_2024
from incidents.models import Organization, Storm
from incidents.services import divisions, people


class Command(BaseCommand):
    """Load a storm; one that is there already stays as it is."""

    help = "Load the storm of February 2024, or a fictional exercise; what is loaded already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the storm and the measures of the exercise."""
        parser.add_argument("story", choices=[february_2024.SLUG, demo.SLUG])
        parser.add_argument("--size", type=_size, default=200, help="outages of the exercise, 1 to 2000")
        parser.add_argument("--seed", type=int, default=demo.SEED, help="seed of the exercise's chances")
        parser.add_argument("--under", help="organisation whose people take part in the exercise, by name")
        parser.add_argument(
            "--at", type=_moment, help="the exercise's present, as 2026-01-16T03:00+08:00; now by default"
        )

    def handle(self, *, story: str, **options: Any) -> None:
        """Read the clock, load the divisions that places are named by, and tell the story."""
        by = people.system_actor(now=options["at"] or timezone.now())
        try:
            divisions.load_packed(by=by)
            storm = _february(by) if story == february_2024.SLUG else _exercise(options, by)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        told = _("%(story)s: loaded.") if storm else _("%(story)s: loaded before, nothing changed.")
        self.stdout.write(str(told) % {"story": story})


def _february(by: Actor) -> Storm | None:
    past = replace(by, channel=Channel.IMPORT, entry_mode=EntryMode.HISTORICAL)
    return february_2024.play(by=past)


def _exercise(options: dict[str, Any], by: Actor) -> Storm | None:
    under = Organization.objects.filter(name=options["under"]).first()
    if options["under"] and under is None:
        raise NotFound(kind="organization", key=options["under"])
    return demo.play(size=options["size"], seed=options["seed"], under=under, by=by)


def _size(text: str) -> int:
    if not text.isdecimal() or not demo.SIZES[0] <= int(text) <= demo.SIZES[1]:
        raise ArgumentTypeError(
            _("size is %(value)s; allowed is %(low)s – %(high)s")
            % {"value": text, "low": demo.SIZES[0], "high": demo.SIZES[1]}
        )
    return int(text)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise ArgumentTypeError(_("at is %(value)s; allowed is a moment with its zone") % {"value": text})
    return moment
