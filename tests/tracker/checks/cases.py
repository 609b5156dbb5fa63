"""Subjects that wait for something, each with the minute at which its rule fires and what ends it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Model

from incidents.models import (
    CheckIn,
    Deployment,
    Division,
    Estimate,
    Hazard,
    ImportantUser,
    LineSection,
    Organization,
    Outage,
    SupportRequest,
)
from tests.factories import (
    STORM_NIGHT,
    make_assignment,
    make_crew,
    make_division,
    make_line,
    make_organization,
    make_outage,
    make_place,
    make_road_block,
    make_section,
    make_storm,
    make_user,
)
from tests.tracker.watchers import make_alert, make_notification, minutes
from tracker.models import EmergencyResponse, Heartbeat, SituationReport


@dataclass(frozen=True)
class Case:
    """A row that breaches a rule from a minute of the storm night on.

    Attributes:
        fires_at: Minute of the storm night.
        make: Makes the row, and everything that it needs.
        end: Makes the condition go away; takes the row.
        band: The band that it fires in.
    """

    code: str
    fires_at: float
    make: Callable[[], Model]
    end: Callable[[Any], None]
    band: str = ""
    name: str = ""
    params: dict[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.name or self.band}".strip()


def change(**fields: Any) -> Callable[[Any], None]:
    """An end that changes fields of the row."""

    def end(row: Any) -> None:
        made = {name: value() if callable(value) else value for name, value in fields.items()}
        type(row).objects.filter(pk=row.pk).update(**made)

    return end


def important(grade: str = "special", **over: Any) -> ImportantUser:
    line = over.pop("line", None) or make_line()
    user = ImportantUser.objects.create(
        name=f"医院{line.pk}", organization=line.organization, grade=grade, **over
    )
    user.feeders.add(line)
    return user


def outage(**over: Any) -> Outage:
    if over.pop("important", False):
        user = important()
        over |= {"line": user.feeders.get(), "organization": user.organization}
    return make_outage(**over)


def sent(
    *, important: bool = False, access: str = "car", town: str = "", road: bool = False, **over: Any
) -> Any:
    """A crew that accepted at the beginning of the storm night."""
    where: dict[str, Any] = {}
    if town:
        division = Division.objects.filter(name=town).first() or _town(town)
        where["place"] = make_place(division=division, precision="town", resolved_by="exact")
    section = make_section(access=access)
    behind = outage(
        important=important,
        **({} if important else {"line": section.line, "section": section}),
        **where,
    )
    if road:
        make_road_block().outages.add(behind)
    times = {"accepted_at": STORM_NIGHT, "status": "accepted"} | over
    return make_assignment(outage=behind, **times)


def _town(name: str) -> Division:
    return make_division("330683102", name)


def on_site(**over: Any) -> Any:
    values: dict[str, Any] = {"on_site_at": STORM_NIGHT, "status": "on_site"}
    return sent(**(values | over))


def not_located(**over: Any) -> Outage:
    row = make_outage(**over)
    make_assignment(outage=row, status="on_site", accepted_at=STORM_NIGHT, on_site_at=STORM_NIGHT)
    return row


def promised(**over: Any) -> Outage:
    row = make_outage(**over)
    estimate(row, value=0, at=-60)
    return row


def estimate(row: Outage, *, value: float | None, at: float) -> Estimate:
    return Estimate.objects.create(
        outage=row,
        kind="none" if value is None else "crew",
        value_at=None if value is None else minutes(value),
        published_at=minutes(at),
        published_by=make_user(),
    )


def dark_user(grade: str, **over: Any) -> ImportantUser:
    user = important(grade, **over)
    make_outage(line=user.feeders.get(), organization=user.organization)
    return user


def overworked(hours_before: float, *, rest_h: float = 0) -> Any:
    """A crew that began so long before the storm night, with a rest after its first job, and is on site."""
    crew = make_crew()
    began = STORM_NIGHT - timedelta(hours=hours_before)
    middle = began + timedelta(hours=1)
    make_assignment(
        crew=crew, status="finished", accepted_at=began, departed_at=began, on_site_at=began, ended_at=middle
    )
    again = middle + timedelta(hours=rest_h)
    make_assignment(
        crew=crew,
        outage=make_outage(organization=crew.organization),
        status="on_site",
        accepted_at=again,
        departed_at=again,
        on_site_at=again,
    )
    return crew


def finish(crew: Any) -> None:
    crew.assignments.filter(status="on_site").update(status="finished", ended_at=minutes(2000))


def checked_in(at: float) -> Callable[[Any], None]:
    def end(assignment: Any) -> None:
        CheckIn.objects.create(
            crew=assignment.crew, at=minutes(at), received_at=minutes(at), reported_by=make_user()
        )

    return end


def requested(**over: Any) -> SupportRequest:
    values = {
        "organization": make_organization(),
        "asked_organization": make_organization(),
        "need": "20人",
        "requested_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
        "reported_by": make_user(),
    }
    return SupportRequest.objects.create(**(values | over))


def deployed(**over: Any) -> Deployment:
    values = {
        "organization": make_organization(),
        "host_organization": make_organization(),
        "mobilised_at": minutes(-600),
        "received_at": STORM_NIGHT,
        "reported_by": make_user(),
    }
    return Deployment.objects.create(**(values | over))


def hazard(grade: str, **over: Any) -> Hazard:
    values = {
        "organization": make_organization(),
        "place": make_place(),
        "kind": "vegetation",
        "grade": grade,
        "description": "毛竹倾斜",
        "found_at": STORM_NIGHT,
        "received_at": STORM_NIGHT,
        "reported_by": make_user(),
    }
    return Hazard.objects.create(**(values | over))


def blocked() -> Any:
    road = make_road_block(blocked_at=minutes(-600), blocked_precision="minute")
    behind = make_outage()
    road.outages.add(behind)
    make_assignment(outage=behind)
    return road


def response(level: str = "III", **over: Any) -> EmergencyResponse:
    values: dict[str, Any] = {
        "organization": over.pop("organization", None) or make_organization(),
        "level": level,
        "state": "started",
        "basis": "应急办命令",
        "decided_at": STORM_NIGHT,
        "decided_by": make_user(),
    }
    return EmergencyResponse.objects.create(**(values | over))


def owed(kind: str, *, as_of: float, due: float) -> SituationReport:
    """A report that fell due at its cut-off; both moments in minutes of the storm night."""
    return SituationReport.objects.create(
        organization=make_organization(),
        kind=kind,
        as_of=minutes(as_of),
        created_at=minutes(as_of),
        due_at=minutes(due),
    )


def flash() -> SituationReport:
    return owed("flash", as_of=15, due=60)


def follow_up() -> SituationReport:
    return owed("follow_up", as_of=600, due=720)


def verified() -> SituationReport:
    return owed("verified", as_of=0, due=2880)


def waived(at: float) -> Callable[[Any], None]:
    return change(state="waived", ended_at=minutes(at), end_reason="不属报送范围")


def unheard() -> Any:
    return make_notification(alert=make_alert(climb_at=STORM_NIGHT)).alert


def heard(alert: Any) -> None:
    row = alert.notifications.get()
    row.state, row.next_try_at, row.accepted_at = "accepted", None, minutes(6)
    row.save()


def heartbeat() -> Heartbeat:
    make_organization()
    return Heartbeat.objects.create(name="beat", beat_at=STORM_NIGHT)


def isolated() -> Outage:
    return make_outage(
        status="restored", reported_at=minutes(-60), isolated_at=STORM_NIGHT, restored_at=minutes(1)
    )


def restored_in_storm() -> Outage:
    return make_outage(
        status="restored",
        reported_at=minutes(-60),
        restored_at=STORM_NIGHT,
        line=make_line(),
        storm=make_storm(),
    )


def patrolled(row: Outage) -> None:
    make_assignment(
        outage=row, task="inspect_after", status="finished", accepted_at=minutes(10), ended_at=minutes(90)
    )


def crew_assigned(row: Outage) -> None:
    make_assignment(outage=row, status="accepted", accepted_at=minutes(20))


def refuelled(user: ImportantUser) -> None:
    ImportantUser.objects.filter(pk=user.pk).update(supplied_until_at=minutes(100_000))


def on_generator(user: ImportantUser) -> None:
    ImportantUser.objects.filter(pk=user.pk).update(
        supplied_by="generator_car", supplied_since_at=STORM_NIGHT, supplied_until_at=minutes(100_000)
    )


def running_out() -> ImportantUser:
    return important(
        supplied_by="own_generator", supplied_since_at=minutes(-60), supplied_until_at=minutes(120)
    )


def section_of(row: Any) -> LineSection:
    found: LineSection = row.section
    return found


def lv(**over: Any) -> dict[str, Any]:
    return {"kind": "lv", "voltage_kv": Decimal("0.4")} | over


def some_organization() -> Organization:
    return make_organization()


CONFIRMED = {"status": "confirmed", "confirmed_at": STORM_NIGHT}
RESTORED = {"status": "restored", "restored_at": minutes(90_000)}

CASES = [
    Case("E05", 5, outage, change(status="confirmed")),
    Case("E05", 3, lambda: outage(important=True), change(status="confirmed"), name="important"),
    Case("E06", 15, lambda: outage(**CONFIRMED), crew_assigned, name="mv"),
    Case("E06", 30, lambda: outage(**CONFIRMED, **lv()), crew_assigned, name="lv"),
    Case("E06", 10, lambda: outage(**CONFIRMED, important=True), crew_assigned, name="important"),
    Case("E06", 15, lambda: outage(status="confirmed"), crew_assigned, name="confirmation not stated"),
    Case("E07", 90, sent, change(status="on_site", on_site_at=minutes(95)), name="rural"),
    Case(
        "E07",
        45,
        lambda: sent(town="崇仁街道"),
        change(status="on_site", on_site_at=minutes(95)),
        name="city",
    ),
    Case(
        "E07",
        120,
        lambda: sent(access="foot"),
        change(status="on_site", on_site_at=minutes(125)),
        name="remote",
    ),
    Case(
        "E07",
        30,
        lambda: sent(important=True),
        change(status="on_site", on_site_at=minutes(95)),
        name="important",
    ),
    Case(
        "E07",
        180,
        lambda: sent(road=True),
        change(status="on_site", on_site_at=minutes(185)),
        name="road blocked",
    ),
    Case("E08", 60, not_located, change(status="located", located_at=minutes(61)), name="mv"),
    Case("E08", 30, lambda: not_located(**lv()), change(status="located", located_at=minutes(31)), name="lv"),
    Case("E09", 120, outage, change(**RESTORED), band="1"),
    Case("E09", 480, outage, change(**RESTORED), band="3"),
    Case("E09", 4320, outage, change(**RESTORED), band="5"),
    Case(
        "E09",
        60,
        lambda: outage(occurred_at=minutes(-60), occurred_precision="minute"),
        change(**RESTORED),
        band="1",
        name="began before the report",
    ),
    Case("E10", 240, lambda: outage(**lv()), change(**RESTORED), band="1"),
    Case("E10", 2880, lambda: outage(**lv()), change(**RESTORED), band="4"),
    Case("E12", 10, promised, lambda row: (estimate(row, value=3000, at=15), None)[1]),
    Case("E13", 60, lambda: outage(**CONFIRMED), lambda row: (estimate(row, value=3000, at=65), None)[1]),
    Case(
        "E13",
        180,
        lambda: outage(**CONFIRMED, storm=make_storm()),
        lambda row: (estimate(row, value=3000, at=185), None)[1],
        name="storm",
    ),
    Case("E15", 0, lambda: dark_user("special"), on_generator, band="3"),
    Case("E15", 5, lambda: dark_user("first"), on_generator, band="2"),
    Case("E15", 15, lambda: dark_user("second"), on_generator, band="1"),
    Case("E15", 15, lambda: dark_user("sensitive"), on_generator, band="1", name="sensitive"),
    Case("E16", 0, running_out, refuelled, band="1"),
    Case("E16", 60, running_out, refuelled, band="2"),
    Case("E18", 120, lambda: overworked(10), finish, band="1"),
    Case("E18", 360, lambda: overworked(10), finish, band="2"),
    Case("E18", 720 - 60, lambda: overworked(8, rest_h=6), finish, band="1", name="rested"),
    Case("E19", 60, on_site, checked_in(60), band="1"),
    Case("E19", 90, lambda: on_site(access="foot"), checked_in(90), band="1", name="mountain"),
    Case("E19", 120, on_site, checked_in(110), band="2"),
    Case("E20", 0, on_site, change(briefed_at=minutes(1), permit_no="抢修单1")),
    Case(
        "E21",
        30,
        requested,
        change(status="cancelled", decided_at=minutes(40), decided_by=make_user, decision_reason="不需要"),
        name="unanswered",
    ),
    Case("E22", 60, lambda: deployed(expected_at=STORM_NIGHT), change(status="released"), band="1"),
    Case(
        "E22",
        60,
        lambda: deployed(status="arrived", arrived_at=STORM_NIGHT),
        change(status="briefed", briefed_at=minutes(70)),
        band="2",
    ),
    Case("E25", 30, flash, waived(40), band="1"),
    Case("E25", 50, flash, waived(55), band="2"),
    Case("E25", 60, flash, waived(70), band="3"),
    Case("E26", 600, follow_up, waived(601), band="1"),
    Case("E26", 690, follow_up, waived(700), band="2"),
    Case("E26", 710, follow_up, waived(715), band="3"),
    Case("E26", 720, follow_up, waived(730), band="4"),
    Case("E27", 1440, verified, waived(1500), band="1"),
    Case("E27", 2400, verified, waived(2500), band="2"),
    Case("E27", 2880, verified, waived(2900), band="3"),
    Case("E31", 1440, isolated, change(repaired_at=minutes(1500)), band="1"),
    Case("E31", 4320, isolated, change(repaired_at=minutes(4400)), band="2"),
    Case("E32", 1440, restored_in_storm, patrolled),
    Case(
        "E33",
        1440,
        lambda: hazard("critical"),
        change(closed_at=minutes(1500), close_remark="已砍"),
        band="3",
    ),
    Case(
        "E33",
        10_080,
        lambda: hazard("serious"),
        change(closed_at=minutes(10_100), close_remark="已砍"),
        band="2",
    ),
    Case(
        "E33",
        43_200,
        lambda: hazard("general"),
        change(closed_at=minutes(43_300), close_remark="已砍"),
        band="1",
    ),
    Case(
        "E33",
        90,
        lambda: hazard("general", due_at=minutes(90)),
        change(closed_at=minutes(95), close_remark="已砍"),
        band="1",
        name="day that was set",
    ),
    Case("E34", 60, blocked, change(cleared_at=minutes(70))),
    Case("E35", 120, response, change(level="IV")),
    Case("E36", 5, unheard, heard),
    Case("E37", 3, heartbeat, change(beat_at=minutes(4))),
]
