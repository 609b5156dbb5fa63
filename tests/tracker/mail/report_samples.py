"""The reports whose mails stand in ``docs/samples/``; ``python -m tests.tracker.mail.report_samples`` writes.

A storm of one county, made up, with everything that a report can say; and the night of 26 February 2024 with
the little that the newspapers tell of it.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.architecture.source import ROOT
from tracker.mail.reports import ReportMail, enclose, write_report
from tracker.rules.report_numbers import (
    Broken,
    Forces,
    ImportantUsers,
    Numbers,
    OutageRow,
    Step,
    Support,
    Tally,
)
from tracker.rules.report_sums import sum_up

FOLDER = ROOT / "docs" / "samples"
BEGAN = datetime(2024, 2, 26, 10, 0, tzinfo=UTC)  # 18:00 in China
SIX = datetime(2024, 2, 26, 22, 0, tzinfo=UTC)  # 06:00 in China
EIGHT = SIX + timedelta(hours=2)
LANGUAGES = ("zh-hans", "en")


def later(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


def _outage(number: int, **over: Any) -> OutageRow:
    hour = number % 7
    values: dict[str, Any] = {
        "id": number,
        "line": f"10千伏演示{number}线",
        "line_id": number,
        "place": f"演示镇{number}号杆",
        "how": ("tripped", "tripped", "switched_off")[number % 3],
        "began_at": later(hour / 2),
        "customers": 60 + 13 * number,
        "mv_users": 1 + number % 4,
        "village": f"3306831023{number % 5:02}",
        "town": f"33068310{number % 3}",
    }
    if number % 2:
        values["restored_at"] = later(2 + hour)
    elif number % 4 == 0:
        values["steps"] = (Step(at=later(4 + hour / 2), customers=40),)
    return OutageRow(**values | over)


ROWS = (
    *(_outage(number) for number in range(1, 15)),
    _outage(15, kv="35", line="35千伏演示线", customers=None, mv_users=None),
    _outage(
        16,
        line='=HYPERLINK("http://x","点我")',
        place="<b>岭头山村</b>",
        customers=21,
        began_at=later(-30),
        began_known=False,
        steps=(),
    ),
    _outage(17, kv="0.4", is_low_voltage=True, line="", line_id=None, customers=None, mv_users=None),
    _outage(18, explained=True),
)
FULL = Numbers(
    **vars(sum_up(ROWS)),
    rows=ROWS,
    important=ImportantUsers(on_record=6, hit=2, out=1),
    damage=(
        Broken(kind="conductor_break", found=7, repaired=3, unknown=1),
        Broken(kind="pole_broken", found=4, repaired=1, unknown=0),
    ),
    hazards=Tally(affected=9, restored=4, remaining=5),
    forces=Forces(
        teams=6,
        persons=41,
        persons_unknown=1,
        person_trips=87,
        trips_unknown=1,
        vehicles=14,
        vehicle_trips=29,
        generator_cars=2,
    ),
    support_in=Support(teams=2, persons=13, persons_unknown=1, vehicles=3, vehicles_unknown=1),
)
FIRST_ROWS = tuple(_outage(number, restored_at=None, steps=()) for number in (7, 14, 21))
FIRST = Numbers(**vars(sum_up(FIRST_ROWS)), rows=FIRST_ROWS)
FEBRUARY_ROWS = (
    OutageRow(
        id=1,
        place="嵊州市崇仁镇岭头山村",
        kv="0.4",
        is_low_voltage=True,
        began_at=datetime(2024, 2, 26, 16, 0, tzinfo=UTC),
        began_known=False,
        village="330683102343",
        town="330683102",
    ),
    OutageRow(
        id=2,
        place="横岗村山上",
        began_at=datetime(2024, 2, 26, 13, 10, tzinfo=UTC),
        began_known=False,
        restored_at=datetime(2024, 2, 26, 13, 10, tzinfo=UTC),
        steps=(Step(at=datetime(2024, 2, 26, 13, 10, tzinfo=UTC)),),
    ),
)
FEBRUARY = Numbers(**vars(sum_up(FEBRUARY_ROWS)), rows=FEBRUARY_ROWS)


def report(kind: str, language: str, **over: Any) -> ReportMail:
    values: dict[str, Any] = {
        "report_id": 7,
        "company": "国网演示县供电公司",
        "is_exercise": False,
        "is_formal": kind not in ("digest", "long_tail"),
        "level": "III",
        "as_of": SIX,
        "numbers": FULL,
        "composed_at": EIGHT,
        "next_due_at": EIGHT + timedelta(hours=9),
        "remark": "",
        "signed_by": "" if kind in ("digest", "long_tail") else "王值班",
        "correction_reason": "",
    } | over
    return ReportMail(kind=kind, language=language, **values)


MAILS: dict[str, dict[str, Any]] = {
    "flash": {"kind": "flash", "as_of": later(0.25), "numbers": FIRST},
    "follow-up": {"kind": "follow_up", "remark": "3条线路待天亮巡线，需增援登杆人员10名、发电车1辆。"},
    "verified": {"kind": "verified", "next_due_at": None, "level": ""},
    "detailed": {"kind": "detailed", "next_due_at": None, "level": ""},
    "ad-hoc": {"kind": "ad_hoc", "remark": "县人民医院两路电源均停电，已由发电车供电。"},
    "correction": {"kind": "follow_up", "correction_reason": "漏报35千伏演示线"},
    "exercise": {"kind": "follow_up", "is_exercise": True},
    "digest": {"kind": "digest", "as_of": EIGHT},
    "long-tail": {"kind": "long_tail", "as_of": EIGHT},
    "february-2024": {
        "kind": "follow_up",
        "company": "国网绍兴供电公司",
        "numbers": FEBRUARY,
        "level": "",
        "next_due_at": datetime(2024, 2, 27, 9, 0, tzinfo=UTC),
    },
}


def mail(name: str, language: str) -> ReportMail:
    return report(language=language, **MAILS[name])


def text_of(name: str, language: str) -> str:
    letter = write_report(mail(name, language))
    return f"{letter.subject}\n\n{letter.text}"


def text_path(name: str, language: str) -> Path:
    return FOLDER / f"report-{name}.{language}.txt"


if __name__ == "__main__":
    import django

    django.setup()
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for name in MAILS:
            text_path(name, language).write_text(text_of(name, language), encoding="utf-8")
        enclosed = enclose(mail("follow-up", language))
        (FOLDER / f"report-follow-up.{language}.html").write_text(enclosed.html, encoding="utf-8")
        (FOLDER / f"report-follow-up.{language}.xlsx").write_bytes(enclosed.attached[0].content)
        (FOLDER / f"report-follow-up.{language}.png").write_bytes(enclosed.picture)
