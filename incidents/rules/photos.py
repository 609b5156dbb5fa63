"""Rules of photos: how large, which names are shown, and what a camera's own words mean."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from incidents.choices import TakenBasis
from incidents.rules.times import CLOCK_SKEW, SHANGHAI

MAX_BYTES: Final = 12 * 1024 * 1024
"""Largest file taken; the cameras of phones stay below it."""

MAX_PIXELS: Final = 50_000_000
"""Most pixels of a picture, looked at before any of them is decoded."""

MAX_EDGE_PX: Final = 20_000
"""Longest edge of a picture; panoramas of phones have 16,000."""

PHOTO_EDGE_PX: Final = 4096
"""Longest edge of what is kept; our default."""

THUMBNAIL_EDGE_PX: Final = 320
"""Longest edge of a thumbnail."""

LONGEST_NAME: Final = 120
"""Most characters of a file's name that is kept."""

_FIRST_CAMERAS: Final = datetime(2000, 1, 2, tzinfo=UTC)  # cameras that lost their clock say 2000-01-01
_DATE: Final = "%Y:%m:%d %H:%M:%S"
_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)")
_WGS_84: Final = re.compile(r"WGS[-_ ]?(19)?84", re.IGNORECASE)
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PARTS_OF_AN_ANGLE: Final = 3
_ICON: Final = "photo"


def name_to_show(told: str) -> str:
    """Return what is shown of the name that a phone gives a file; it never names anything on a disk.

    No folders, control characters, direction overrides or quotation marks, no leading dot, no name that
    Windows reserves, at most 120 characters; empty where nothing is left.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFC", told) if _is_shown(sign))
    name = re.split(r"[/\\]", plain)[-1].strip(" .")
    name = re.sub(r'["<>:|?*;]', "_", name)
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name[:LONGEST_NAME].rstrip(" .")


def name_to_save(shown: str) -> str:
    """Return the name that a browser saves a photo under: what is kept is a JPEG, whatever was sent."""
    stem = re.sub(r"\.[0-9A-Za-z]{1,5}$", "", shown)
    return f"{stem or _ICON}.jpg"


def taken(exif: Mapping[str, Any], *, told: datetime | None, now: datetime) -> tuple[datetime | None, str]:
    """Return when a photo was taken, and where that comes from.

    A camera that says its offset from UTC outweighs the phone, the phone a camera that does not: that one's
    time is taken as Chinese time. A time before 2000-01-02 or in the future is a camera that lost its clock.

    Args:
        exif: ``date_time`` and ``offset`` as the camera wrote them; None where it did not.
        told: What the phone says, aware.
        now: The present, aware.
    """
    offset = _offset(exif.get("offset"))
    camera = _moment(exif.get("date_time"))
    if camera is not None:
        camera = camera.replace(tzinfo=SHANGHAI if offset is None else timezone(offset))
    if camera is not None and not _FIRST_CAMERAS <= camera <= now + CLOCK_SKEW:
        camera = None
    if camera is not None and offset is not None:
        return camera, TakenBasis.EXIF
    if told is not None:
        return told, TakenBasis.PHONE
    return camera, TakenBasis.EXIF_ASSUMED if camera is not None else ""


def position(exif: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """Return latitude and longitude in degrees of WGS 84, to 0.1 m; None where the camera knew none.

    EXIF says WGS 84 where it names no other datum; 0°, 0° is a receiver without a fix.

    Args:
        exif: ``latitude`` and ``longitude`` as degrees, minutes, seconds, ``north`` and ``east`` as the
            letters of the hemispheres, ``datum`` as it is named; None where it is missing.
    """
    datum = exif.get("datum")
    if isinstance(datum, str) and datum.strip("\0 ") and not _WGS_84.search(datum):
        return None
    latitude = _angle(exif.get("latitude"), exif.get("north"), "NS", 90)
    longitude = _angle(exif.get("longitude"), exif.get("east"), "EW", 180)
    if latitude is None or longitude is None or not (latitude or longitude):
        return None
    return latitude, longitude


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _moment(told: Any) -> datetime | None:
    try:
        return datetime.strptime(told.strip("\0 "), _DATE)  # noqa: DTZ007 - its zone stands beside it
    except (AttributeError, ValueError):
        return None


def _offset(told: Any) -> timedelta | None:
    found = _OFFSET.fullmatch(told.strip("\0 ")) if isinstance(told, str) else None
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:  # noqa: PLR2004 - hours and minutes of a zone
        return None
    span = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return -span if found[1] == "-" else span


def _angle(parts: Any, letter: Any, letters: str, limit: int) -> Decimal | None:
    is_whole = isinstance(parts, Sequence) and not isinstance(parts, str) and len(parts) == _PARTS_OF_AN_ANGLE
    if not is_whole or not isinstance(letter, str) or letter.strip("\0 ").upper() not in {*letters}:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if not isfinite(angle) or not 0 <= angle <= limit:
        return None
    signed = -angle if letter.strip("\0 ").upper() == letters[1] else angle
    return Decimal(str(signed)).quantize(Decimal("0.000001")) + 0
