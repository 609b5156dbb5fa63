"""Pages with something on them: the exercise storm, a watch that has looked at it, a person for each role."""

from datetime import datetime, timedelta
from decimal import Decimal
from io import StringIO

from django.core.management import call_command
from django.db.models.functions import Now
from django.urls import reverse

from config import demo
from incidents.access.files import reader_at
from incidents.choices import Channel
from incidents.journal import Actor
from incidents.models import Brief, FileJob, Organization, Outage, User
from incidents.services import briefs, file_jobs, policies, saved_views
from incidents.services.imports import life as imports
from incidents.services.imports.kinds import KINDS
from incidents.services.people import system_actor
from tests.factories import make_outage, make_place
from tests.incidents.services.briefs_told import PUBLISHED, STORY
from tracker.choices import Part
from tracker.models import Alert, Notification
from tracker.selectors.health import LONGEST_SILENCE
from tracker.services import heartbeats, report_schedules, rules, thresholds
from tracker.services.watch import turn

SPOTS = (
    ("120.62", "29.62"), ("120.70", "29.55"), ("120.701", "29.551"), ("120.86", "29.63"), ("120.90", "29.47"),
    ("120.95", "29.86"), ("119.50", "28.35"), ("119.14", "28.07"), ("119.141", "28.071"), ("119.06", "27.62"),
)  # fmt: skip
ROSTER = """单位,队伍名称,技能,人数
国网上虞区供电公司,崇仁抢修一队,通道清障,13
国网上虞区供电公司,崇仁抢修二队,通道清障,若干
"""


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
    dispatcher = User.objects.get(username="diaodu")
    _at_the_desk(Actor(user=dispatcher, now=now, channel=Channel.ADMIN))
    return dispatcher


def _at_the_desk(by: Actor) -> None:
    """A file with an error that waits for its officer, a brief that was pasted, a view that was saved."""
    county = Organization.objects.get(name=demo.COUNTY)
    imports.take(
        kind=KINDS["crews"],
        organization=county,
        content=ROSTER.encode("gb18030"),
        name="抢修队伍.csv",
        language="zh-hans",
        by=by,
    )
    file_jobs.work(now=by.now, reader_of=reader_at(by.now), most=20)
    briefs.take(organization=county, text=STORY, published_on=PUBLISHED, by=by)
    _on_the_map()
    saved_views.save(name="10 kV 停电", page="incidents.outage", query="voltage_kv=10", by=by)


def _on_the_map() -> None:
    """Outages whose coordinates are known; the exercise itself plays in villages that are nowhere."""
    (known,) = Outage.objects.filter(
        status="repairing", storm__is_exercise=True, occurred_at__isnull=False
    ).order_by("pk")[:1]
    for step, (east, north) in enumerate(SPOTS):
        place = make_place(
            text=f"【演练】{step + 1}号点", longitude=Decimal(east), latitude=Decimal(north), crs="EPSG:4326"
        )
        make_outage(
            organization=known.organization,
            storm=known.storm,
            place=place,
            customers_affected=40 * (step + 1),
            occurred_at=known.occurred_at,
            occurred_precision=known.occurred_precision,
            reported_at=known.reported_at,
            received_at=known.received_at,
        )


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
    assert outage.storm is not None
    assert Organization.objects.exists()
    return {
        "sign-in": reverse("admin:login"),
        "board": f"{reverse('home')}?of=drill",
        "overview": reverse("admin:index"),
        "outages": reverse("admin:incidents_outage_changelist"),
        "outage": reverse("admin:incidents_outage_change", args=[outage.pk]),
        "report-an-outage": reverse("admin:incidents_outage_add"),
        "map": f"{reverse('map')}?of=drill",
        "storm": reverse("storm-review", args=[outage.storm.uuid]),
        "import": reverse("admin:incidents_filejob_change", args=[FileJob.objects.get().pk]),
        "brief": reverse("admin:incidents_brief_change", args=[Brief.objects.get().pk]),
    }
