"""The storm night of :mod:`tests.incidents.api.examples`, deed by deed."""

from typing import Any

from tests.incidents.api.examples import Night, at
from tests.incidents.api.night_late import late
from tests.incidents.api.night_phones import phones
from tests.incidents.api.night_photos import photos

CUSTOMERS = 128
HOMES = [
    "alerts",
    "assignments",
    "attachments",
    "brief-items",
    "briefings",
    "briefs",
    "check-ins",
    "crews",
    "damages",
    "deployments",
    "divisions",
    "estimates",
    "hazards",
    "held-facts",
    "ice-readings",
    "important-users",
    "lines",
    "organizations",
    "outages",
    "patrols",
    "reports",
    "restoration-steps",
    "road-blocks",
    "sections",
    "storms",
    "supplies",
    "support-requests",
    "visits",
    "weather-readings",
    "weather-warnings",
]


def whole(night: Night) -> None:
    """Do everything once."""
    storm = surroundings(night)
    crew = crews(night)
    outage = outages(night, storm, crew)
    found(night, storm, crew, outage)
    support(night, storm, crew)
    brief(night)
    late(night, storm)
    photos(night, outage)
    alert = str(night.alert.uuid)
    night.do("alerts", alert, "acknowledge", generation=1)
    night.do("alerts", alert, "snooze", generation=1, until="2024-02-27T12:00:00+08:00", reason="道路未通")
    night.do("alerts", alert, "resolve", generation=1, reason="现场已处理")
    looks(night)
    phones(night)


def surroundings(night: Night) -> str:
    county = str(night.county.uuid)
    storm = night.new(
        "storms",
        slug="2024-02-freezing",
        name="2024年2月寒潮雨雪冰冻",
        hazard="mixed",
        organizations=[str(night.city.uuid)],
        started_at=at("12:00"),
    )
    old = night.new("storms", slug="drill-2024", name="年度演练", hazard="ice", organizations=[county])
    night.do("storms", old, "correct", at=at("13:00"), reason="补充说明", changes={"remark": "桌面推演"})
    night.do("storms", old, "end", at=at("14:00"))
    warned = night.new(
        "weather-warnings",
        organization=str(night.city.uuid),
        storm=storm,
        issuer="上虞区气象台",
        hazard="road_icing",
        level="yellow",
        areas=["330604"],
        text="上虞区气象台2月26日16时发布道路结冰黄色预警信号：预计未来12小时内山区道路结冰。",
        at=at("16:00"),
        expires_at="2024-02-27T16:00:00+08:00",
    )
    raised = night.do(
        "weather-warnings",
        warned,
        "supersede",
        at=at("19:30"),
        level="orange",
        text="上虞区气象台2月26日19时30分将道路结冰黄色预警信号升级为橙色。",
    )
    night.do("weather-warnings", raised, "cancel", at=at("07:30"), reason="气象台解除")
    night.new(
        "weather-readings",
        section=str(night.section.uuid),
        observed_at=at("20:00"),
        air_temp_c=-1.5,
        wind_speed_m_s=4.2,
        precipitation_type="freezing_rain",
    )
    ice = {
        "section": str(night.section.uuid),
        "thickness_mm": 7.5,
        "kind": "standard",
        "ice_type": "glaze",
        "method": "caliper",
    }
    night.new("ice-readings", **ice, observed_at=at("20:10"))
    night.bulk(ice | {"observed_at": at("20:40")}, ice | {"observed_at": at("20:50"), "thickness_mm": 8.0})
    road = night.new(
        "road-blocks",
        organization=county,
        storm=storm,
        place={"text": "岭头山村进山道路"},
        cause="bamboo",
        blocked_at=at("21:30"),
        at=at("21:40"),
    )
    night.do("road-blocks", road, "start-clearing", at=at("21:50"))
    night.do(
        "road-blocks", road, "correct", at=at("21:55"), reason="核实", changes={"vehicle_limit": "四驱车"}
    )
    night.do("road-blocks", road, "clear", at=at("22:40"))
    return storm


def crews(night: Night) -> str:
    new: dict[str, Any] = {"organization": str(night.county.uuid), "skills": ["mv", "lv"], "at": at("20:00")}
    crew = night.new("crews", name="抢修一班", headcount=4, **new)
    spare = night.new("crews", name="抢修二班", **new)
    night.do("crews", crew, "members", person=str(night.person.uuid), is_leader=True, at=at("20:05"))
    night.do("crews", crew, "vehicles", vehicle=str(night.vehicle.uuid), at=at("20:05"))
    night.add("crews", crew, "check-in", at=at("20:30"), note="全员平安")
    lent = {"at": at("20:50"), "reason": "轮休"}
    night.do("crews", spare, "members", person=str(night.driver.uuid), at=at("20:10"))
    night.do("crews", spare, "remove-member", person=str(night.driver.uuid), **lent)
    night.do("crews", spare, "vehicles", vehicle=str(night.spare.uuid), at=at("20:10"))
    night.do("crews", spare, "remove-vehicle", vehicle=str(night.spare.uuid), **lent)
    night.do("crews", spare, "disband", at=at("21:00"), reason="并入一班")
    return crew


def outages(night: Night, storm: str, crew: str) -> str:
    new: dict[str, Any] = {
        "organization": str(night.county.uuid),
        "storm": storm,
        "place": {"text": "横岗村山上"},
        "kind": "forced",
        "voltage_kv": 10,
        "cause_code": "ice_load",
    }
    outage = night.new(
        "outages",
        **new,
        line=str(night.line.uuid),
        section=str(night.section.uuid),
        customers_affected=CUSTOMERS,
        occurred_at=at("21:05"),
        at=at("21:10"),
    )
    night.do("outages", outage, "confirm", at=at("21:20"))
    job = jobs(night, crew, outage)
    night.do(
        "outages",
        outage,
        "locate",
        at=at("22:05"),
        place={"text": "横岗村山上", "line": str(night.line.uuid), "pole_no": "25"},
    )
    night.do("outages", outage, "mislocate", at=at("22:10"), reason="巡视核实不是25号杆")
    night.do("outages", outage, "locate", at=at("22:15"))
    night.do("outages", outage, "isolate", at=at("22:20"))
    night.do("outages", outage, "start-repair", at=at("22:30"))
    broken(night, outage)
    night.add("outages", outage, "estimates", kind="crew", value_at=at("23:50"), at=at("22:35"))
    step = night.do(
        "outages", outage, "restore-steps", at=at("23:00"), method="isolate_and_reclose", customers=100
    )
    night.do("outages", outage, "restore-steps", at=at("23:40"), method="repair", customers=28)
    night.do("restoration-steps", step, "correct", at=at("23:45"), reason="抄录有误", changes={"mv_users": 2})
    night.do("outages", outage, "repair", at=at("23:40"))
    night.do("outages", outage, "return-to-normal", at=at("23:50"))
    night.do(
        "outages", outage, "correct", at=at("23:55"), reason="核实", changes={"cause_code": "bamboo_ice"}
    )
    night.do("assignments", job, "finish", at=at("23:45"), remark="已恢复")
    night.do("outages", outage, "close", at=at("00:10"), reason="地点按村确认")
    night.do("outages", outage, "reopen", at=at("00:20"), reason="补录台区数")
    other = night.new("outages", **new, at=at("21:30"), occurred_at=at("21:29"))
    night.do("outages", other, "record-momentary", at=at("21:40"), restored_at=at("21:31"))
    none = night.new("outages", **new, at=at("21:45"))
    night.do("outages", none, "cancel", at=at("21:50"), reason="误报")
    return outage


def jobs(night: Night, crew: str, outage: str) -> str:
    sent = {"crew": crew, "task": "repair", "outage": outage, "queue": True}
    refused = night.new("assignments", **sent, at=at("21:22"))
    night.do("assignments", refused, "refuse", at=at("21:23"), why="safety", remark="道路结冰")
    aborted = night.new("assignments", **sent, at=at("21:24"))
    night.do("assignments", aborted, "abort", at=at("21:25"), why="access")
    job = night.new("assignments", **sent, at=at("21:26"), permit_no="2024-0226-01")
    for verb, clock in (("accept", "21:28"), ("depart", "21:30"), ("arrive", "21:58")):
        night.do("assignments", job, verb, at=at(clock))
    night.add("assignments", job, "check-in", at=at("21:59"), note="已到现场，全员平安")
    night.do(
        "assignments",
        job,
        "brief",
        at=at("22:00"),
        given_by="李工",
        topics=["falling_ice", "back_feed"],
        signed_by=[str(night.person.uuid)],
    )
    return job


def broken(night: Night, outage: str) -> None:
    damage = night.add(
        "outages",
        outage,
        "damages",
        kind="conductor_break",
        count=1,
        is_live_hazard=True,
        place={"text": "横岗村"},
        at=at("22:16"),
    )
    for verb, clock in (("make-safe", "22:18"), ("isolate", "22:20"), ("repair", "23:30")):
        night.do("damages", damage, verb, at=at(clock))
    night.do("damages", damage, "correct", at=at("23:35"), reason="清点", changes={"count": 2})


def found(night: Night, storm: str, crew: str, outage: str) -> None:
    county = str(night.county.uuid)
    hazard = night.new(
        "hazards",
        organization=county,
        storm=storm,
        place={"text": "岭头山村", "longitude": 120.912345, "latitude": 29.812345, "crs": "EPSG:4490"},
        section=str(night.section.uuid),
        kind="vegetation",
        grade="serious",
        description="毛竹距边线不足2米",
        at=at("06:40"),
        due_at="2024-03-04T18:00:00+08:00",
    )
    walk = {"organization": county, "line": str(night.line.uuid), "storm": storm, "at": at("06:00")}
    patrol = night.new(
        "patrols",
        **walk,
        kind="inspect_after",
        sections=[str(night.section.uuid)],
        outage=outage,
        place={"text": "横岗村至岭头山村"},
    )
    night.do("patrols", patrol, "start", at=at("06:10"), person=str(night.person.uuid))
    night.do("patrols", patrol, "add-findings", at=at("06:45"), hazards=[hazard])
    night.do("patrols", patrol, "finish", at=at("07:20"), nothing_found=False, remark="其余正常")
    called_off = night.new("patrols", **walk, kind="special_patrol", crew=crew)
    night.do("patrols", called_off, "cancel", at=at("06:30"), reason="大雾")
    changes = {"grade": "critical"}
    night.do("hazards", hazard, "correct", at=at("07:00"), reason="复核", changes=changes)
    night.do("hazards", hazard, "close", at=at("07:40"), remark="已砍伐清理")


def brief(night: Night) -> None:
    """Paste a brief, confirm one piece and discard another."""
    text = "国网嵊州市供电公司消息：2月26日21时，10千伏古西线跳闸，停电128户。截至22时，停运10千伏线路2条。"
    kept = night.new("briefs", organization=str(night.county.uuid), text=text, published_on="2024-02-26")
    pieces = {each["kind"]: each["uuid"] for each in night.look(f"briefs/{kept}/")["items"]}
    night.do(
        "brief-items",
        pieces["outage"],
        "confirm",
        at=at("22:40"),
        edits={"customers": 130, "place": "横岗村"},
    )
    night.do("brief-items", pieces["total"], "discard", at=at("22:41"), reason="与上期重复")


def support(night: Night, storm: str, crew: str) -> None:
    county, other = str(night.county.uuid), str(night.other.uuid)
    asked = {"organization": county, "asked": other, "storm": storm, "headcount": 20, "at": at("21:00")}
    wish = night.new("support-requests", **asked, need="10千伏抢修人员20名，自带车辆", skills=["mv"])
    night.do("support-requests", wish, "approve", at=at("21:15"))
    refused = night.new("support-requests", **asked, need="发电车1辆")
    night.do("support-requests", refused, "refuse", at=at("21:20"), reason="自用")
    cancelled = night.new("support-requests", **asked, need="吊车1辆")
    night.do("support-requests", cancelled, "cancel", at=at("21:25"), reason="不再需要")
    night.add(
        "support-requests",
        wish,
        "mobilise",
        organization=other,
        headcount=6,
        vehicle_count=1,
        at=at("21:20"),
    )
    team = night.new(
        "deployments",
        organization=other,
        request=wish,
        headcount=20,
        vehicle_count=4,
        leader_name="赵六",
        at=at("21:30"),
    )
    night.do("deployments", team, "depart", at=at("21:50"), expected_at=at("23:20"))
    night.do("deployments", team, "arrive", at=at("23:10"))
    night.do("deployments", team, "brief", at=at("23:20"), given_by="李工", topics=["isolation", "terrain"])
    night.do("deployments", team, "start-work", at=at("23:40"))
    again = night.new(
        "briefings",
        deployment=team,
        at=at("05:00"),
        given_by="李工",
        topics=["back_feed"],
        text="换到岭头山村，注意自备电源反送电。",
        signed_names=["钱七"],
    )
    night.do("briefings", again, "sign", at=at("05:05"), signed_names=["孙八"])
    night.do("deployments", team, "rest", at=at("05:30"))
    night.do("deployments", team, "correct", at=at("05:40"), reason="补充", changes={"lodging": "上浦镇宾馆"})
    night.do("deployments", team, "release", at=at("07:00"))
    night.do("deployments", team, "return", at=at("07:50"))
    late = night.new("deployments", organization=other, host_text="丽水", at=at("22:00"))
    night.do("deployments", late, "cancel", at=at("22:10"), reason="改派")
    night.new(
        "supplies", organization=county, kind="knee_pad", quantity=20, unit="副", crew=crew, storm=storm
    )
    night.new(
        "visits",
        organization=county,
        places=[{"text": "横岗村抢修现场"}],
        leaders_text="公司领导",
        visited_on="2024-02-26",
        purposes=["comfort"],
        storm=storm,
    )


def looks(night: Night) -> None:
    """Read every list, and its first row."""
    night.look("me/")
    night.look("shift-bundle/")
    night.look("written-brief/", organization=str(night.county.uuid), length="standard")
    night.look("changes/", page_size=1)
    for home in HOMES:
        first = night.look(f"{home}/", page_size=1)["results"][0]
        key = "slug" if home == "storms" else "code" if home == "divisions" else "uuid"
        night.look(f"{home}/{first[key]}/")
