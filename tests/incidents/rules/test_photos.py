from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from incidents.choices import TakenBasis
from incidents.rules.photos import name_to_save, name_to_show, position, taken
from tests.pictures import GPS

NOW = datetime(2024, 2, 26, 14, 0, tzinfo=UTC)
AT = datetime(2024, 2, 26, 13, 10, tzinfo=UTC)
TOLD = NOW - timedelta(minutes=1)
CAMERA = {
    "north": GPS[1],
    "latitude": list(GPS[2]),
    "east": GPS[3],
    "longitude": list(GPS[4]),
    "datum": GPS[18],
}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("IMG_0001.jpg", "IMG_0001.jpg"),
        ("横岗村 山上.jpg", "横岗村 山上.jpg"),
        ("../../x.php", "x.php"),
        ("..\\..\\x.jpg", "x.jpg"),
        ("/etc/passwd", "passwd"),
        ("a\0.jpg", "a.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("lpt1", "_lpt1"),
        (".hidden", "hidden"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('x"; filename="y.exe', "x__ filename=_y.exe"),
        ("a\r\nSet-Cookie: b", "aSet-Cookie_ b"),
        ("<img src=x>", "_img src=x_"),
        ("...", ""),
        ("", ""),
        ("a" * 300, "a" * 120),
    ],
)
def test_a_name_is_harmless_when_it_is_shown(told: str, shown: str) -> None:
    assert name_to_show(told) == shown


@pytest.mark.parametrize(
    ("shown", "saved"),
    [("IMG_1.HEIC", "IMG_1.jpg"), ("x.php", "x.jpg"), ("", "photo.jpg"), ("横岗村", "横岗村.jpg")],
)
def test_what_is_saved_is_a_jpeg(shown: str, saved: str) -> None:
    assert name_to_save(shown) == saved


@pytest.mark.parametrize(
    ("exif", "told", "found"),
    [
        ({"date_time": "2024:02:26 21:10:00", "offset": "+08:00"}, TOLD, (AT, TakenBasis.EXIF)),
        ({"date_time": "2024:02:26 13:10:00", "offset": "+00:00"}, None, (AT, TakenBasis.EXIF)),
        ({"date_time": "2024:02:26 08:10:00", "offset": "-05:00"}, None, (AT, TakenBasis.EXIF)),
        ({"date_time": "2024:02:26 21:10:00", "offset": None}, None, (AT, TakenBasis.EXIF_ASSUMED)),
        ({"date_time": "2024:02:26 21:10:00", "offset": "+99:00"}, None, (AT, TakenBasis.EXIF_ASSUMED)),
        ({"date_time": "2024:02:26 21:10:00"}, TOLD, (TOLD, TakenBasis.PHONE)),
        ({"date_time": "2000:01:01 00:00:00", "offset": "+08:00"}, None, (None, "")),
        ({"date_time": "2030:01:01 00:00:00", "offset": "+08:00"}, TOLD, (TOLD, TakenBasis.PHONE)),
        ({"date_time": "    :  :     :  :  "}, None, (None, "")),
        ({"date_time": "0000:00:00 00:00:00"}, None, (None, "")),
        ({}, None, (None, "")),
    ],
)
def test_when_it_was_taken_and_how_that_is_known(
    exif: dict[str, Any], told: datetime | None, found: tuple[datetime | None, str]
) -> None:
    assert taken(exif, told=told, now=NOW) == found


def test_where_it_was_taken() -> None:
    assert position(CAMERA) == (Decimal("29.975000"), Decimal("120.737500"))
    assert position(CAMERA | {"north": "S", "east": "W"}) == (Decimal("-29.975000"), Decimal("-120.737500"))
    assert position(CAMERA | {"datum": None}) == position(CAMERA)


@pytest.mark.parametrize(
    "over",
    [
        {"latitude": None},
        {"latitude": [91.0, 0.0, 0.0]},
        {"latitude": [-1.0, 0.0, 0.0]},
        {"latitude": [1.0, 0.0]},
        {"latitude": "29"},
        {"latitude": ["x", 0, 0]},
        {"north": None},
        {"north": "E"},
        {"longitude": [181.0, 0.0, 0.0]},
        {"latitude": [0.0] * 3, "longitude": [0.0] * 3},
        {"datum": "GCJ-02"},
        {"datum": "TOKYO"},
    ],
)
def test_a_position_that_is_none_stays_unknown(over: dict[str, Any]) -> None:
    assert position(CAMERA | over) is None
