"""Random deeds of a storm night, by services alone, for whoever has to keep up with them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import uuid4

from django.db.models import Model, QuerySet

from incidents.choices import (
    AbortReason,
    DamageKind,
    EstimateKind,
    HazardGrade,
    HazardKind,
    IceMethod,
    OutageKind,
    Role,
    Skill,
    StormHazard,
    SupplyKind,
    TaskKind,
    ThicknessKind,
)
from incidents.journal import Actor
from incidents.models import (
    Assignment,
    Crew,
    CrewMember,
    Deployment,
    Hazard,
    LineSection,
    Membership,
    Organization,
    Outage,
    RoadBlock,
    Storm,
    SupportRequest,
    User,
    WeatherReading,
)
from incidents.services import (
    assignments,
    check_ins,
    crews,
    damage,
    deployments,
    estimates,
    hazards,
    ice,
    ice_bulk,
    journeys,
    organizations,
    outages,
    places,
    roads,
    storms,
    supplies,
    support,
    visits,
    weather,
)
from incidents.services.ice_bulk import Told
from incidents.services.ice_observations import Observation
from tests.factories import make_person, make_place
from tracker.models import Alert, Rule

Row = TypeVar("Row", bound=Model)
HOUR = timedelta(hours=1)


@dataclass
class Night:
    """A random night; every deed picks its own rows when it is done."""

    random: Random
    tree: list[Organization]
    people: list[User]
    now: datetime
    _count: int = field(default=0)

    def deed(self) -> Callable[[], object]:
        """Return the next deed, with all its chances taken."""
        return self.random.choice(self._deeds())

    def by(self, user: User | None = None) -> Actor:
        return Actor(user=user or self.random.choice(self.people), now=self.now)

    def any(self, model: type[Row], **where: Any) -> Row:
        rows: list[Row] = list(QuerySet(model).filter(**where).order_by("pk"))
        if not rows:
            raise LookupError(model)
        return self.random.choice(rows)

    def organization(self) -> Organization:
        return self.random.choice(self.tree)

    def _deeds(self) -> list[Callable[[], object]]:
        often = [self.report, self.outage_verb, self.assign, self.assignment_verb, self.end_job]
        return [
            *often,
            *often,
            self.damage,
            self.estimate,
            self.form_crew,
            self.staff,
            self.check_in,
            self.reading,
            self.readings,
            self.weather,
            self.road,
            self.clear,
            self.hazard,
            self.close_hazard,
            self.join,
            self.join_for_a_while,
            self.leave,
            self.move,
            self.storm,
            self.storm_elsewhere,
            self.ask,
            self.wish,
            self.mobilise,
            self.send_elsewhere,
            self.depart,
            self.supply,
            self.visit,
            self.identify,
            self.alert,
            self.alert_changes,
        ]

    def report(self) -> object:
        section = self.random.choice([None, self.any(LineSection)])
        return outages.report(
            organization=self.organization(),
            place=make_place(),
            kind=OutageKind.FORCED,
            voltage_kv=Decimal(10),
            section=section,
            at=self.now,
            by=self.by(),
        )

    def outage_verb(self) -> object:
        verb: Any = self.random.choice(
            [outages.confirm, outages.locate, outages.isolate, outages.start_repair]
        )
        return verb(self.any(Outage), at=self.now, by=self.by())

    def damage(self) -> object:
        return damage.record(self.any(Outage), kind=DamageKind.POLE_BROKEN, at=self.now, by=self.by())

    def estimate(self) -> object:
        promised = self.now + HOUR
        return estimates.publish(
            self.any(Outage), kind=EstimateKind.CREW, value_at=promised, at=self.now, by=self.by()
        )

    def form_crew(self) -> object:
        self._count += 1
        return crews.form(
            name=f"抢修{self._count}{uuid4().hex[:8]}班",
            organization=self.organization(),
            home_organization=self.organization(),
            skills=[Skill.MEDIUM_VOLTAGE],
            at=self.now,
            by=self.by(),
        )

    def staff(self) -> object:
        if self.random.random() < 0.5 and CrewMember.objects.filter(until_at=None).exists():
            return crews.remove_member(self.any(CrewMember, until_at=None), at=self.now, by=self.by())
        person = make_person(organization=self.organization())
        return crews.add_member(self.any(Crew), person=person, at=self.now, by=self.by())

    def assign(self) -> object:
        return assignments.assign(
            self.any(Crew), task=TaskKind.REPAIR, outage=self.any(Outage), at=self.now, by=self.by()
        )

    def assignment_verb(self) -> object:
        verb: Any = self.random.choice([assignments.accept, assignments.depart, assignments.arrive])
        return verb(self.any(Assignment, ended_at=None), at=self.now, by=self.by())

    def end_job(self) -> object:
        job = self.any(Assignment, ended_at=None)
        if self.random.random() < 0.5:
            return assignments.abort(job, why=AbortReason.WEATHER, at=self.now, by=self.by())
        return assignments.finish(job, at=self.now, by=self.by())

    def check_in(self) -> object:
        return check_ins.record(self.any(Crew), at=self.now, by=self.by())

    def observation(self) -> Observation:
        return Observation(
            kind=ThicknessKind.STANDARD,
            method=IceMethod.CALIPER,
            thickness_mm=Decimal(self.random.randrange(0, 200)) / 10,
            observed_at=self.now,
            section=self.any(LineSection),
        )

    def reading(self) -> object:
        return ice.record(self.observation(), by=self.by(), client_id=uuid4())

    def readings(self) -> object:
        rows = [Told(client_id=uuid4(), observation=self.observation()) for _ in range(7)]
        return ice_bulk.record(rows, by=self.by())

    def weather(self) -> object:
        where: Any = self.random.choice([{"place": make_place()}, {"section": self.any(LineSection)}])
        return weather.record(observed_at=self.now, air_temp_c=Decimal(-3), by=self.by(), **where)

    def road(self) -> object:
        return roads.report(organization=self.organization(), place=make_place(), at=self.now, by=self.by())

    def clear(self) -> object:
        return roads.clear(self.any(RoadBlock), at=self.now, by=self.by())

    def hazard(self) -> object:
        return hazards.report(
            organization=self.organization(),
            place=make_place(),
            kind=HazardKind.VEGETATION,
            grade=HazardGrade.SERIOUS,
            description="毛竹倒伏",
            at=self.now,
            by=self.by(),
        )

    def close_hazard(self) -> object:
        return hazards.close(self.any(Hazard), remark="已清理", at=self.now, by=self.by())

    def join(self) -> object:
        return organizations.join(
            user=self.random.choice(self.people),
            organization=self.organization(),
            role=self.random.choice([Role.CREW_MEMBER, Role.VIEWER]),
            at=self.now,
            by=self.by(),
        )

    def join_for_a_while(self) -> object:
        """A role whose end is set when it begins, and that nothing is written about when it is over."""
        return Membership.objects.create(
            user=self.random.choice(self.people),
            organization=self.organization(),
            role=Role.MANAGER,
            since_at=self.now + self.random.choice([-HOUR, HOUR]),
            until_at=self.now + 3 * HOUR,
        )

    def leave(self) -> object:
        role = self.any(Membership, until_at=None)
        return organizations.leave(role, at=self.now, by=self.by(), reason="调离")

    def move(self) -> object:
        moved, parent = self.random.choice(self.tree), self.random.choice(self.tree)
        return organizations.move(moved, parent=parent, at=self.now, by=self.by(), reason="划转")

    def storm(self) -> object:
        slug = f"storm-{uuid4().hex[:12]}"
        told = [self.organization()]
        return storms.open(slug=slug, name="寒潮", hazard=StormHazard.ICE, organizations=told, by=self.by())

    def storm_elsewhere(self) -> object:
        return storms.correct(
            self.any(Storm), organizations=[self.organization()], reason="更正", at=self.now, by=self.by()
        )

    def ask(self) -> object:
        asking, asked = self.random.sample(self.tree, 2)
        return support.request(organization=asking, asked=asked, need="抢修", at=self.now, by=self.by())

    def mobilise(self) -> object:
        sender, host = self.random.sample(self.tree, 2)
        team = [self.any(Crew)]
        return deployments.mobilise(
            organization=sender, host_organization=host, crews=team, at=self.now, by=self.by()
        )

    def send_elsewhere(self) -> object:
        return deployments.correct(
            self.any(Deployment),
            host_organization=self.organization(),
            reason="改派",
            at=self.now,
            by=self.by(),
        )

    def depart(self) -> object:
        return journeys.depart(self.any(Deployment), at=self.now, by=self.by())

    def supply(self) -> object:
        whom: Any = self.random.choice([{"crew": self.any(Crew)}, {"deployment": self.any(Deployment)}, {}])
        return supplies.record(
            organization=self.organization(), kind=SupplyKind.HOT_MEAL, by=self.by(), **whom
        )

    def visit(self) -> object:
        return visits.record(organization=self.organization(), places=[make_place()], by=self.by())

    def identify(self) -> object:
        places_of: Any = [Outage, RoadBlock, Hazard, WeatherReading]
        row: Any = self.any(self.random.choice(places_of), place__isnull=False)
        line = self.any(LineSection).line
        return places.identify(
            row.place, division=None, line=line, reason="现场核实", at=self.now, by=self.by()
        )

    def alert(self) -> object:
        return Alert.objects.create(
            rule=self.any(Rule),
            rule_code="E01",
            subject_type="outage",
            subject_id=self.random.randrange(10**9),
            organization=self.organization(),
            severity="warning",
            climb_at=self.now,
            opened_at=self.now,
        )

    def alert_changes(self) -> object:
        alert = self.any(Alert)
        return Alert.objects.filter(pk=alert.pk).update(facts={"mm": self.random.randrange(100)})

    def wish(self) -> object:
        return support.approve(self.any(SupportRequest), at=self.now, by=self.by())
