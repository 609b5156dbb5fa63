"""Crews: formed, staffed with people and vehicles, disbanded."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from incidents import journal
from incidents.choices import Skill, TaskKind
from incidents.errors import BadTransition, Conflict, CrewUnderWay, Missing
from incidents.journal import Actor
from incidents.models import Crew, CrewMember, CrewVehicle, Organization, Person, Vehicle
from incidents.rules.times import local_day
from incidents.selectors.crews import job_of, waiting_of
from incidents.services import deeds, facts
from incidents.services.storing import store

_DISBANDED: Final = "crew.disbanded"


@transaction.atomic
def form(
    *,
    name: str,
    organization: Organization,
    skills: Collection[Skill],
    at: datetime,
    by: Actor,
    home_organization: Organization | None = None,
    headcount: int | None = None,
    is_exercise: bool = False,
) -> Crew:
    """Form a crew.

    Args:
        name: Its name, used once at a time in the organisation that it belongs to.
        organization: Whom it works for.
        skills: What it can do, one or more.
        at: When it was formed.
        by: Who forms it.
        home_organization: Whom it belongs to while on loan; None for whom it works for.
        headcount: Declared number of people; None where nobody counted.
        is_exercise: Of a drill.

    Raises:
        NaiveTime, OutOfRange, Invalid, BrokenRule: If a value cannot be or the name is taken; nothing is
            written.
    """
    facts.check_moments(by=by, at=at)
    crew = Crew(
        name=name,
        organization=organization,
        home_organization=home_organization or organization,
        skills=list(skills),
        headcount=headcount,
        is_exercise=is_exercise,
    )
    store(crew)
    journal.write("crew.formed", subject=crew, at=at, by=by, organization=organization)
    return crew


@transaction.atomic
def add_member(
    crew: Crew, *, person: Person, at: datetime, by: Actor, is_leader: bool = False, reason: str = ""
) -> CrewMember:
    """Add a person to a crew; one who is in it already is returned as he is.

    The declared number of people gives way to the list once that is as long.

    Args:
        crew: The crew.
        person: The person, in no other crew.
        at: From when.
        by: Who decides.
        is_leader: Leads the crew; one does.
        reason: Why, if the person's certificate has run out on that day.

    Raises:
        Conflict: If the person is in another crew then or later; it is named.
        Missing: If the certificate has run out and no reason is given.
        BrokenRule: If the crew has a leader and this is to be another.
        BadTransition: If the crew is disbanded.
        NaiveTime, OutOfRange: If the time cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    row = locked(crew)
    refuse_disbanded(row, verb="add_member")
    held = row.members.filter(person=person, is_leader=is_leader, until_at=None).first()
    if held is not None:
        return held
    _refuse_elsewhere(CrewMember.objects.filter(person=person), person, at)
    _check_certificate(person, at, reason)
    member = CrewMember(crew=row, person=person, is_leader=is_leader, since_at=at)
    store(member)
    journal.write(
        "crew_member.added", subject=member, at=at, by=by, organization=row.organization, reason=reason
    )
    _count_list(row, at=at, by=by)
    return member


@transaction.atomic
def remove_member(member: CrewMember, *, at: datetime, by: Actor, reason: str = "") -> CrewMember:
    """Take a person out of a crew; that he was in it stays.

    Raises:
        BadTransition: If he has left it with another time.
        NaiveTime, OutOfRange, BrokenRule: If the time cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    crew = locked(member.crew)
    row = CrewMember.objects.select_for_update().get(pk=member.pk)
    _end(row, "crew_member", crew=crew, at=at, by=by, reason=reason)
    return row


@transaction.atomic
def add_vehicle(crew: Crew, *, vehicle: Vehicle, at: datetime, by: Actor) -> CrewVehicle:
    """Give a vehicle to a crew; one that it has already is returned as it is.

    Raises:
        Conflict: If another crew has it then or later; it is named.
        BadTransition: If the crew is disbanded.
        NaiveTime, OutOfRange: If the time cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    row = locked(crew)
    refuse_disbanded(row, verb="add_vehicle")
    held = row.vehicles.filter(vehicle=vehicle, until_at=None).first()
    if held is not None:
        return held
    _refuse_elsewhere(CrewVehicle.objects.filter(vehicle=vehicle), vehicle, at)
    crew_vehicle = CrewVehicle(crew=row, vehicle=vehicle, since_at=at)
    store(crew_vehicle)
    journal.write("crew_vehicle.added", subject=crew_vehicle, at=at, by=by, organization=row.organization)
    return crew_vehicle


@transaction.atomic
def remove_vehicle(vehicle: CrewVehicle, *, at: datetime, by: Actor, reason: str = "") -> CrewVehicle:
    """Take a vehicle from a crew; that it had it stays.

    Raises:
        BadTransition: If it was taken with another time.
        NaiveTime, OutOfRange, BrokenRule: If the time cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    crew = locked(vehicle.crew)
    row = CrewVehicle.objects.select_for_update().get(pk=vehicle.pk)
    _end(row, "crew_vehicle", crew=crew, at=at, by=by, reason=reason)
    return row


@transaction.atomic
def disband(crew: Crew, *, at: datetime, by: Actor, reason: str = "") -> Crew:
    """Disband a crew that is not under way and has nothing waiting; its people and vehicles are free.

    Raises:
        CrewUnderWay: If it has a job, under way or waiting; it is named.
        BadTransition: If it was disbanded with another time.
        NaiveTime, OutOfRange, BrokenRule: If the time cannot be; nothing is written.
    """
    facts.check_moments(by=by, at=at)
    row = locked(crew)
    if deeds.told_before(_DISBANDED, row, at=at, reason=reason):
        return row
    refuse_disbanded(row, verb="disband")
    refuse_under_way(row)
    waiting = waiting_of(row)
    if waiting is not None:
        raise Conflict(subject=str(row), other=str(waiting))
    for member in row.members.select_for_update().filter(until_at=None).order_by("id"):
        _end(member, "crew_member", crew=row, at=at, by=by, reason=reason)
    for vehicle in row.vehicles.select_for_update().filter(until_at=None).order_by("id"):
        _end(vehicle, "crew_vehicle", crew=row, at=at, by=by, reason=reason)
    before = journal.snapshot(row)
    row.disbanded_at = at
    organization = row.organization
    deeds.record(_DISBANDED, row, before=before, at=at, by=by, organization=organization, reason=reason)
    return row


def locked(crew: Crew) -> Crew:
    """Return a crew as it is now, locked until the end of the transaction."""
    return Crew.objects.select_for_update(of=["self"]).select_related("organization").get(pk=crew.pk)


def refuse_disbanded(crew: Crew, *, verb: str) -> None:
    """Refuse a verb on a crew that is no more.

    Raises:
        BadTransition: If it is disbanded.
    """
    if crew.disbanded_at is not None:
        raise BadTransition(subject="crew", state="disbanded", verb=verb, allowed=())


def refuse_under_way(crew: Crew) -> None:
    """Refuse to send a locked crew somewhere, or home, while it has a job.

    Raises:
        CrewUnderWay: If it has; the job is named.
    """
    job = job_of(crew)
    if job is not None:
        raise CrewUnderWay(
            crew=crew.name, task=TaskKind(job.task).label, place=job.place.text, assignment=job.uuid
        )


def _end(
    row: CrewMember | CrewVehicle, subject: str, *, crew: Crew, at: datetime, by: Actor, reason: str
) -> None:
    kind = f"{subject}.removed"
    if deeds.told_before(kind, row, at=at, reason=reason):
        return
    if row.until_at is not None:
        raise BadTransition(subject=subject, state="removed", verb="remove", allowed=())
    before = journal.snapshot(row)
    row.until_at = at
    deeds.record(kind, row, before=before, at=at, by=by, organization=crew.organization, reason=reason)


def _refuse_elsewhere(
    rows: QuerySet[CrewMember] | QuerySet[CrewVehicle], who: Person | Vehicle, at: datetime
) -> None:
    """Refuse who or what is in a crew at that time or later; the database has the last word."""
    other = rows.filter(Q(until_at=None) | Q(until_at__gt=at)).select_related("crew").first()
    if other is not None:
        raise Conflict(subject=str(who), other=str(other.crew))


def _check_certificate(person: Person, at: datetime, reason: str) -> None:
    valid_to = person.certificate_valid_to
    if valid_to is not None and valid_to < local_day(at=at) and not reason.strip():
        raise Missing(field="reason", purpose="certificate-expired")


def _count_list(crew: Crew, *, at: datetime, by: Actor) -> None:
    """Let the list of members speak for the number of people once it is as long as declared."""
    listed = crew.members.filter(until_at=None).count()
    if crew.headcount is not None and listed >= crew.headcount:
        before = journal.snapshot(crew)
        crew.headcount = None
        deeds.record("crew.listed", crew, before=before, at=at, by=by, organization=crew.organization)
