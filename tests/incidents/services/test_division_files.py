import gzip
from pathlib import Path

import pytest
from django.utils.translation import override

from incidents.choices import DivisionLevel
from incidents.errors import MalformedFile
from incidents.services import division_files

GOOD = {
    "provinces.csv": "code,name\n33,浙江省\n32,江苏省\n",
    "cities.csv": 'code,name,provinceCode\n3306,"绍兴市",33\n3201,南京市,32\n',
    "areas.csv": "code,name,cityCode,provinceCode\n330683,嵊州市,3306,33\n",
    "streets.csv": "code,name,areaCode\n330683102,崇仁镇,330683\n",
    "villages.csv": "name,code\n岭头山村委会,330683102343\n",
}


def folder_of(path: Path, **changed: str | bytes | None) -> Path:
    for name, text in {**GOOD, **{f"{key}.csv": value for key, value in changed.items()}}.items():
        if isinstance(text, bytes):
            (path / name).write_bytes(text)
        elif text is not None:
            (path / name).write_text(text, encoding="utf-8")
    return path


def test_the_packed_file_is_zhejiang_down_to_the_villages() -> None:
    listed = division_files.read_packed()

    by_level = {level: sum(row.level == level for row in listed) for level in DivisionLevel}
    assert list(by_level.values()) == [1, 11, 90, 1387, 25547]
    assert division_files.PACKED.stat().st_size < 250_000


def test_a_division_knows_what_follows_from_its_code_and_name(tmp_path: Path) -> None:
    village = division_files.read_folder(folder_of(tmp_path))[-1]

    assert (village.code, village.name, village.stem) == ("330683102343", "岭头山村委会", "岭头山村")
    assert (village.level, village.parent, village.aliases) == (DivisionLevel.VILLAGE, "330683102", [])


def test_a_province_has_no_parent(tmp_path: Path) -> None:
    assert division_files.read_folder(folder_of(tmp_path))[0].parent is None


def test_takes_one_province_only_where_asked_to(tmp_path: Path) -> None:
    codes = [row.code for row in division_files.read_folder(folder_of(tmp_path), province="32")]

    assert codes == ["32", "3201"]


def test_packing_and_reading_gives_the_same_and_the_same_bytes(tmp_path: Path) -> None:
    listed = division_files.read_folder(folder_of(tmp_path))
    one, other = tmp_path / "one.csv.gz", tmp_path / "other.csv.gz"

    division_files.pack(listed, one)
    division_files.pack(listed[::-1], other)

    assert division_files.read_packed(one) == sorted(listed, key=lambda row: row.code)
    assert one.read_bytes() == other.read_bytes()


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, provinces="\ufeffcode,name\n33,浙江省\n32,江苏省\n")

    assert division_files.read_folder(folder)[0].code == "33"


@pytest.mark.parametrize(
    ("changed", "where", "told"),
    [
        ({"areas": None}, ("areas.csv", 0, ""), ("areas.csv", "a file that exists")),
        ({"cities": ""}, ("cities.csv", 1, "code"), ("", "a header with code and name")),
        (
            {"cities": "id,name\n3306,绍兴市\n"},
            ("cities.csv", 1, "code"),
            ("id,name", "a header with code and name"),
        ),
        ({"cities": "code\n3306\n"}, ("cities.csv", 1, "name"), ("code", "a header with code and name")),
        (
            {"areas": "code,name,cityCode\n330683,嵊州市\n"},
            ("areas.csv", 2, "cityCode"),
            ("330683,嵊州市", "as many columns as the header"),
        ),
        (
            {"areas": "code,name\n33068x,嵊州市\n"},
            ("areas.csv", 2, "code"),
            ("33068x", "2, 4, 6, 9 or 12 digits"),
        ),
        ({"areas": "code,name\n,嵊州市\n"}, ("areas.csv", 2, "code"), ("", "2, 4, 6, 9 or 12 digits")),
        (
            {"areas": "code,name\n330683,嵊州市\n330683,嵊州市\n"},
            ("areas.csv", 3, "code"),
            ("330683", "each code once"),
        ),
        (
            {"areas": "code,name\n330683,\n"},
            ("areas.csv", 2, "name"),
            ("", "1 to 60 characters without a comma"),
        ),
        (
            {"areas": f"code,name\n330683,{'长' * 61}\n"},
            ("areas.csv", 2, "name"),
            ("长" * 60, "1 to 60 characters without a comma"),
        ),
        (
            {"areas": "code,name\n330683, 嵊州市\n"},
            ("areas.csv", 2, "name"),
            (" 嵊州市", "1 to 60 characters without a comma"),
        ),
        (
            {"areas": 'code,name\n330683,"嵊州,市"\n'},
            ("areas.csv", 2, "name"),
            ("嵊州,市", "1 to 60 characters without a comma"),
        ),
        (
            {"areas": "code,name\n339983,无城市\n"},
            ("areas.csv", 2, "code"),
            ("339983", "a code that comes after the division above it"),
        ),
    ],
)
def test_refuses_a_file_by_line_and_column(
    tmp_path: Path,
    changed: dict[str, str | None],
    where: tuple[str, int, str],
    told: tuple[str, str],
) -> None:
    folder = folder_of(tmp_path, **changed)

    with pytest.raises(MalformedFile) as refused:
        division_files.read_folder(folder)

    fields = refused.value.fields
    assert (fields["file"], fields["line"], fields["column"]) == where
    with override("en"):
        assert (fields["value"], str(fields["allowed"])) == told


@pytest.mark.parametrize("text", ["code,name\n33,\xe9\n".encode("latin-1"), b'code,name\n33,"open\n'])
def test_refuses_what_is_no_text_with_commas(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(MalformedFile) as refused:
        division_files.read_folder(folder_of(tmp_path, provinces=text))

    assert (refused.value.fields["file"], refused.value.fields["line"]) == ("provinces.csv", 2)


@pytest.mark.parametrize("damage", ["cut off", "no gzip", "flipped"])
def test_refuses_a_damaged_packed_file(tmp_path: Path, damage: str) -> None:
    whole = bytearray(gzip.compress(b"code,name\n" + b"".join(b"%02d,x\n" % n for n in range(99)), mtime=0))
    path = tmp_path / "divisions.csv.gz"
    if damage == "flipped":
        whole[20] ^= 0xFF
    path.write_bytes(
        bytes(whole[:-20]) if damage == "cut off" else b"code" if damage == "no gzip" else bytes(whole)
    )

    with pytest.raises(MalformedFile, match="file=divisions"):
        division_files.read_packed(path)
