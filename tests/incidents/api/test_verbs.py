"""Every verb once, to its success, through the addresses that phones use; refusals keep their codes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from incidents.choices import Role
from incidents.models import (
    Assignment,
    CheckIn,
    Damage,
    Deployment,
    Hazard,
    Outage,
    RoadBlock,
    Storm,
    Supply,
    Visit,
    WeatherReading,
)
from tests.factories import make_organization, make_person, make_storm, make_vehicle
from tests.incidents.api.conftest import Phone, just_now, make_phone


@pytest.fixture
def desk(db: None) -> Phone:
    return make_phone(role=Role.DISPATCHER)


def made(answer: Any) -> Any:
    assert answer.status_code == 201, answer.content.decode()
    return answer.json()


def done(answer: Any) -> Any:
    assert answer.status_code == 200, answer.content.decode()
    return answer.json()


def reported(desk: Phone, **over: Any) -> Any:
    body = {
        "organization": str(desk.organization.uuid),
        "section": str(desk.section.uuid),
        "place": {"text": "岭头山村"},
        "kind": "forced",
        "voltage_kv": 10,
        "occurred_at": just_now(minutes=60),
        "customers_affected": 100,
        "cause_code": "bamboo_ice",
        "at": just_now(minutes=55),
    }
    return made(desk.make("outages/", **(body | over)))


def crew_of(desk: Phone) -> Any:
    body = {"name": f"{uuid4()}", "organization": str(desk.organization.uuid), "skills": ["mv"]}
    return made(desk.make("crews/", at=just_now(minutes=50), **body))


def test_an_outage_from_the_report_to_the_closed_record(desk: Phone) -> None:
    here = f"outages/{reported(desk)['uuid']}"

    done(desk.act(f"{here}/confirm/", at=just_now(minutes=40)))
    done(desk.act(f"{here}/locate/", at=just_now(minutes=30), place={"text": "岭头山村口"}))
    done(desk.act(f"{here}/isolate/", at=just_now(minutes=25), stated=False))
    done(desk.act(f"{here}/start-repair/", at=just_now(minutes=24)))
    step = done(desk.act(f"{here}/restore-steps/", at=just_now(minutes=20), method="transfer", customers=60))
    promise = {"kind": "crew", "at": just_now(minutes=19), "value_at": just_now(minutes=-60)}
    made(desk.make(f"{here}/estimates/", **promise))
    done(desk.act(f"{here}/restore-steps/", at=just_now(minutes=10), method="repair", customers=40))
    done(desk.act(f"{here}/repair/", at=just_now(minutes=10)))
    done(desk.act(f"{here}/return-to-normal/", at=just_now(minutes=9)))
    done(desk.act(f"{here}/close/", at=just_now(minutes=5), reason="村口"))
    done(desk.act(f"{here}/reopen/", at=just_now(minutes=4), reason="原因待改"))
    changes = {"cause_code": "ice_load", "line": str(desk.section.line.uuid)}
    corrected = done(desk.act(f"{here}/correct/", at=just_now(minutes=3), reason="现场", changes=changes))

    assert (step["seq"], step["customers"]) == (1, 60)
    assert (corrected["status"], corrected["cause_code"]) == ("reopened", "ice_load")
    assert corrected["place"]["text"] == "岭头山村口"
    assert (corrected["isolated_at"], corrected["unknown_reasons"]["isolated_at"]) == (None, "not_stated")
    assert len(desk.get("restoration-steps/", outage=corrected["uuid"]).json()["results"]) == 2
    assert len(desk.get("estimates/", outage=corrected["uuid"]).json()["results"]) == 1


def test_an_outage_that_was_none_somewhere_else_or_over_by_itself(desk: Phone) -> None:
    elsewhere = f"outages/{reported(desk)['uuid']}"
    done(desk.act(f"{elsewhere}/locate/", at=just_now(minutes=30)))
    back = done(desk.act(f"{elsewhere}/mislocate/", at=just_now(minutes=20), reason="误判"))
    false = done(desk.act(f"{elsewhere}/cancel/", at=just_now(), reason="误报"))
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=60)
    short = f"outages/{reported(desk, occurred_at=began.isoformat())['uuid']}"

    over = done(
        desk.act(
            f"{short}/record-momentary/",
            at=just_now(),
            restored_at=(began + timedelta(minutes=1)).isoformat(),
        )
    )

    assert (back["status"], back["located_at"]) == ("confirmed", None)
    assert (false["status"], over["status"]) == ("cancelled", "momentary")
    lasting = reported(desk, section=None)["uuid"]
    shown = {answer: desk.get("outages/", open=answer).json()["results"] for answer in ("true", "false")}
    assert [one["uuid"] for one in shown["true"]] == [lasting]
    assert {one["uuid"] for one in shown["false"]} == {false["uuid"], over["uuid"]}


def test_what_the_life_of_an_outage_does_not_allow_keeps_its_code(desk: Phone) -> None:
    here = f"outages/{reported(desk)['uuid']}"

    early = desk.act(f"{here}/close/", at=just_now())
    before = desk.act(f"{here}/locate/", at=just_now(minutes=90))

    assert (early.status_code, early.json()["code"], early.json()["params"]["state"]) == (
        409,
        "bad-transition",
        "reported",
    )
    assert (before.status_code, before.json()["code"]) == (400, "inconsistent")
    assert before.json()["errors"][0]["pointer"] == "/at"
    assert Outage.objects.get().status == "reported"


def test_damage_from_its_finding_to_its_repair(desk: Phone) -> None:
    outage = reported(desk)
    body = {"kind": "conductor_break", "is_live_hazard": True, "count": 2, "place": {"text": "12号杆"}}
    found = made(desk.make(f"outages/{outage['uuid']}/damages/", at=just_now(minutes=40), **body))
    here = f"damages/{found['uuid']}"

    done(desk.act(f"{here}/make-safe/", at=just_now(minutes=30)))
    done(desk.act(f"{here}/isolate/", at=just_now(minutes=20), isolated_by=str(desk.organization.uuid)))
    done(desk.act(f"{here}/repair/", at=just_now(minutes=10)))
    done(desk.act(f"{here}/correct/", at=just_now(), reason="复核", changes={"count": 3}))

    row = Damage.objects.get()
    assert (row.count, row.is_live_hazard, row.isolated_by) == (3, True, desk.organization)
    assert desk.get("damages/", kind="conductor_break").json()["results"][0]["outage"] == outage["uuid"]


def test_a_step_is_corrected(desk: Phone) -> None:
    here = f"outages/{reported(desk)['uuid']}"
    step = done(desk.act(f"{here}/restore-steps/", at=just_now(minutes=20), method="transfer", customers=60))

    corrected = done(
        desk.act(
            f"restoration-steps/{step['uuid']}/correct/",
            at=just_now(),
            reason="复核",
            changes={"customers": 50},
        )
    )

    assert corrected["customers"] == 50


def test_a_blocked_road_from_the_report_to_the_end(desk: Phone) -> None:
    outage = reported(desk)
    body = {"organization": str(desk.organization.uuid), "place": {"text": "盘山公路"}, "cause": "bamboo"}
    road = made(desk.make("road-blocks/", at=just_now(minutes=50), outages=[outage["uuid"]], **body))
    here = f"road-blocks/{road['uuid']}"

    done(desk.act(f"{here}/start-clearing/", at=just_now(minutes=30)))
    changes = {"alternative": "绕行横岗", "outages": []}
    done(desk.act(f"{here}/correct/", at=just_now(minutes=20), reason="改道", changes=changes))
    done(desk.act(f"{here}/clear/", at=just_now()))

    row = RoadBlock.objects.get()
    assert (row.alternative, row.outages.count(), row.cleared_at is None) == ("绕行横岗", 0, False)


def test_a_crew_is_formed_sent_and_disbanded(desk: Phone) -> None:
    outage, crew = reported(desk), crew_of(desk)
    person, vehicle = (
        make_person(organization=desk.organization),
        make_vehicle(organization=desk.organization),
    )
    here = f"crews/{crew['uuid']}"
    done(desk.act(f"{here}/members/", at=just_now(minutes=49), person=str(person.uuid), is_leader=True))
    staffed = done(desk.act(f"{here}/vehicles/", at=just_now(minutes=49), vehicle=str(vehicle.uuid)))
    sent = {"crew": crew["uuid"], "outage": outage["uuid"], "task": "repair"}
    job = made(desk.make("assignments/", at=just_now(minutes=45), **sent))
    job_here = f"assignments/{job['uuid']}"

    done(desk.act(f"{job_here}/accept/", at=just_now(minutes=44)))
    done(desk.act(f"{job_here}/depart/", at=just_now(minutes=40)))
    done(desk.act(f"{job_here}/arrive/", at=just_now(minutes=30)))
    done(desk.act(f"{job_here}/brief/", at=just_now(minutes=29), permit_no="抢修-1"))
    at_work = desk.get(f"outages/{outage['uuid']}/").json()["crews"]
    sign = made(desk.make(f"{here}/check-in/", at=just_now(minutes=20), note="平安"))
    done(desk.act(f"{job_here}/finish/", at=just_now(minutes=10), remark="完工"))
    told_late = made(desk.make(f"{job_here}/check-in/", at=just_now(minutes=10), note="撤离现场"))
    too_early = desk.make(f"{job_here}/check-in/", at=just_now(minutes=46))
    done(desk.act(f"{here}/disband/", at=just_now()))

    assert (staffed["members"][0]["name"], staffed["vehicles"][0]["plate"]) == (person.name, vehicle.plate)
    assert [(one["crew"], one["status"]) for one in at_work] == [(crew["uuid"], "on_site")]
    assert {sign["assignment"], told_late["assignment"]} == {job["uuid"]}
    assert {row.device for row in CheckIn.objects.all()} == {desk.user.devices.get()}
    assert (too_early.status_code, too_early.json()["code"]) == (400, "inconsistent")
    assert CheckIn.objects.count() == 2
    assert Assignment.objects.get().status == "finished"


def test_a_crew_is_sent_to_one_job_at_a_time_and_gives_back_what_it_can_not_do(desk: Phone) -> None:
    crew = crew_of(desk)
    sent = {"crew": crew["uuid"], "task": "patrol", "place": {"text": "横岗"}}
    first = made(desk.make("assignments/", at=just_now(minutes=45), **sent))

    second = desk.make("assignments/", at=just_now(minutes=40), **sent)
    queued = made(desk.make("assignments/", at=just_now(minutes=40), queue=True, **sent))
    back = done(desk.act(f"assignments/{first['uuid']}/abort/", at=just_now(minutes=5), why="weather"))
    no = done(desk.act(f"assignments/{queued['uuid']}/refuse/", at=just_now(minutes=4), why="safety"))

    assert (second.status_code, second.json()["code"]) == (409, "crew-under-way")
    assert second.json()["params"]["assignment"] == first["uuid"]
    assert (back["status"], no["status"]) == ("aborted", "refused")


def test_support_from_the_request_to_the_return(desk: Phone) -> None:
    helper = make_phone(role=Role.DISPATCHER)
    storm = make_storm(slug="ice-now")
    asked = {"organization": str(desk.organization.uuid), "asked": str(helper.organization.uuid)}
    wish = made(
        desk.make("support-requests/", at=just_now(minutes=50), need="13人3车", storm=storm.slug, **asked)
    )
    done(helper.act(f"support-requests/{wish['uuid']}/approve/", at=just_now(minutes=45)))
    body: dict[str, Any] = {"organization": str(helper.organization.uuid), "at": just_now(minutes=44)}
    body |= {"headcount": 13, "leader_phone": "13900000000", "tasks": ["repair"]}
    call_up = f"support-requests/{wish['uuid']}/mobilise/"
    not_theirs = desk.make(call_up, **body)
    made(helper.make(call_up, **body))
    team = helper.get(f"deployments/{Deployment.objects.get().uuid}/").json()
    here = f"deployments/{team['uuid']}"

    done(helper.act(f"{here}/depart/", at=just_now(minutes=40), expected_at=just_now(minutes=-60)))
    for minutes, verb in ((30, "arrive"), (25, "brief"), (24, "start-work"), (15, "rest"), (10, "release")):
        done(helper.act(f"{here}/{verb}/", at=just_now(minutes=minutes)))
    corrected = {"lodging": "嵊州", "headcount": 14}
    done(helper.act(f"{here}/correct/", at=just_now(minutes=6), reason="补充", changes=corrected))
    home = done(helper.act(f"{here}/return/", at=just_now(minutes=5)))

    assert (home["status"], home["headcount"], home["storm"]) == ("returned", 14, "ice-now")
    assert not_theirs.json()["errors"][0]["code"] == "unknown-reference"
    assert (team["request"], home["request"]) == (wish["uuid"], wish["uuid"])
    assert (team["leader_phone"], home["host_organization"]) == ("13900000000", asked["organization"])


def test_support_is_refused_taken_back_or_called_back(desk: Phone) -> None:
    helper = make_organization()
    asked = {"organization": str(desk.organization.uuid), "asked": str(helper.uuid), "need": "发电车"}
    no, back = (made(desk.make("support-requests/", at=just_now(minutes=50), **asked)) for _ in "12")
    body = {"organization": str(desk.organization.uuid), "host_text": "嵊州"}
    team = made(desk.make("deployments/", at=just_now(minutes=44), **body))

    answers = [
        done(desk.act(f"support-requests/{no['uuid']}/refuse/", at=just_now(), reason="无人")),
        done(desk.act(f"support-requests/{back['uuid']}/cancel/", at=just_now(), reason="不需")),
        done(desk.act(f"deployments/{team['uuid']}/cancel/", at=just_now(), reason="召回")),
    ]

    assert [answer["status"] for answer in answers] == ["refused", "cancelled", "cancelled"]
    assert Deployment.objects.get().end_reason == "召回"


def test_nobody_asks_an_organisation_that_is_none(desk: Phone) -> None:
    body = {"organization": str(desk.organization.uuid), "asked": str(uuid4()), "need": "发电车"}

    answer = desk.make("support-requests/", at=just_now(), **body)

    told = answer.json()["errors"][0]
    assert (answer.status_code, told["pointer"], told["code"]) == (400, "/asked", "unknown-reference")


def test_a_hidden_danger_is_found_regraded_and_removed(desk: Phone) -> None:
    body = {
        "organization": str(desk.organization.uuid),
        "place": {"text": "横岗"},
        "section": str(desk.section.uuid),
        "kind": "vegetation",
        "grade": "general",
        "description": "毛竹倾向导线",
    }
    found = made(desk.make("hazards/", at=just_now(minutes=50), due_at=just_now(minutes=-600), **body))
    here = f"hazards/{found['uuid']}"

    done(desk.act(f"{here}/correct/", at=just_now(), reason="复查", changes={"grade": "serious"}))
    done(desk.act(f"{here}/close/", at=just_now(), remark="已砍除"))

    row = Hazard.objects.get()
    assert (row.grade, row.close_remark, row.section) == ("serious", "已砍除", desk.section)


def test_a_storm_is_opened_corrected_and_ended(desk: Phone) -> None:
    body = {"slug": "ice-1", "name": "寒潮", "hazard": "ice", "organizations": [str(desk.organization.uuid)]}
    made(desk.make("storms/", started_at=just_now(minutes=60), **body))

    done(desk.act("storms/ice-1/correct/", at=just_now(), reason="定名", changes={"name": "一号寒潮"}))
    done(desk.act("storms/ice-1/end/", at=just_now()))

    storm = Storm.objects.get()
    assert (storm.name, storm.ended_at is None) == ("一号寒潮", False)


def test_weather_meals_and_visits_are_kept(desk: Phone) -> None:
    own = {"organization": str(desk.organization.uuid)}
    weather = {"section": str(desk.section.uuid), "place": {"text": "横岗", "altitude_m": 600}}
    made(desk.make("weather-readings/", observed_at=just_now(), air_temp_c=-3.5, **weather))
    visit = made(
        desk.make("visits/", places=[{"text": "横岗"}], leaders_text="公司领导", purposes=["comfort"], **own)
    )
    made(desk.make("supplies/", kind="hot_meal", quantity=13, visit=visit["uuid"], **own))

    reading = WeatherReading.objects.get()
    assert (float(reading.air_temp_c or 0), reading.place and reading.place.altitude_m) == (-3.5, 600)
    assert Visit.objects.get().places.get().text == "横岗"
    assert (Supply.objects.get().quantity, Supply.objects.get().visit) == (13, Visit.objects.get())
