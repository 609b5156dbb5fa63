"""Signs of life of crews."""

from datetime import datetime

from django.db import transaction

from incidents import journal
from incidents.journal import Actor
from incidents.models import CheckIn, Crew
from incidents.selectors.crews import job_at
from incidents.services import crews, facts
from incidents.services.storing import store


@transaction.atomic
def record(crew: Crew, *, at: datetime, by: Actor, note: str = "") -> CheckIn:
    """Record a sign of life of a crew, with the job that it had then; the same again is returned.

    Raises:
        NaiveTime, OutOfRange, Invalid: If a value cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    row = crews.locked(crew)
    same = row.check_ins.filter(at=at, note=note, reported_by=by.user).first()
    if same is not None:
        return same
    sign = CheckIn(
        crew=row,
        assignment=job_at(row, at=at),
        at=at,
        received_at=by.now,
        reported_by=by.user,
        device=by.device,
        note=note,
    )
    store(sign)
    journal.write("check_in.recorded", subject=sign, at=at, by=by, organization=row.organization)
    return sign
