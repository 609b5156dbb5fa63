"""Signs of life of crews."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.journal import Actor
from incidents.models import Assignment, CheckIn, Crew
from incidents.rules.times import not_before
from incidents.selectors.crews import job_at
from incidents.services import crews, facts
from incidents.services.storing import store


@transaction.atomic
def record(crew: Crew, *, at: datetime, by: Actor, note: str = "", job: Assignment | None = None) -> CheckIn:
    """Record a sign of life of a crew, with the job that it had then; the same again is returned.

    Args:
        crew: The crew.
        at: When it gave it.
        by: Who tells it.
        note: What it said.
        job: The job that it speaks of; None for the one that it had then, if any.

    Raises:
        Inconsistent: If it would speak of a job that was not given yet.
        NaiveTime, OutOfRange, Invalid: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    if job is not None and job.assigned_at is not None:
        not_before(field="at", at=at, other="assigned_at", earliest=job.assigned_at)
    row = crews.locked(crew)
    same = row.check_ins.filter(at=at, note=note, reported_by=by.user).first()
    if same is not None:
        return same
    sign = CheckIn(
        crew=row,
        assignment=job or job_at(row, at=at),
        at=at,
        received_at=by.now,
        reported_by=by.user,
        device=by.device,
        note=note,
    )
    store(sign)
    journal.write("check_in.recorded", subject=sign, at=at, by=by, organization=row.organization)
    return sign
