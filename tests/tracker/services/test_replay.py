"""The watch over past storms: exact, repeatable, and without a trace in what is live."""

from datetime import timedelta
from typing import Any

import pytest

from incidents.choices import Channel, EntryMode
from incidents.journal import Actor
from incidents.management.stories import demo, february_2024
from incidents.models import Outage, SectionIcing, Storm
from incidents.services import divisions
from tests.factories import make_actor
from tests.tracker.watchers import STORM_NIGHT, load_rules
from tracker.checks import CHECKS
from tracker.models import Alert, EmergencyResponse, Holding, Notification, Replay
from tracker.services import replay
from tracker.services.catalogue import CATALOGUE
from tracker.services.replay import Span
from collections import Counter

pytestmark = pytest.mark.django_db


def test_feb() -> None:
    by = make_actor(channel=Channel.IMPORT, entry_mode=EntryMode.HISTORICAL)
    by = Actor(
        user=by.user,
        now=STORM_NIGHT + timedelta(days=300),
        channel=Channel.IMPORT,
        entry_mode=EntryMode.HISTORICAL,
    )
    divisions.load_packed(by=by)
    storm = february_2024.play(by=by)
    made = replay.run(storm, span=Span(step=timedelta(minutes=30), by_deed=True), by=by, wanted=CATALOGUE)
    print(made.from_at, made.to_at)
    for a in made.alerts:
        print(a)
    assert 0


def test_demo() -> None:
    by = make_actor()
    divisions.load_packed(by=by)
    storm = demo.play(size=12, seed=1, by=by)
    made = replay.run(storm, span=Span(step=timedelta(minutes=30), by_deed=True), by=by, wanted=CATALOGUE)
    print(made.from_at, made.to_at)
    for a in made.alerts:
        print(a["opened_at"], a["rule"], a["band"], a["what"], a["roles"], a["resolved_at"])
    print(Counter(a["rule"] for a in made.alerts))
    assert 0
