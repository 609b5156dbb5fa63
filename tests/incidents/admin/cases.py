"""For every verb of the record: a row that it can be done to, and what is typed into its form."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from incidents import models as record
from incidents.choices import Role
from incidents.models import Organization, User
from incidents.services import second_factors
from tests import factories as make
from tests.desk import give_role
from tests.pictures import jpeg

LATER = make.STORM_NIGHT + timedelta(hours=1)
DAY = timedelta(days=1)


def typed(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


RECENTLY = timezone.now().replace(second=0, microsecond=0) - timedelta(hours=1)
NOW, TOMORROW, TODAY = (typed(moment) for moment in (RECENTLY, RECENTLY + DAY, RECENTLY))
TODAY = TODAY[:10]
ICE = {
    "observed_at": NOW,
    "thickness_mm": "8",
    "kind": "standard",
    "statistic": "single",
    "ice_type": "glaze",
}
ICE |= {"method": "caliper"}
RESTORED = {"status": "restored", "restored_at": LATER}
CLOSED = {"status": "closed", "restored_at": LATER, "ended_at": LATER, "cause_code": "bamboo_ice"}
OVERRIDE = {"override_grade": "red", "override_reason": "巡视所见", "override_until_at": LATER}

Row = Callable[[Organization], Any]
Data = Callable[[Organization], dict[str, Any]]


def outage(**over: Any) -> Row:
    def made(ours: Organization) -> record.Outage:
        ended_by = {"ended_by": make.make_user()} if "ended_at" in over else {}
        line = make.make_line(organization=ours)
        return make.make_outage(organization=ours, line=line, **over, **ended_by)

    return made


def fact(model: type[Model], **values: Any) -> Row:
    def made(ours: Organization) -> Model:
        said = {"received_at": make.STORM_NIGHT, "reported_by": make.make_user()}
        given = {name: value(ours) if callable(value) else value for name, value in values.items()}
        return model._default_manager.create(**said, **given)

    return made


def plain(model: type[Model], **values: Any) -> Row:
    def made(ours: Organization) -> Model:
        given = {name: value(ours) if callable(value) else value for name, value in values.items()}
        return model._default_manager.create(**given)

    return made


def itself(ours: Organization) -> Organization:
    return ours


def line(ours: Organization) -> record.Line:
    return make.make_line(organization=ours)


def section(ours: Organization) -> record.LineSection:
    return make.make_section(line=line(ours))


def crew(ours: Organization) -> record.Crew:
    return make.make_crew(organization=ours)


def person(ours: Organization) -> record.Person:
    return make.make_person(organization=ours)


def vehicle(ours: Organization) -> record.Vehicle:
    return make.make_vehicle(organization=ours)


def member(ours: Organization) -> User:
    return give_role(make.make_user(), ours, Role.VIEWER)


def closed_member(ours: Organization) -> User:
    return give_role(make.make_user(is_active=False), ours, Role.VIEWER)


def session_of_member(ours: Organization) -> record.BrowserSession:
    return make.make_session(user=member(ours))


def signed_in_member(ours: Organization) -> User:
    user = session_of_member(ours).user
    assert user is not None
    return user


def factor_of_member(ours: Organization) -> record.SecondFactor:
    return second_factors.offer(member(ours), by=make.make_actor())


def storm(ours: Organization) -> record.Storm:
    made = make.make_storm()
    made.organizations.add(ours)
    return made


def reading(ours: Organization) -> record.IceReading:
    made: record.IceReading = fact(
        record.IceReading,
        section=section(ours),
        observed_at=make.STORM_NIGHT,
        thickness_mm=12,
        kind="standard",
        method="caliper",
        rule_version="1",
    )(ours)
    return made


def taught_word(_: Organization) -> record.BriefWord:
    return record.BriefWord.objects.create(
        category="unit",
        means="line",
        word="根线",
        tests=["线 |"],
        since_at=make.STORM_NIGHT,
        added_by=make.make_user(),
    )


def county(_: Organization) -> record.Division:
    return make.make_division("330604", "上虞区")


def restored(ours: Organization) -> record.Outage:
    made: record.Outage = outage(**RESTORED, cause_code="bamboo_ice")(ours)
    by = {"recorded_by": made.reported_by}
    record.RestorationStep.objects.create(outage=made, seq=1, at=LATER, method="repair", is_final=True, **by)
    return made


def own_view(ours: Organization) -> record.SavedView:
    """A view of whoever came last: the person at the desk."""
    person = User.objects.filter(memberships__organization=ours).latest("pk")
    given = {"name": "红色", "page": "incidents.outage", "query": "q=lt", "saved_at": make.STORM_NIGHT}
    return record.SavedView.objects.create(user=person, **given)


def step(ours: Organization) -> record.RestorationStep:
    began = {"reported_at": RECENTLY - DAY, "received_at": RECENTLY - DAY}
    made = outage(status="restored", restored_at=RECENTLY, **began)(ours)
    by = {"recorded_by": made.reported_by}
    given: record.RestorationStep = record.RestorationStep.objects.create(
        outage=made, seq=1, at=RECENTLY, method="repair", is_final=True, **by
    )
    return given


def broken(**over: Any) -> Row:
    return lambda ours: make.make_damage(outage=make.make_outage(organization=ours), **over)


def road(ours: Organization) -> record.RoadBlock:
    return make.make_road_block(organization=ours)


def seen_place(ours: Organization) -> record.Place:
    return make.make_outage(organization=ours).place


def seen_company(ours: Organization) -> Organization:
    return make.make_organization(parent=ours)


def icing(**over: Any) -> Row:
    def made(ours: Organization) -> record.SectionIcing:
        newest: Any = reading(ours)
        by = {"override_by": make.make_user()} if over else {}
        graded = {"grade": "yellow", "grade_basis": "measured", "standard_mm": 12}
        times = {"observed_at": make.STORM_NIGHT, "grade_since_at": make.STORM_NIGHT}
        return record.SectionIcing.objects.create(
            section=newest.section, reading=newest, **graded, **times, **over, **by
        )

    return made


def job(**over: Any) -> Row:
    return lambda ours: make.make_assignment(crew=crew(ours), **over)


def team(status: str, **over: Any) -> Row:
    return fact(
        record.Deployment,
        organization=itself,
        host_text="嵊州",
        status=status,
        mobilised_at=make.STORM_NIGHT,
        **over,
    )


def held(ours: Organization) -> record.HeldFact:
    outage = make.make_outage(organization=ours, located_at=RECENTLY, status="located")
    kept: record.HeldFact = plain(
        record.HeldFact,
        organization=itself,
        outage=lambda _: outage,
        verb="locate",
        said={"at": (RECENTLY - DAY).isoformat()},
        at=RECENTLY - DAY,
        received_at=RECENTLY,
        reported_by=make.make_user(),
        channel="api",
        key="k-1",
        state="conflict",
        why="bad-transition",
        stands={"field": "located_at", "value": "2024-02-26T21:00:00+08:00"},
        overdue_at=RECENTLY + DAY,
    )(ours)
    return kept


ASKED = fact(
    record.SupportRequest,
    organization=lambda _: make.make_organization(),
    asked_organization=itself,
    need="20人",
    requested_at=make.STORM_NIGHT,
)
ASKING = fact(
    record.SupportRequest,
    organization=itself,
    asked_organization=lambda _: make.make_organization(),
    need="20人",
    requested_at=make.STORM_NIGHT,
)
PHONE = plain(
    record.Device,
    user=member,
    name="一号机",
    token_digest="0" * 64,
    token_prefix="abcdefgh",
    enrolled_at=make.STORM_NIGHT,
    expires_at=make.STORM_NIGHT + DAY,
)
CODE = plain(
    record.EnrolmentCode,
    user=member,
    code_digest="0" * 64,
    scopes=["read"],
    lasting=DAY,
    issued_by=lambda _: make.make_user(),
    issued_at=make.STORM_NIGHT,
    expires_at=make.STORM_NIGHT + timedelta(minutes=15),
)


def photo(ours: Organization) -> record.Attachment:
    return make.make_attachment(outage=make.make_outage(organization=ours))


HAZARD = fact(
    record.Hazard,
    organization=itself,
    place=lambda _: make.make_place(),
    kind="vegetation",
    grade="serious",
    description="毛竹倒伏",
    found_at=make.STORM_NIGHT,
)
IMPORTANT_USER = plain(record.ImportantUser, organization=itself, name="人民医院", grade="first")
SUPPLIED_USER = plain(
    record.ImportantUser,
    organization=itself,
    name="水厂",
    grade="second",
    supplied_by="generator_car",
    supplied_since_at=make.STORM_NIGHT,
)


def warning(ours: Organization) -> record.WeatherWarning:
    return make.make_warning(organization=ours)


def patrol(**over: Any) -> Row:
    return lambda ours: make.make_patrol(line=line(ours), **over)


def walking(ours: Organization) -> record.Patrol:
    return make.make_patrol(line=line(ours), crew=crew(ours), status="under_way", begun_at=make.STORM_NIGHT)


def hazard(ours: Organization) -> record.Hazard:
    found: record.Hazard = HAZARD(ours)
    return found


def new(**values: Any) -> Data:
    """What is typed in for a new record; rows that it names are made first."""

    def filled(ours: Organization) -> dict[str, Any]:
        return {name: _typed(value, ours) for name, value in values.items()}

    return filled


def _typed(value: Any, ours: Organization) -> Any:
    if isinstance(value, list):
        return [_typed(each, ours) for each in value]
    made = value(ours) if callable(value) else value
    return made.pk if isinstance(made, Model) else made


Case = tuple[Row | None, Data, str]

# Model.verb, "add" for a new record: the row, what is typed in, the deed in the journal.
CASES: dict[str, Case] = {
    "SavedView.add": (
        None,
        new(name="未确认", page="incidents.outage", query="status__exact=reported", organization=itself),
        "saved_view.saved",
    ),
    "SavedView.withdraw": (own_view, new(), "saved_view.withdrawn"),
    "Damage.correct": (broken(), new(count="3", remark="重新清点"), "damage.corrected"),
    "RestorationStep.correct": (
        step,
        new(method="repair", customers="12", taken_at=NOW),
        "restoration_step.corrected",
    ),
    "RoadBlock.correct": (road, new(cause="snow", alternative="绕行老路"), "road_block.corrected"),
    "Attachment.add": (
        None,
        new(
            outage=outage(), caption="倒伏的毛竹", photo=lambda _: SimpleUploadedFile("a.jpg", jpeg((64, 48)))
        ),
        "attachment.received",
    ),
    "Assignment.add": (
        None,
        new(crew=crew, task="patrol", words="岭头山"),
        "assignment.assigned",
    ),
    "Organization.add": (
        None,
        new(name="丰惠供电所", level="station", parent=itself),
        "organization.created",
    ),
    "Organization.move": (
        lambda ours: make.make_organization(parent=ours, level="station"),
        new(parent=lambda ours: make.make_organization(parent=ours, level="station")),
        "organization.moved",
    ),
    "Organization.bound_held_facts": (
        lambda ours: make.make_organization(parent=ours, level="station"),
        new(hours="6"),
        "organization.held_facts_bounded",
    ),
    "Membership.add": (None, new(user=member, organization=itself, role="manager"), "membership.joined"),
    "Membership.leave": (
        plain(record.Membership, user=member, organization=itself, role="manager", since_at=make.STORM_NIGHT),
        new(),
        "membership.left",
    ),
    "User.add": (
        None,
        new(username="wang", display_name="王五", language="zh-hans", organization=itself, role="viewer"),
        "membership.joined",
    ),
    "User.unlock": (member, new(), "user.unlocked"),
    "User.reset_password": (member, new(), "user.password_link_offered"),
    "User.end_sessions": (signed_in_member, new(), "user.sessions_ended"),
    "User.close": (member, new(), "user.closed"),
    "User.reopen": (closed_member, new(), "user.reopened"),
    "BrowserSession.end": (session_of_member, new(), "user.sessions_ended"),
    "SecondFactor.switch_off": (factor_of_member, new(), "user.second_factor_off"),
    "User.enrol": (member, new(scopes=["read"], days="30"), "enrolment_code.offered"),
    "EnrolmentCode.withdraw": (CODE, new(), "enrolment_code.withdrawn"),
    "Device.add": (None, new(user=member, name="一号机", scopes=["read"], days="30"), "device.enrolled"),
    "Device.revoke": (PHONE, new(), "device.revoked"),
    "Person.add": (None, new(name="张三", organization=itself), "person.added"),
    "Person.correct": (person, new(trade="线路工"), "person.corrected"),
    "Line.add": (
        None,
        new(organization=itself, code="S307", name="龙潭307线", voltage_kv="10", kind="main"),
        "line.added",
    ),
    "Line.correct": (line, new(name="龙潭307线", kind="main"), "line.corrected"),
    "Line.retire": (line, new(), "line.retired"),
    "Line.add_section": (line, new(code="1", vegetation="bamboo", access="foot"), "section.added"),
    "LineSection.add": (None, new(line=line, code="1", vegetation="bamboo", access="foot"), "section.added"),
    "LineSection.correct": (
        section,
        new(design_ice_mm="20", design_ice_source="竣工图", vegetation="bamboo", access="foot"),
        "section.corrected",
    ),
    "LineSection.record_ice": (section, new(**ICE), "icing.graded"),
    "IceReading.add": (None, new(section=section, **ICE), "icing.graded"),
    "IceReading.correct": (reading, new(section=section, **ICE), "icing.graded"),
    "SectionIcing.override": (icing(), new(grade="red", until=TOMORROW), "icing.overridden"),
    "SectionIcing.clear_override": (icing(**OVERRIDE), new(), "icing.override_cleared"),
    "GradingPolicy.add": (
        None,
        new(organization=itself, ratio_blue="0.35", source="公司规定"),
        "policy.revised",
    ),
    "WeatherReading.add": (
        None,
        new(section=section, observed_at=NOW, air_temp_c="-2.5", precipitation_type="freezing_rain"),
        "weather.recorded",
    ),
    "WeatherWarning.add": (
        None,
        new(
            organization=itself,
            issuer="上虞区气象台",
            hazard="snowstorm",
            level="blue",
            text="暴雪蓝色预警信号",
            areas=[county],
        ),
        "weather_warning.issued",
    ),
    "WeatherWarning.supersede": (
        warning,
        new(level="orange", text="道路结冰橙色预警信号", areas=[county]),
        "weather_warning.superseded",
    ),
    "WeatherWarning.cancel": (warning, new(), "weather_warning.cancelled"),
    "Patrol.add": (None, new(organization=itself, line=line, kind="special_patrol"), "patrol.ordered"),
    "Patrol.start": (patrol(), new(crew=crew), "patrol.started"),
    "Patrol.add_findings": (walking, new(hazards=[hazard]), "patrol.findings_added"),
    "Patrol.finish": (walking, new(nothing_found="on"), "patrol.finished"),
    "Patrol.cancel": (patrol(), new(), "patrol.cancelled"),
    "SafetyBriefing.add": (
        None,
        new(assignment=job(), topics=["back_feed"], given_by="李工", signed_names="张三、李四"),
        "briefing.recorded",
    ),
    "SafetyBriefing.sign": (
        lambda ours: make.make_briefing(assignment=job()(ours)),
        new(signed_by=[person]),
        "briefing.signed",
    ),
    "Storm.add": (
        None,
        new(name="2月冰冻", slug="feb", hazard="ice", organizations=[itself]),
        "storm.opened",
    ),
    "Storm.end": (storm, new(), "storm.ended"),
    "Storm.correct": (storm, new(name="2月冰冻", hazard="ice", organizations=[itself]), "storm.corrected"),
    "Storm.add_note": (storm, new(kind="condition", text="结冰", organization=itself), "storm_note.added"),
    "Brief.add": (None, new(organization=itself, text="截至10时，停运10千伏线路3条。"), "brief.taken"),
    "BriefWord.add": (
        None,
        new(
            category="unit",
            means="line",
            word="根线",
            tests="停运10千伏线路3根线 | total subject=lines state=out n=3 kv=10",
        ),
        "brief_word.taught",
    ),
    "BriefWord.withdraw": (taught_word, new(), "brief_word.withdrawn"),
    "Division.add_alias": (
        county,
        new(alias="古虞"),
        "division.alias_added",
    ),
    "Place.identify": (
        lambda ours: make.make_outage(organization=ours).place,
        new(division=county),
        "place.identified",
    ),
    "Outage.add": (
        None,
        new(
            organization=itself,
            line=line,
            voltage_kv="10",
            kind="forced",
            report_channel="95598",
            cause_code="bamboo_ice",
            cause_confidence="suspected",
            words="横岗村山上",
            pole_no="25",
            customers_affected_unknown="pending",
        ),
        "outage.reported",
    ),
    "Outage.confirm": (outage(), new(), "outage.confirmed"),
    "Outage.locate": (outage(), new(words="横岗村", pole_no="25"), "outage.located"),
    "Outage.isolate": (outage(), new(), "outage.isolated"),
    "Outage.start_repair": (outage(), new(), "outage.repair_started"),
    "Outage.restore_step": (
        outage(customers_affected=30),
        new(method="transfer", customers="10"),
        "outage.partially_restored",
    ),
    "Outage.repair": (outage(status="isolated", isolated_at=LATER), new(), "outage.repaired"),
    "Outage.return_to_normal": (outage(**RESTORED), new(), "outage.returned_to_normal"),
    "Outage.publish_estimate": (outage(), new(kind="crew", value_at=TOMORROW), "estimate.published"),
    "Outage.assign": (outage(), new(crew=crew, task="repair"), "assignment.assigned"),
    "Outage.record_damage": (outage(), new(kind="pole_broken", words="横岗村"), "damage.recorded"),
    "Outage.mislocate": (outage(status="located", located_at=LATER), new(), "outage.mislocated"),
    "Outage.record_momentary": (
        outage(reported_at=RECENTLY, occurred_at=RECENTLY, occurred_precision="minute"),
        new(restored_at=NOW),
        "outage.momentary_recorded",
    ),
    "Outage.close": (
        restored,
        new(customers_unknown="not_stated"),
        "outage.closed",
    ),
    "Outage.reopen": (outage(**CLOSED), new(), "outage.reopened"),
    "Outage.correct": (
        outage(),
        new(voltage_kv="20", kind="forced", cause_code="wind", cause_confidence="confirmed"),
        "outage.corrected",
    ),
    "Outage.cancel": (outage(), new(), "outage.cancelled"),
    "Damage.make_safe": (broken(is_live_hazard=True), new(), "damage.made_safe"),
    "Damage.isolate": (broken(), new(isolated_by=itself), "damage.isolated"),
    "Damage.repair": (broken(), new(), "damage.repaired"),
    "RoadBlock.add": (None, new(organization=itself, cause="bamboo", words="陈溪乡"), "road_block.reported"),
    "RoadBlock.start_clearing": (road, new(), "road_block.clearing_started"),
    "RoadBlock.clear": (road, new(), "road_block.cleared"),
    "Hazard.add": (
        None,
        new(organization=itself, description="毛竹", kind="vegetation", grade="serious", words="陈溪乡"),
        "hazard.reported",
    ),
    "HeldFact.take": (held, new(), "held_fact.taken"),
    "HeldFact.dismiss": (held, new(), "held_fact.dismissed"),
    "Hazard.close": (HAZARD, new(remark="已砍"), "hazard.closed"),
    "Hazard.correct": (
        HAZARD,
        new(description="毛竹林", kind="vegetation", grade="critical"),
        "hazard.corrected",
    ),
    "ImportantUser.add": (
        None,
        new(organization=itself, name="自来水厂", grade="second"),
        "important_user.registered",
    ),
    "ImportantUser.supply": (IMPORTANT_USER, new(supplied_by="own_generator"), "important_user.supplied"),
    "ImportantUser.end_supply": (SUPPLIED_USER, new(), "important_user.supply_ended"),
    "ImportantUser.correct": (
        IMPORTANT_USER,
        new(name="人民医院", grade="special"),
        "important_user.corrected",
    ),
    "ImportantUser.retire": (IMPORTANT_USER, new(), "important_user.retired"),
    "Crew.add": (None, new(name="抢修一班", organization=itself, skills=["mv", "tower"]), "crew.formed"),
    "Crew.add_member": (crew, new(person=person), "crew_member.added"),
    "Crew.add_vehicle": (crew, new(vehicle=vehicle), "crew_vehicle.added"),
    "Crew.check_in": (crew, new(note="平安"), "check_in.recorded"),
    "Crew.disband": (crew, new(), "crew.disbanded"),
    "CrewMember.remove": (
        plain(record.CrewMember, crew=crew, person=person, since_at=make.STORM_NIGHT),
        new(),
        "crew_member.removed",
    ),
    "CrewVehicle.remove": (
        plain(record.CrewVehicle, crew=crew, vehicle=vehicle, since_at=make.STORM_NIGHT),
        new(),
        "crew_vehicle.removed",
    ),
    "Vehicle.add": (None, new(plate="浙D00001", kind="4wd", organization=itself), "vehicle.added"),
    "Assignment.accept": (job(), new(), "assignment.accepted"),
    "Assignment.depart": (job(), new(), "assignment.departed"),
    "Assignment.arrive": (job(), new(), "assignment.arrived"),
    "Assignment.brief": (job(), new(permit_no="2024-01", topics=["falling_ice"]), "briefing.recorded"),
    "Assignment.finish": (job(status="on_site", on_site_at=LATER), new(), "assignment.finished"),
    "Assignment.refuse": (job(), new(why="safety"), "assignment.refused"),
    "Assignment.abort": (job(), new(why="weather"), "assignment.aborted"),
    "SupportRequest.add": (
        None,
        new(organization=itself, asked_organization=seen_company, need="20人"),
        "support_request.requested",
    ),
    "SupportRequest.approve": (ASKED, new(), "support_request.approved"),
    "SupportRequest.refuse": (ASKED, new(), "support_request.refused"),
    "SupportRequest.cancel": (ASKING, new(), "support_request.cancelled"),
    "Deployment.add": (
        None,
        new(organization=itself, host_text="嵊州", headcount="20"),
        "deployment.mobilised",
    ),
    "Deployment.depart": (team("mobilised"), new(expected_at=TOMORROW), "deployment.departed"),
    "Deployment.arrive": (team("en_route"), new(), "deployment.arrived"),
    "Deployment.brief": (team("arrived"), new(given_by="王工"), "briefing.recorded"),
    "Deployment.start_work": (team("briefed", briefed_at=LATER), new(), "deployment.work_started"),
    "Deployment.rest": (team("working", briefed_at=LATER), new(), "deployment.rested"),
    "Deployment.release": (team("working", briefed_at=LATER), new(), "deployment.released"),
    "Deployment.return_home": (team("released", released_at=LATER), new(), "deployment.returned"),
    "Deployment.cancel": (team("mobilised"), new(), "deployment.cancelled"),
    "Deployment.correct": (team("mobilised"), new(leader_name="赵六"), "deployment.corrected"),
    "Attachment.withdraw": (photo, new(), "attachment.withdrawn"),
    "Supply.add": (None, new(organization=itself, kind="knee_pad", quantity="20"), "supply.recorded"),
    "Visit.add": (
        None,
        new(organization=itself, leaders_text="公司领导", visited_on=TODAY, places=[seen_place]),
        "visit.recorded",
    ),
}
