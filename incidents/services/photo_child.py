"""Develops one photo, in a process of its own with little memory, little time and no secrets.

A program, started by :mod:`incidents.services.photo_studio`: the file on standard input; on standard output
the length of a header (4 bytes), the header as JSON, the photo, the thumbnail. It imports nothing of ours.
"""

import io
import json
import math
import resource
import struct
import sys
import warnings
from pathlib import Path
from typing import Any

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: F401

_FORMATS = ("JPEG", "PNG", "WEBP")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_ORIENTATION, _EXIF, _GPS = 0x0112, 0x8769, 0x8825
_TAKEN, _OFFSET = 36867, 36881
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITY, _THUMBNAIL_QUALITY = 85, 75


class Unfit(Exception):  # noqa: N818 - an answer, not an error
    """A file that no photo can be made of; its text is the code."""


def main(memory: int, cpu_s: int, pixels: int, edge: int, photo_edge: int, thumbnail_edge: int) -> None:
    """Read, develop, write."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Image.MAX_IMAGE_PIXELS = pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        header, *pictures = develop(sys.stdin.buffer.read(), edge, photo_edge, thumbnail_edge)
    except Unfit as unfit:
        header, pictures = {"problem": str(unfit)}, []
    except MemoryError:
        header, pictures = {"problem": "too-much-memory"}, []
    header["lengths"] = [len(picture) for picture in pictures]
    header["memory_kib"] = _peak_kib()
    text = json.dumps(header).encode()
    sys.stdout.buffer.write(b"".join([struct.pack(">I", len(text)), text, *pictures]))


def develop(
    data: bytes, edge: int, photo_edge: int, thumbnail_edge: int
) -> tuple[dict[str, Any], bytes, bytes]:
    """Return what the camera wrote, the photo and its thumbnail.

    Raises:
        Unfit: If it is no photo.
    """
    picture = _opened(data, edge)
    exif = _exif(picture)
    turn = exif.pop("orientation")
    picture.thumbnail((photo_edge, photo_edge), Image.Resampling.BICUBIC)
    picture = _plain(picture)
    if turn in _TURNS:
        picture = picture.transpose(_TURNS[turn])
    photo = _saved(picture, _QUALITY)
    size = {"width_px": picture.width, "height_px": picture.height}
    picture.thumbnail((thumbnail_edge, thumbnail_edge), Image.Resampling.BICUBIC)
    return {"exif": exif} | size, photo, _saved(picture, _THUMBNAIL_QUALITY)


def _opened(data: bytes, edge: int) -> Image.Image:
    if not data.startswith(_MAGIC) or (data.startswith(b"RIFF") and data[8:12] != b"WEBP"):
        raise Unfit("type-unsupported")
    try:
        picture = Image.open(io.BytesIO(data), formats=_FORMATS)
        _check_outside(picture, edge)
        picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unfit("too-many-pixels") from error
    except (MemoryError, Unfit):
        raise
    except Exception as error:  # whatever a decoder says of broken bytes
        raise Unfit("truncated" if "truncated" in str(error) else "unreadable") from error
    return picture


def _check_outside(picture: Image.Image, edge: int) -> None:
    if max(picture.size) > edge:
        raise Unfit("too-many-pixels")
    # Many phones put a second picture behind a JPEG (format MPO): the first one is the photo.
    if getattr(picture, "is_animated", False) and picture.format in {"PNG", "WEBP"}:
        raise Unfit("animated")


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in red, green and blue; what is transparent becomes white."""
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", clear.size, "white")
        ground.paste(clear, mask=clear.getchannel("A"))
        return ground
    plain = picture.convert("RGB")
    plain.info.clear()
    return plain


def _saved(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=quality, exif=b"", icc_profile=None)
    return written.getvalue()


def _exif(picture: Image.Image) -> dict[str, Any]:
    """Return what the camera says of time, place and orientation; whatever cannot be read is left out."""
    try:
        tags = picture.getexif()
        inner, gps = tags.get_ifd(_EXIF), tags.get_ifd(_GPS)
        return {
            "orientation": tags.get(_ORIENTATION),
            "date_time": _text(inner.get(_TAKEN)),
            "offset": _text(inner.get(_OFFSET)),
            "north": _text(gps.get(1)),
            "latitude": _numbers(gps.get(2)),
            "east": _text(gps.get(3)),
            "longitude": _numbers(gps.get(4)),
            "datum": _text(gps.get(18)),
        }
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a broken EXIF is none
        return {"orientation": None}


def _text(value: Any) -> str | None:
    return value[:40] if isinstance(value, str) else None


def _numbers(value: Any) -> list[float] | None:
    try:
        numbers = [float(part) for part in value]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


def _peak_kib() -> int:
    """Return the most memory that this program took; getrusage would tell the most of whoever started it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
