"""Files on their way into the record: read, tried, confirmed, written; and refused with row and column."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from incidents.access.files import reader_at
from incidents.choices import EntryMode, FilePart, JobState, Role, RowOutcome, Source
from incidents.errors import BadTransition, RowsWithErrors
from incidents.journal import Actor
from incidents.models import (
    Crew,
    FileJob,
    IceReading,
    ImportantUser,
    JournalEntry,
    Line,
    LineSection,
    Organization,
    Outage,
    User,
    WeatherReading,
)
from incidents.models.exchange import FilePiece, FileRow
from incidents.services import file_jobs
from incidents.services.imports import life
from incidents.services.imports.kinds import KINDS
from tests.desk import give_role
from tests.factories import make_line, make_organization, make_section, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organization:
    return make_organization(name="丽水供电公司")


@pytest.fixture
def who(ours: Organization) -> Actor:
    user = give_role(make_user(), ours, Role.DISPATCHER, Role.ADMIN)
    return Actor(user=user, now=timezone.now())


def table(*rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    held = io.StringIO(newline="")
    csv.writer(held, delimiter=delimiter).writerows(rows)
    return held.getvalue().encode(encoding)


LINES = table(
    ["编号", "名称", "电压（kV）", "用户数"], ["LS-1", "横岗线", "10", "120"], ["LS-2", "覆冰线", "35", ""]
)


def work(at: datetime | None = None) -> None:
    now = at or timezone.now()
    while file_jobs.work(now=now, reader_of=reader_at(now)):
        pass


def tried(content: bytes, *, who: Actor, ours: Organization, kind: str = "lines", **more: Any) -> FileJob:
    """Return an import after its dry run."""
    job = life.take(
        kind=KINDS[kind],
        organization=ours,
        content=content,
        name=more.pop("name", "台账.csv"),
        language=more.pop("language", "zh-hans"),
        by=who,
        **more,
    )
    work()
    job.refresh_from_db()
    return job


def imported(content: bytes, *, who: Actor, ours: Organization, **more: Any) -> FileJob:
    job = tried(content, who=who, ours=ours, **more)
    assert job.state == JobState.CHECKED, job.problem
    life.confirm(job, leave_out_errors=False, by=who)
    work()
    job.refresh_from_db()
    assert job.state == JobState.DONE
    return job


def outcomes(job: FileJob) -> list[str]:
    return list(job.rows.order_by("number").values_list("outcome", flat=True))


def problems(job: FileJob) -> dict[int, list[list[str]]]:
    return dict(job.rows.filter(outcome=RowOutcome.ERROR).values_list("number", "problems"))


def test_a_dry_run_writes_nothing_and_says_what_would_happen(who: Actor, ours: Organization) -> None:
    make_line(organization=ours, code="LS-1", name="横岗线", voltage_kv=Decimal(10), customers=100)

    job = tried(LINES, who=who, ours=ours)

    assert outcomes(job) == [RowOutcome.CHANGE, RowOutcome.NEW]
    assert job.rows.get(number=2).changes == [["customers", "100", "120"]]
    assert (job.total, job.done, job.state) == (2, 2, JobState.CHECKED)
    assert list(Line.objects.values_list("code", "customers")) == [("LS-1", 100)]
    assert not JournalEntry.objects.exclude(kind="file.taken").exists()


def test_what_is_confirmed_is_written_by_the_services(who: Actor, ours: Organization) -> None:
    job = imported(LINES, who=who, ours=ours)

    assert list(Line.objects.order_by("code").values_list("code", "name", "voltage_kv", "customers")) == [
        ("LS-1", "横岗线", Decimal(10), 120),
        ("LS-2", "覆冰线", Decimal(35), None),
    ]
    entry = JournalEntry.objects.filter(kind="line.added").first()
    assert entry is not None
    assert (entry.by, entry.channel) == (who.user, "import")
    assert job.rows.filter(is_applied=True).count() == 2


def test_the_same_file_twice_adds_nothing(who: Actor, ours: Organization) -> None:
    imported(LINES, who=who, ours=ours)
    told = JournalEntry.objects.filter(subject_type="line").count()

    again = imported(LINES, who=who, ours=ours)

    assert outcomes(again) == [RowOutcome.UNCHANGED] * 2
    assert Line.objects.count() == 2
    assert JournalEntry.objects.filter(subject_type="line").count() == told


def test_two_sendings_at_once_are_one(who: Actor, ours: Organization) -> None:
    first, second = (tried(LINES, who=who, ours=ours) for _ in range(2))
    for job in (first, second):
        life.confirm(job, leave_out_errors=False, by=who)

    work()

    assert Line.objects.count() == 2
    assert outcomes(second) == [RowOutcome.UNCHANGED] * 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_is_read_as_excel_writes_it(
    who: Actor, ours: Organization, encoding: str, delimiter: str
) -> None:
    rows = (["线路编号", "线路名称", "电压等级（kV）"], ["001", "联通覆冰线", "１０"])

    job = tried(table(*rows, encoding=encoding, delimiter=delimiter), who=who, ours=ours)

    assert outcomes(job) == [RowOutcome.NEW], (job.problem, problems(job))
    assert job.rows.get().cells == {"code": "001", "name": "联通覆冰线", "voltage_kv": "１０"}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"   \r\n", "empty"),
        ("编号,名称,电压\n".encode(), "no rows"),
        ("编号,名称,电压\n,,\n".encode(), "no rows"),
        ("甲,乙\n1,2\n".encode(), "headings"),
        ("编号,名称,颜色\n1,2,3\n".encode(), "颜色"),
        ("编号,名称,编号\n1,2,3\n".encode(), "编号"),
        ("编号,名称,电压（V）\n1,2,3\n".encode(), "unit"),
        ("编号,名称\n1,横岗\ufffd线\n".encode(), "row 2"),
        ("编号,名称\n1,横岗线\n".encode() + b"\xff\xff", "row 3"),
        ("编号,名称\n1,横岗线\n".encode("utf-16"), "UTF-16"),
        ('编号,名称\n1,"横岗线\n'.encode(), "quotation"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), ".xlsx"),
        (b"<html><table>", ".xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    who: Actor, ours: Organization, content: bytes, why: str
) -> None:
    job = tried(content, who=who, ours=ours, language="en")

    assert job.state == JobState.FAILED
    assert why in job.problem
    assert not job.rows.exists()
    assert not Line.objects.exists()


def test_too_many_rows_are_refused(who: Actor, ours: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("incidents.services.imports.reading.MOST_ROWS", 1)

    assert tried(LINES, who=who, ours=ours).state == JobState.FAILED


def test_errors_name_row_and_column_and_keep_everything_out(who: Actor, ours: Organization) -> None:
    content = table(
        ["编号", "名称", "电压", "用户数", "联络开关"],
        ["LS-1", "横岗线", "10", "12户", ""],
        ["LS-2", "覆冰线", "11", "", ""],
        ["", "无名线", "10", "", ""],
        ["LS-4", "", "10", "", ""],
        ["LS-5", "好线", "10", "1", ""],
        ["LS-5", "好线二", "10", "1", ""],
        ["1.10001E+17", "长号线", "10", "1", ""],
    )

    job = tried(content.replace("联络开关".encode(), b"has_tie"), who=who, ours=ours)

    found = problems(job)
    assert [(number, told[0][0]) for number, told in sorted(found.items())] == [
        (2, "customers"),
        (3, "voltage_kv"),
        (4, "code"),
        (5, "name"),
        (7, ""),
        (8, "code"),
    ]
    assert "6" in found[7][0][1]
    assert "7" in found[7][0][1]
    with pytest.raises(RowsWithErrors):
        life.confirm(job, leave_out_errors=False, by=who)
    job.refresh_from_db()
    assert job.state == JobState.CHECKED
    assert not Line.objects.exists()


def test_rows_with_errors_come_back_to_be_mended_and_imported(who: Actor, ours: Organization) -> None:
    content = table(["编号", "名称", "电压"], ["LS-1", "横岗线", "10"], ["LS-2", "=覆冰线", "十"])
    job = tried(content, who=who, ours=ours)
    life.confirm(job, leave_out_errors=True, by=who)
    work()

    faulty = b"".join(life.faulty(job)).decode("utf-8-sig")

    assert Line.objects.get().code == "LS-1"
    assert "'=覆冰线" in faulty
    assert outcomes(imported(faulty.replace("十", "10", 1).encode(), who=who, ours=ours)) == [RowOutcome.NEW]
    assert Line.objects.get(code="LS-2").name == "=覆冰线"


def test_lines_of_another_organization_are_as_unknown_as_none(who: Actor, ours: Organization) -> None:
    make_line(organization=make_organization(name="绍兴供电公司"), code="SX-1")
    content = table(
        ["单位", "线路编号", "区段"],
        ["", "SX-1", "01"],
        ["", "ZZ-9", "01"],
        ["绍兴供电公司", "SX-1", "01"],
    )

    job = tried(content, who=who, ours=ours, kind="sections")

    told = problems(job)
    assert [told[2][0][1].replace("SX-1", "*"), told[2][0][0]] == [told[3][0][1].replace("ZZ-9", "*"), "line"]
    assert told[4][0][0] == "organization"
    assert not LineSection.objects.exists()


def test_a_role_that_ends_before_the_writing_writes_nothing(who: Actor, ours: Organization) -> None:
    job = tried(LINES, who=who, ours=ours)
    life.confirm(job, leave_out_errors=False, by=who)
    who.user.memberships.update(until_at=timezone.now() - timedelta(seconds=1))

    work()

    job.refresh_from_db()
    assert outcomes(job) == [RowOutcome.ERROR] * 2
    assert job.state == JobState.DONE
    assert not Line.objects.exists()


def test_a_worker_that_dies_in_a_step_leaves_what_the_step_before_left(
    who: Actor, ours: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.services.imports.steps.TOGETHER", 1)
    job = tried(LINES, who=who, ours=ours)
    life.confirm(job, leave_out_errors=False, by=who)
    now = timezone.now()
    file_jobs.work(now=now, reader_of=reader_at(now), most=1)
    with monkeypatch.context() as dying:
        dying.setattr(file_jobs, "_do", _die)
        with pytest.raises(KeyboardInterrupt):
            file_jobs.work(now=now, reader_of=reader_at(now), most=1)
    job.refresh_from_db()
    assert (job.state, job.done, job.attempts, Line.objects.count()) == (JobState.APPLYING, 1, 1, 1)

    work()

    job.refresh_from_db()
    assert (job.state, job.done, job.attempts, Line.objects.count()) == (JobState.DONE, 2, 0, 2)


def _die(*_args: object) -> None:
    raise KeyboardInterrupt


def test_a_step_that_fails_again_and_again_is_given_up(
    who: Actor, ours: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(file_jobs, "_do", break_)

    job = tried(LINES, who=who, ours=ours)

    assert (job.state, job.attempts) == (JobState.FAILED, file_jobs.ATTEMPTS)


def test_a_cancelled_import_is_not_written(who: Actor, ours: Organization) -> None:
    job = tried(LINES, who=who, ours=ours)

    life.cancel(life.cancel(job, by=who), by=who)
    work()

    assert not Line.objects.exists()
    with pytest.raises(BadTransition):
        life.confirm(job, leave_out_errors=False, by=who)


def test_what_was_confirmed_once_is_confirmed(who: Actor, ours: Organization) -> None:
    job = imported(LINES, who=who, ours=ours)

    assert life.confirm(job, leave_out_errors=False, by=who).state == JobState.DONE
    with pytest.raises(BadTransition):
        life.cancel(job, by=who)


def test_files_go_when_their_time_is_over_and_the_job_stays(who: Actor, ours: Organization) -> None:
    job = tried(LINES, who=who, ours=ours)

    assert file_jobs.purge(now=job.expires_at - timedelta(seconds=1)) == 0
    assert file_jobs.purge(now=job.expires_at) == 1

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    assert not FilePiece.objects.exists()
    assert not FileRow.objects.exists()


def test_sections_users_and_crews_are_imported(who: Actor, ours: Organization) -> None:
    imported(LINES, who=who, ours=ours)
    imported(
        table(
            ["线路编号", "区段", "设计冰厚", "design_ice_source", "外径", "vegetation"],
            ["LS-1", "03", "15", "图纸", "26.8", "bamboo"],
        ),
        who=who,
        ours=ours,
        kind="sections",
    )
    imported(
        table(
            ["用户名称", "重要等级", "供电线路", "电话"], ["市人民医院", "first", "LS-2、LS-1", "13800000000"]
        ),
        who=who,
        ours=ours,
        kind="important-users",
    )
    imported(
        table(["队伍名称", "skills", "人数"], ["抢修一队", "mv、tower", "13"]),
        who=who,
        ours=ours,
        kind="crews",
    )

    section = LineSection.objects.get()
    assert (section.design_ice_mm, section.conductor_diameter_mm) == (15, Decimal("26.80"))
    assert {line.code for line in ImportantUser.objects.get().feeders.all()} == {"LS-1", "LS-2"}
    assert Crew.objects.get().headcount == 13


def test_readings_of_the_past_are_kept_as_such_and_corrected_by_a_file(
    who: Actor, ours: Organization
) -> None:
    section = make_section(line=make_line(organization=ours, code="LS-1"), code="03")
    head = ["线路编号", "区段", "观测时间", "厚度（mm）", "kind", "method", "气温"]
    row = ["LS-1", "03", "2024/2/26 8:03", "12.5", "apparent", "caliper", "-3.5"]
    send: dict[str, Any] = {
        "who": who,
        "ours": ours,
        "kind": "ice-readings",
        "entry_mode": EntryMode.HISTORICAL,
    }

    imported(table(head, row), **send)
    again = imported(table(head, row), **send)
    changed = imported(table(head, [*row[:3], "13.5", *row[4:]]), **send)

    assert (outcomes(again), outcomes(changed)) == ([RowOutcome.UNCHANGED], [RowOutcome.CHANGE])
    first, second = IceReading.objects.order_by("pk")
    assert (first.section, first.entry_mode, first.source) == (section, EntryMode.HISTORICAL, Source.IMPORTED)
    assert (second.thickness_mm, second.supersedes) == (Decimal("13.5"), first)


def test_weather_and_outages_are_imported(who: Actor, ours: Organization) -> None:
    make_line(organization=ours, code="LS-1")
    past: dict[str, Any] = {"who": who, "ours": ours, "entry_mode": EntryMode.HISTORICAL}
    weather = table(["地点", "观测时间", "气温", "风速"], ["括苍山", "2024-02-26 08:00", "-3.5", "4.2"])
    outage = table(
        ["线路编号", "地点", "电压", "kind", "报告时间", "停电时间", "停电户数", "复电时间"],
        [
            "LS-1",
            "莲都区太平乡",
            "10",
            "forced",
            "2024-02-26 08:10",
            "2024-02-26 08:03",
            "860",
            "2024-02-26 21:10",
        ],
    )

    for content, kind in ((weather, "weather-readings"), (outage, "outages")):
        imported(content, kind=kind, **past)
        assert outcomes(imported(content, kind=kind, **past)) == [RowOutcome.UNCHANGED]

    assert WeatherReading.objects.get().air_temp_c == Decimal("-3.5")
    kept = Outage.objects.get()
    assert (kept.customers_affected, kept.entry_mode, kept.status) == (860, EntryMode.HISTORICAL, "restored")
    assert kept.restored_at is not None


def test_a_kind_has_no_heading_twice() -> None:
    for kind in KINDS.values():
        names = [name for column in kind.columns for name in column.names()]
        assert sorted(names) == sorted(set(names)), kind.name


def test_the_upload_is_kept_in_pieces(who: Actor, ours: Organization) -> None:
    job = life.take(
        kind=KINDS["lines"], organization=ours, content=bytes(2_500_000), name="x.csv", language="en", by=who
    )

    assert job.pieces.filter(part=FilePart.UPLOAD).count() == 3
    assert User.objects.get(pk=who.user.pk) == job.asked_by
