"""Facts of one alert of each rule, as the conditions give them, for the samples of mails."""

from typing import Any

_OUTAGE: dict[str, Any] = {
    "line": "10千伏横岗线",
    "voltage_kv": 10.0,
    "section": "S7",
    "place": "嵊州市崇仁镇岭头山村",
    "pole_no": "015",
    "outage": {
        "began_at": "2024-02-26T09:50:00+00:00",
        "reported_at": "2024-02-26T10:00:00+00:00",
        "status": "confirmed",
        "customers_out": 128,
        "crew": "抢修一班",
        "crew_status": "on_site",
    },
}
_UNKNOWN_BEGINNING = _OUTAGE | {
    "outage": {"reported_at": "2024-02-26T09:50:00+00:00", "status": "reported", "customers_out": 128}
}
_SECTION = {
    "line": "10千伏横岗线",
    "voltage_kv": 10.0,
    "section": "S7",
    "design_mm": 15,
    "standard_mm": 9.0,
    "observed_at": "2024-02-26T11:40:00+00:00",
}
_SINCE = {"since_at": "2024-02-26T10:00:00+00:00"}
_COMPANY = {"company": "国网嵊州市供电公司", "level": "III"} | _SINCE
_CREW = {"told_crew": "抢修一班"}
_USER = {"user": "嵊州市人民医院", "user_grade": "first"}
_DUE = {"due_at": "2024-02-26T11:00:00+00:00"}

# Code → band, rank of the severity, facts.
SAMPLES: dict[str, tuple[str, int, dict[str, Any]]] = {
    "E01": (
        "red",
        3,
        _SECTION
        | {
            "standard_mm": 30.0,
            "thickness_mm": 30.0,
            "ratio": 2.0,
            "basis": "measured",
            "place": "横岗村山上",
            "outage": _OUTAGE["outage"],
        },
    ),
    "E02": ("", 2, _SECTION | {"growth_mm": 2.5}),
    "E03": ("", 2, _SECTION | {"growth_mm": 1.0, "ratio": 0.6, "ratio_ahead": 1.0, "within_h": 6}),
    "E04": (
        "",
        2,
        _SECTION | {"grade": "yellow", "limit_min": 60, "observed_at": "2024-02-26T10:30:00+00:00"},
    ),
    "E05": ("", 3, _UNKNOWN_BEGINNING | {"since_at": "2024-02-26T09:50:00+00:00", "limit_min": 5}),
    "E06": ("", 2, _UNKNOWN_BEGINNING | _SINCE | {"limit_min": 15}),
    "E07": ("", 2, _OUTAGE | _SINCE | _CREW | {"limit_min": 90}),
    "E08": ("", 2, _OUTAGE | _SINCE | {"limit_min": 60}),
    "E09": ("1", 1, _UNKNOWN_BEGINNING | {"limit_h": 2}),
    "E10": (
        "1",
        1,
        {
            "place": "崇仁镇岭头山村",
            "voltage_kv": 0.4,
            "limit_h": 4,
            "outage": {"began_on": "2024-02-26", "reported_at": "2024-02-26T08:00:00+00:00"},
        },
    ),
    "E11": ("2", 2, _OUTAGE | {"mv_users": 104, "outage": _OUTAGE["outage"] | {"customers_out": 2410}}),
    "E12": ("", 2, _OUTAGE | {"promised_at": "2024-02-26T11:45:00+00:00"}),
    "E13": ("", 1, _OUTAGE | _SINCE | {"limit_min": 60}),
    "E14": ("", 0, _OUTAGE | {"revisions": 4, "jump_h": 5.5}),
    "E15": (
        "2",
        3,
        _USER | _SINCE | {"line": "10千伏城关线", "limit_min": 5, "generator_kw": 400, "endurance_h": 8},
    ),
    "E16": (
        "2",
        3,
        _USER | {"supplied_by": "own_generator", "until_at": "2024-02-26T12:50:00+00:00", "limit_min": 60},
    ),
    "E17": ("", 3, _OUTAGE | _SINCE | {"damage": "conductor_break"}),
    "E18": ("1", 2, _CREW | {"since_at": "2024-02-25T23:50:00+00:00", "limit_h": 12}),
    "E19": ("2", 3, _OUTAGE | _SINCE | _CREW | {"limit_min": 120}),
    "E20": ("", 3, _OUTAGE | _SINCE | _CREW | {"task": "repair", "no_briefing": "yes", "no_permit": "yes"}),
    "E21": (
        "",
        2,
        _SINCE
        | {
            "asker": "国网嵊州市供电公司",
            "asked": "国网上虞区供电公司",
            "need": "线路通道清理",
            "headcount": 13,
            "request_status": "requested",
        },
    ),
    "E22": (
        "2",
        2,
        _SINCE
        | {
            "sender": "国网上虞区供电公司",
            "headcount": 13,
            "host": "国网嵊州市供电公司",
            "host_contact": "张主任",
        },
    ),
    "E23": (
        "",
        2,
        _COMPANY | {"in_force": "IV", "basis": "lines_out 5.00 ≥ 5", "void_at": "2024-02-26T12:00:00+00:00"},
    ),
    "E24": (
        "2",
        3,
        _COMPANY
        | {
            "measure": "customers_out_pct",
            "value_pct": 70.1,
            "threshold_pct": 70,
            "basis": "State Council Order 599",
        },
    ),
    "E25": ("3", 3, _COMPANY | _DUE | {"as_of_at": "2024-02-26T10:15:00+00:00"}),
    "E26": ("2", 2, _COMPANY | _DUE | {"as_of_at": "2024-02-26T07:00:00+00:00"}),
    "E27": ("1", 1, _COMPANY | _DUE | {"as_of_at": "2024-02-24T11:00:00+00:00"}),
    "E28": ("", 1, _OUTAGE | {"affected": 1000, "restored": 979, "on_line": 3200}),
    "E29": (
        "orange",
        2,
        {
            "issuer": "嵊州市气象台",
            "warning_hazard": "road_icing",
            "warning_level": "orange",
            "issued_at": "2024-02-26T10:00:00+00:00",
            "expires_at": "2024-02-27T01:00:00+00:00",
            "areas": "嵊州市",
            "text": "预计未来6小时内道路结冰，对交通有较大影响。",
        },
    ),
    "E30": (
        "2",
        2,
        {"line": "10千伏横岗线", "voltage_kv": 10.0, "times": 3, "last_at": "2024-02-26T11:40:00+00:00"},
    ),
    "E31": ("1", 1, _OUTAGE | {"since_at": "2024-02-25T11:00:00+00:00", "limit_h": 24}),
    "E32": ("", 1, _OUTAGE | {"since_at": "2024-02-25T11:00:00+00:00"}),
    "E33": (
        "3",
        3,
        {
            "line": "10千伏横岗线",
            "voltage_kv": 10.0,
            "section": "S7",
            "place": "横岗村山上",
            "hazard": "毛竹倾斜近导线",
            "hazard_grade": "critical",
            "since_at": "2024-02-25T08:00:00+00:00",
            "due_at": "2024-02-26T08:00:00+00:00",
        },
    ),
    "E34": ("", 2, _SINCE | {"place": "岭头山村进村道路", "block_cause": "bamboo", "outages": 2}),
    "E35": ("", 2, _COMPANY),
    "E36": (
        "",
        3,
        {
            "alert_code": "E01",
            "alert_id": 7,
            "line": "10千伏横岗线",
            "voltage_kv": 10.0,
            "since_at": "2024-02-26T11:54:00+00:00",
            "people": "李明、王芳",
        },
    ),
    "E37": ("", 3, {"part": "beat", "since_at": "2024-02-26T11:56:00+00:00"}),
    "E38": (
        "",
        1,
        {
            "company": "国网嵊州市供电公司",
            "outages": 6,
            "customers": 41,
            "oldest_at": "2024-02-24T10:00:00+00:00",
        },
    ),
    "E39": (
        "soon",
        2,
        {
            "post": "国网嵊州市供电公司",
            "role": "D",
            "gap_from_at": "2024-02-27T00:00:00+00:00",
            "gap_to_at": "2024-02-27T10:00:00+00:00",
        },
    ),
}
