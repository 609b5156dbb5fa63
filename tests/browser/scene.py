"""Pages with something on them: the exercise storm, a watch that has looked at it, a person for each role."""

from datetime import datetime, timedelta
from io import StringIO

from django.core.management import call_command
from django.db.models.functions import Now
from django.urls import reverse

from config import demo
from incidents.models import Organization, Outage, User
from incidents.services import policies
from incidents.services.people import system_actor
from tracker.choices import Part
from tracker.models import Alert, Notification
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats, report_schedules, rules, thresholds
from tracker.services.watch import turn


def play(*, size: int, now: datetime) -> User:
    """Play the exercise and let the watch look at it; return the dispatcher of the demo."""
    by = system_actor(now=now)
    policies.load_defaults(at=now, by=by)
    rules.load_catalogue(at=now, by=by)
    thresholds.load_defaults(by=by)
    report_schedules.load_defaults(at=now, by=by)
    call_command("load_storm", "february-2024", stdout=StringIO())
    demo.load(known=[], by=by)
    call_command("load_storm", "demo", "--size", str(size), "--under", demo.TOP, stdout=StringIO())
    turn(now=now)
    keep_alive()
    return User.objects.get(username="diaodu")


def keep_alive() -> None:
    """Let the watch be well, as it is where it runs: it lives, and nothing of it is late."""
    heartbeats.beat([*LONGEST_SILENCE, Part.CYCLE])
    soon = Now() + timedelta(minutes=20)
    Alert.objects.filter(next_due_at__isnull=False).update(next_due_at=soon)
    Notification.objects.filter(next_try_at__isnull=False).update(next_try_at=soon)
    Notification.objects.filter(held_until__isnull=False).update(held_until=soon)


def addresses() -> dict[str, str]:
    """Return the pages that are looked at, by name."""
    outage = Outage.objects.filter(status="repairing", storm__is_exercise=True).order_by("-pk").first()
    assert outage is not None
    assert Organization.objects.exists()
    return {
        "sign-in": reverse("admin:login"),
        "board": f"{reverse('home')}?of=drill",
        "overview": reverse("admin:index"),
        "outages": reverse("admin:incidents_outage_changelist"),
        "outage": reverse("admin:incidents_outage_change", args=[outage.pk]),
        "report-an-outage": reverse("admin:incidents_outage_add"),
    }
