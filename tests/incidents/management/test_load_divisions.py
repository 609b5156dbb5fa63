from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override

from incidents.models import Division, JournalEntry, User
from incidents.services import division_files
from incidents.services.division_files import FOLDER_FILES

ROWS = ("33,浙江省", "3306,绍兴市", "330683,嵊州市", "330683102,崇仁镇", "330683102343,岭头山村委会")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, row in zip(FOLDER_FILES, ROWS, strict=True):
        (tmp_path / name).write_text(f"code,name\n{row}\n", encoding="utf-8")
    return tmp_path


def load(*arguments: str) -> str:
    told = StringIO()
    with override("en"):
        call_command("load_divisions", *arguments, stdout=told)
    return told.getvalue().strip()


@pytest.mark.django_db
def test_loads_what_comes_with_the_product_once() -> None:
    assert load() == "27036 divisions: 27036 added, 0 changed."
    assert load() == "27036 divisions: 0 added, 0 changed."

    assert Division.objects.get(pk="330683102343").stem == "岭头山村"
    kinds = JournalEntry.objects.order_by("id").values_list("kind", "by__username")
    assert list(kinds) == [("user.added", "system"), ("division.loaded", "system")]


@pytest.mark.django_db
def test_loads_a_folder_and_packs_it(folder: Path) -> None:
    packed = folder / "divisions.csv.gz"

    assert load("--from", str(folder), "--pack", str(packed)) == "5 divisions: 5 added, 0 changed."

    assert [row.code for row in division_files.read_packed(packed)] == [row.split(",")[0] for row in ROWS]


@pytest.mark.django_db
def test_takes_one_province_only(folder: Path) -> None:
    with (folder / "provinces.csv").open("a", encoding="utf-8") as file:
        file.write("32,江苏省\n")

    assert load("--from", str(folder), "--province", "32") == "1 divisions: 1 added, 0 changed."


@pytest.mark.django_db
def test_a_malformed_file_is_refused_by_name_line_and_column_and_changes_nothing(folder: Path) -> None:
    (folder / "villages.csv").write_text("code,name\n330683102343,岭头山村委会\n3306831x2344,x\n")

    with pytest.raises(CommandError) as refused:
        load("--from", str(folder), "--pack", str(folder / "divisions.csv.gz"))

    assert str(refused.value) == (
        "villages.csv, line 3, column code: 3306831x2344; expected is 2, 4, 6, 9 or 12 digits."
    )
    assert not Division.objects.exists()
    assert not User.objects.exists()
    assert not (folder / "divisions.csv.gz").exists()
