"""Which schedules and recipients count for an organisation: those of the nearest one upwards that has any."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from incidents.models import Organization, User
from tracker.choices import DutyRole
from tracker.models import ReportRecipient, ReportSchedule, SituationReport
from tracker.selectors.duty import on_duty

Planned = TypeVar("Planned", ReportSchedule, ReportRecipient)


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """A person who gets a report, and in which language."""

    user: User
    language: str


def schedules() -> list[ReportSchedule]:
    """Return every schedule, switched off ones too: these keep those for everybody from counting."""
    return list(ReportSchedule.objects.order_by("pk"))


def nearest(rows: Iterable[Planned], *, above: Sequence[int]) -> list[Planned]:
    """Return the rows of the first organisation that has any, else those for everybody.

    Args:
        rows: Rows to choose from.
        above: The organisation and those above it, nearest first.
    """
    owners: dict[int | None, list[Planned]] = {}
    for row in rows:
        owners.setdefault(row.organization_id, []).append(row)
    found = next((owners[owner] for owner in [*above, None] if owner in owners), [])
    return [row for row in found if row.enabled]


def addressees(report: SituationReport, *, now: datetime) -> list[Addressee]:
    """Return who gets a report: people listed by name, and whoever is on duty in a listed role; once each.

    Args:
        report: The report.
        now: When it is sent; duty is asked at that moment.
    """
    above = path(report.organization)
    listed = ReportRecipient.objects.filter(kinds__contains=[report.kind]).select_related("user")
    rows = nearest(listed.order_by("pk"), above=above)
    languages: dict[int, str] = {row.user_id: row.language for row in rows if row.user_id is not None}
    by_role = {DutyRole(row.role): row.language for row in rows if row.role}
    for post in on_duty(report.organization, roles=list(by_role), now=now):
        languages.setdefault(post.user_id, by_role[post.role])
    people = User.objects.filter(pk__in=languages, is_active=True).exclude(email="").order_by("pk")
    return [Addressee(user=user, language=languages[user.pk] or user.language) for user in people]


def path(organization: Organization) -> list[int]:
    """Return an organisation and those above it, nearest first."""
    found: list[int] = []
    above: Organization | None = organization
    while above is not None:
        found.append(above.pk)
        above = above.parent
    return found
