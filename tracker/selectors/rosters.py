"""The roster of a week: who is on duty when, by organisation and role, and where nobody is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import F, Q, QuerySet

from incidents.models import Organization
from incidents.rules.times import SHANGHAI
from tracker.choices import DutyRole
from tracker.models import DutyNeed, DutyPost

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A day of one role.

    Attributes:
        posts: Posts that touch the day, in order.
        gaps: Stretches of the day without anybody, local, only where the role has to be manned.
    """

    posts: list[DutyPost]
    gaps: list[tuple[datetime, datetime]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """A week of one role in one organisation."""

    organization: Organization
    role: DutyRole
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class Week:
    """Seven days."""

    days: list[date]
    before: date
    after: date
    rows: list[Row]


def week_of(posts: QuerySet[DutyPost], *, day: str, now: datetime) -> Week:
    """Return the week from Monday in which a day lies.

    Args:
        posts: Posts that the reader may see.
        day: ``YYYY-MM-DD``; anything else is today.
        now: The present, aware.
    """
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        wanted = now.astimezone(SHANGHAI).date()
    wanted = min(max(wanted, date(2000, 1, 1)), date(2999, 12, 1))
    monday = wanted - timedelta(days=wanted.weekday())
    days = [monday + number * DAY for number in range(7)]
    since, until = _midnight(monday), _midnight(monday + 7 * DAY)
    found: dict[tuple[Organization, str], list[DutyPost]] = defaultdict(list)
    inside = posts.filter(
        Q(until_at=None) | Q(until_at__gt=since) & Q(until_at__gt=F("since_at")), since_at__lt=until
    )
    for post in inside.select_related("user", "organization").order_by("since_at", "pk"):
        found[post.organization, post.role].append(post)
    needed = _needed(posts, until)
    for key in needed:
        found.setdefault(key, [])
    rows = [
        Row(
            organization=organization,
            role=DutyRole(role),
            cells=[_cell(held, each, needed.get((organization, role))) for each in days],
        )
        for (organization, role), held in sorted(
            found.items(), key=lambda item: (item[0][0].name, DutyRole.values.index(item[0][1]))
        )
    ]
    return Week(days=days, before=monday - 7 * DAY, after=monday + 7 * DAY, rows=rows)


def _needed(posts: QuerySet[DutyPost], until: datetime) -> dict[tuple[Organization, str], datetime]:
    """Return since when which role has to be manned where."""
    where = posts.values("organization")
    needs = DutyNeed.objects.filter(organization__in=where, until_at=None, since_at__lt=until)
    return {(need.organization, need.role): need.since_at for need in needs.select_related("organization")}


def _cell(held: Iterable[DutyPost], day: date, needed_since: datetime | None) -> Cell:
    since, until = _midnight(day), _midnight(day + DAY)
    here = [
        post for post in held if post.since_at < until and (post.until_at is None or post.until_at > since)
    ]
    if needed_since is None or needed_since >= until:
        return Cell(posts=here, gaps=[])
    gaps, reached = [], max(since, needed_since.astimezone(SHANGHAI))
    for post in here:
        if post.since_at > reached:
            gaps.append((reached, post.since_at.astimezone(SHANGHAI)))
        reached = max(reached, until if post.until_at is None else post.until_at.astimezone(SHANGHAI))
    if reached < until:
        gaps.append((reached, until))
    return Cell(posts=here, gaps=gaps)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=SHANGHAI)
