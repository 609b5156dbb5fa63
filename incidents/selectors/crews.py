"""What a crew is at, and what waits for it."""

from datetime import datetime

from django.db.models import Q

from incidents.choices import AssignmentStatus
from incidents.models import Assignment, Crew
from incidents.models.assignments import ACTIVE


def job_of(crew: Crew) -> Assignment | None:
    """Return the job that a crew is sent to or at; a crew has one at a time."""
    return crew.assignments.filter(status__in=ACTIVE).select_related("place").first()


def job_at(crew: Crew, *, at: datetime) -> Assignment | None:
    """Return the job that a crew had at a moment; what was told late belongs to what was going on then."""
    sent = crew.assignments.exclude(status=AssignmentStatus.QUEUED).filter(assigned_at__lte=at)
    return sent.filter(Q(ended_at=None) | Q(ended_at__gt=at)).order_by("-assigned_at", "-id").first()


def waiting_of(crew: Crew) -> Assignment | None:
    """Return the job that has waited longest for a crew."""
    waiting = crew.assignments.filter(status=AssignmentStatus.QUEUED)
    return waiting.order_by("assigned_at", "id").first()
