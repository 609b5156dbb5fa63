"""Lists as files: harmless in a spreadsheet, within the scope, the same when they come back."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from incidents.access.files import reader_at
from incidents.choices import FileFormat, FilePart, JobState, Role, RowOutcome
from incidents.errors import OutOfRange
from incidents.journal import Actor
from incidents.models import FileJob, Hazard, ImportantUser, Line, Organization, Outage, Person
from incidents.rules.cells import plain
from incidents.services import exports, file_jobs, file_pieces, sheet_writing
from incidents.services.imports import life
from incidents.services.imports.kinds import KINDS
from incidents.services.sheet_files import open_sheet
from tests.desk import give_role
from tests.factories import make_line, make_organization, make_user
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours() -> Organization:
    return make_organization()


@pytest.fixture
def who(ours: Organization) -> Actor:
    return Actor(user=give_role(make_user(), ours, Role.DISPATCHER, Role.ADMIN), now=timezone.now())


def work() -> None:
    now = timezone.now()
    while file_jobs.work(now=now, reader_of=reader_at(now)):
        pass


def exported(model: type[Model], who: Actor, *, file_format: str = "csv", language: str = "en") -> FileJob:
    keys = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    job = exports.request(model=model, keys=keys, file_format=file_format, language=language, by=who)
    work()
    job.refresh_from_db()
    assert job.state == JobState.DONE, job.problem
    return job


def content(job: FileJob) -> bytes:
    return file_pieces.whole(job, FilePart.RESULT)


def rows(job: FileJob) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content(job).decode("utf-8-sig"), newline="")))


def test_a_csv_opens_in_excel_in_chinese_and_holds_no_formula(who: Actor, ours: Organization) -> None:
    make_line(organization=ours, code="-5", name="=cmd|' /C calc'!A0", customers=12)

    job = exported(Line, who, language="zh-hans")

    assert content(job).startswith(sheet_writing.BOM)
    assert content(job).endswith(b"\r\n")
    told = dict(zip(*rows(job), strict=True))
    assert told["代码"] == "'-5" if "代码" in told else "'-5" in told.values()
    assert "'=cmd|' /C calc'!A0" in told.values()
    assert "12" in told.values()


def test_a_workbook_has_words_as_words_and_numbers_as_numbers(who: Actor, ours: Organization) -> None:
    make_line(organization=ours, code="+86", name="=1+1", voltage_kv=Decimal(10), customers=12)

    sheet = load_workbook(io.BytesIO(content(exported(Line, who, file_format="xlsx")))).active

    assert sheet is not None
    found = {str(cell.value): cell.data_type for cell in list(sheet.rows)[1] if cell.value is not None}
    assert (found["+86"], found["=1+1"], found["10"], found["12"]) == ("s", "s", "n", "n")


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("name", KINDS)
def test_what_was_exported_comes_back_unchanged(
    who: Actor, ours: Organization, name: str, file_format: str
) -> None:
    World(ours)
    kind = KINDS[name]
    job = exported(kind.model, who, file_format=file_format, language="zh-hans")

    back = life.take(
        kind=kind, organization=ours, content=content(job), name=job.file_name, language="zh-hans", by=who
    )
    work()

    back.refresh_from_db()
    assert back.state == JobState.CHECKED, back.problem
    found = list(back.rows.values_list("outcome", "problems", "changes"))
    assert found == [(RowOutcome.UNCHANGED, [], [])] * kind.model._default_manager.count()


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0'"), min_size=1, max_size=20))
@settings(deadline=None, max_examples=60)
def test_any_words_come_back_unchanged(text: str) -> None:
    told = plain(text)
    for file_format in FileFormat.values:
        sent = b"".join(sheet_writing.written(["a", "b"], [[told, "end"]], file_format=file_format))
        opened = open_sheet(sent, name="x", matches=lambda _: True)
        assert [plain(cell) for cell in next(opened.lines).cells] == [told, "end"]


def test_rows_out_of_sight_stay_out(who: Actor, ours: Organization) -> None:
    make_line(organization=ours, code="OURS")
    make_line(organization=make_organization(), code="THEIRS")

    told = rows(exported(Line, who))

    assert len(told) == 2
    assert "OURS" in told[1]


def test_phones_are_told_only_to_those_who_may_see_them(ours: Organization, who: Actor) -> None:
    ImportantUser.objects.create(organization=ours, name="医院", grade="first", phone="13800000000")
    Person.objects.create(organization=ours, name="王工", phone="13900000000")
    viewer = Actor(user=give_role(make_user(), ours, Role.VIEWER), now=timezone.now())

    for model, phone in ((ImportantUser, b"13800000000"), (Person, b"13900000000")):
        assert phone in content(exported(model, who))
        assert phone not in content(exported(model, viewer))


def test_a_file_is_shut_when_a_row_in_it_or_its_phones_go_out_of_sight(
    ours: Organization, who: Actor
) -> None:
    ImportantUser.objects.create(organization=ours, name="医院", grade="first", phone="13800000000")
    job = exported(ImportantUser, who)

    def is_open() -> bool:
        return exports.is_open(job, reader=reader_at(timezone.now())(who.user))

    assert is_open()
    who.user.memberships.update(until_at=timezone.now() - timedelta(seconds=1))
    give_role(who.user, ours, Role.VIEWER)
    assert not is_open()
    give_role(who.user, ours, Role.MANAGER)
    assert is_open()


@pytest.mark.parametrize("model", [Hazard, Outage, Person])
def test_any_list_can_be_had_in_a_fixed_number_of_queries(
    who: Actor, ours: Organization, model: type[Model], django_assert_max_num_queries: Any
) -> None:
    World(ours)
    keys = list(model._default_manager.values_list("pk", flat=True))
    exports.request(model=model, keys=keys, file_format="csv", language="en", by=who)
    now = timezone.now()

    with django_assert_max_num_queries(40):
        file_jobs.work(now=now, reader_of=reader_at(now), most=2)


def test_more_rows_than_a_file_holds_are_refused(who: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 1)

    with pytest.raises(OutOfRange):
        exports.request(model=Line, keys=[1, 2], file_format="csv", language="en", by=who)

    assert not FileJob.objects.exists()


def test_a_template_comes_back_as_nothing(who: Actor, ours: Organization) -> None:
    for kind in KINDS.values():
        for file_format in ("csv", "xlsx"):
            sent = b"".join(life.template(kind, file_format=file_format, language="zh-hans"))
            job = life.take(kind=kind, organization=ours, content=sent, name="模板", language="en", by=who)
            work()

            job.refresh_from_db()
            assert (job.state, "no rows" in job.problem) == (JobState.FAILED, True), job.problem
