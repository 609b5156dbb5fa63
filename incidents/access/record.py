"""Whose matter each row of the record is."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from incidents.access.reach import (
    NOTHING,
    Sight,
    by_oneself,
    current,
    named_by,
    owned,
    part_of,
    passing,
    public,
    scope,
    shared,
)
from incidents.access.rights import Right
from incidents.models import (
    Assignment,
    Attachment,
    Brief,
    BriefItem,
    BriefWord,
    BrowserSession,
    CheckIn,
    Crew,
    CrewMember,
    CrewVehicle,
    Damage,
    Deployment,
    Device,
    Division,
    EnrolmentCode,
    Estimate,
    FileJob,
    GradingPolicy,
    Hazard,
    HeldFact,
    IceReading,
    ImportantUser,
    JournalEntry,
    JournalSeal,
    Line,
    LineSection,
    Membership,
    Organization,
    Outage,
    Patrol,
    Person,
    Place,
    RestorationStep,
    RoadBlock,
    SafetyBriefing,
    SavedView,
    SecondFactor,
    SectionIcing,
    SignIn,
    Storm,
    StormNote,
    Submission,
    Supply,
    SupportRequest,
    SyncScope,
    User,
    Vehicle,
    Visit,
    WeatherReading,
    WeatherWarning,
)
from incidents.models.attachments import PARENTS, UploadChunk
from incidents.models.exchange import FilePiece, FileRow
from incidents.models.support import DEPLOYED


def _accounts(sight: Sight) -> Q:
    """An account is seen where its person works or has had a role; changed by who reaches all its roles now.

    Otherwise a county could take over the account of a city manager who also has a role in the county.
    """
    roles = Membership.objects.filter(user=OuterRef("pk"))
    inside = Q(Exists(roles.filter(organization__in=sight.organizations)))
    inside |= Q(person__organization__in=sight.organizations)
    if sight.shares:
        return inside
    beyond = Exists(roles.filter(current(sight.now)).exclude(organization__in=sight.organizations))
    return inside & ~Q(beyond) & Q(is_superuser=False)


def _taught(sight: Sight) -> Q:
    """A word is seen by all; withdrawn by its teacher, or by who reaches all roles that the teacher has."""
    if sight.right is Right.SEE:
        return public(sight)
    roles = Membership.objects.filter(current(sight.now), user=OuterRef("added_by"))
    inside = Q(Exists(roles.filter(organization__in=sight.organizations)))
    beyond = Exists(roles.exclude(organization__in=sight.organizations))
    return inside & (Q(added_by=sight.user.pk) | ~Q(beyond))


def _storms(sight: Sight) -> Q:
    """A storm is seen from below and above its organisations; one without any is everybody's.

    It is changed only by who reaches all of its organisations: a county does not end the city's storm.
    """
    part = Storm.organizations.through.objects.filter(storm=OuterRef("pk"))
    inside = Exists(part.filter(organization__in=sight.organizations))
    if sight.shares:
        above = Exists(part.filter(organization__in=sight.superiors))
        return Q(inside) | Q(above) | ~Q(Exists(part))
    return Q(inside) & ~Q(Exists(part.exclude(organization__in=sight.organizations)))


def _lent_to(sight: Sight) -> Q:
    """An outage is shared with the home of a crew on loan that has or had a job there while it is deployed.

    From departure to release, and only jobs given since its team was called up: nothing before or after. A
    crew that never was in a deployment is lent for its job alone, until that ends.
    """
    if not sight.shares:
        return NOTHING
    return Q(Exists(_lent_jobs(sight).filter(outage=OuterRef("pk"))))


def _lent_jobs(sight: Sight) -> QuerySet[Assignment]:
    jobs = Assignment.objects.filter(crew__home_organization__in=sight.organizations)
    deployed = Q(
        crew__deployments__status__in=DEPLOYED, crew__deployments__mobilised_at__lte=F("assigned_at")
    )
    return jobs.filter(deployed | Q(ended_at=None, crew__deployments=None))


def lent_outages(sight: Sight) -> QuerySet[Any, Any]:
    """Return the numbers of the outages that this shares, a few at any moment; some may be one's own."""
    if not sight.shares:
        return Outage.objects.none().values("pk")
    return _lent_jobs(sight).exclude(outage=None).values("outage").distinct()


def _told_by_own_people(sight: Sight) -> Q:
    """A reading is also seen by the organisations of the person who made it."""
    if not sight.shares:
        return NOTHING
    return Q(reported_by__in=sight.people)


def _warned_from_above(sight: Sight) -> Q:
    """A warning that the city keeps is seen in its counties; only the city replaces or cancels it."""
    return Q(organization__in=sight.superiors) if sight.shares else NOTHING


def _about_nobodys(sight: Sight) -> Q:
    """An entry about a row without an organisation is seen by who sees the row."""
    about = NOTHING
    for model in (Storm, User, Device, EnrolmentCode):
        rows = sight.rows(model).values("pk")
        about |= Q(subject_type=model._meta.model_name, subject_id__in=rows)
    return Q(organization=None) & about


scope(Organization, owned("pk"))
scope(User, by_oneself("pk"), _accounts)
scope(Membership, owned("organization"), by_oneself("user"))
scope(Device, part_of("user"))
scope(EnrolmentCode, part_of("user"))
scope(BrowserSession, part_of("user"))
scope(SignIn, part_of("user"))
scope(SecondFactor, part_of("user"))
scope(Submission, part_of("user"))
scope(SyncScope, public)
scope(Person, owned("organization"))
scope(Vehicle, owned("organization"))
scope(Division, public)
scope(Line, owned("organization"))
scope(LineSection, owned("line__organization"))
scope(GradingPolicy, owned("organization"), lambda sight: public(sight) & Q(organization=None))
scope(Storm, passing(_storms))
scope(
    StormNote,
    owned("organization"),
    lambda sight: part_of("storm")(sight) & Q(organization=None),
)
scope(Outage, owned("organization"), passing(_lent_to))
scope(RestorationStep, part_of("outage"))
scope(Estimate, part_of("outage"))
scope(Damage, part_of("outage"))
scope(WeatherReading, owned("section__line__organization", "place__line__organization"), _told_by_own_people)
scope(
    IceReading,
    owned("section__line__organization", "place__line__organization"),
    part_of("outage"),
    _told_by_own_people,
)
scope(SectionIcing, owned("section__line__organization"))
scope(RoadBlock, owned("organization"))
scope(Crew, passing(owned("organization")), shared("home_organization"))
scope(CrewMember, part_of("crew"))
scope(CrewVehicle, part_of("crew"))
scope(Assignment, part_of("crew", "outage", "road_block"))
scope(CheckIn, part_of("crew"))
scope(SupportRequest, owned("organization", "asked_organization"))
scope(Deployment, owned("organization"), passing(owned("host_organization")))
scope(Supply, owned("organization"), part_of("crew", "deployment"))
scope(Visit, owned("organization"))
scope(Hazard, owned("organization"))
scope(WeatherWarning, owned("organization"), passing(_warned_from_above))
scope(
    Patrol,
    owned("organization"),
    passing(shared("crew__organization", "crew__home_organization", "person__organization")),
)
scope(SafetyBriefing, part_of("deployment", "assignment"))
scope(
    HeldFact,
    part_of("outage", "damage", "assignment", "road_block", "deployment", "hazard"),
    by_oneself("reported_by"),
)
scope(Brief, owned("organization"))
scope(BriefItem, part_of("brief"))
scope(BriefWord, _taught)
scope(Attachment, part_of(*PARENTS))
scope(UploadChunk, part_of("attachment"))
scope(FileJob, part_of("asked_by"))
scope(FileRow, part_of("job"))
scope(FilePiece, part_of("job"))
scope(SavedView, by_oneself("user"), shared("organization"))
scope(ImportantUser, owned("organization"))
scope(JournalEntry, owned("organization"), by_oneself("by"), _about_nobodys)
scope(JournalSeal, part_of("entry"))
scope(
    Place,
    owned("line__organization"),
    named_by(
        (Outage, "place"),
        (Damage, "place"),
        (IceReading, "place"),
        (WeatherReading, "place"),
        (RoadBlock, "place"),
        (Assignment, "place"),
        (Hazard, "place"),
        (Patrol, "place"),
        (StormNote, "place"),
        (Deployment, "host_place"),
        (Visit, "places"),
    ),
)
