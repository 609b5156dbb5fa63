"""Pictures of tests: small, but of the kinds that cameras and attackers make."""

import io
from typing import Any

from PIL import Image

SIZE = (640, 480)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def jpeg(size: tuple[int, int] = SIZE, *, colour: str = "steelblue", **options: Any) -> bytes:
    return encoded(Image.new("RGB", size, colour), "JPEG", **options)


def noisy_jpeg(size: tuple[int, int] = SIZE, **options: Any) -> bytes:
    """Something that does not compress: as large as what a camera makes."""
    return encoded(Image.effect_noise(size, 80).convert("RGB"), "JPEG", **options)


def exif(**tags: Any) -> Image.Exif:
    """What a camera writes: ``taken`` and ``offset``, ``gps`` by number, ``orientation``."""
    made = Image.Exif()
    if "orientation" in tags:
        made[0x0112] = tags["orientation"]
    inner = made.get_ifd(0x8769)
    if "taken" in tags:
        inner[36867] = tags["taken"]
    if "offset" in tags:
        inner[36881] = tags["offset"]
    made.get_ifd(0x8825).update(tags.get("gps", {}))
    return made


GPS = {1: "N", 2: (29.0, 58.0, 30.0), 3: "E", 4: (120.0, 44.0, 15.0), 18: "WGS-84"}
"""29.975° N, 120.7375° E."""


def opened(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture
