"""Has photos developed by a process of its own, so that no file can hurt ours."""

import json
import os
import signal
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from incidents.choices import PhotoProblem
from incidents.rules.photos import MAX_EDGE_PX, MAX_PIXELS, PHOTO_EDGE_PX, THUMBNAIL_EDGE_PX

MEMORY_BYTES: Final = 512 * 1024 * 1024
CPU_S: Final = 10
PATIENCE_S: Final = 30.0
"""How long one photo may take by the clock; a machine that is busy is no fault of the photo."""

_PROGRAM: Final = Path(__file__).with_name("photo_child.py")
# What a decoder dies of on broken bytes.
_CRASHES: Final = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE}


class Unfit(Exception):  # noqa: N818 - an answer, not an error
    """A file that no photo can be made of.

    Attributes:
        problem: Why.
    """

    def __init__(self, problem: PhotoProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class StudioError(Exception):
    """The process did not do its work, and it is not known that the file is to blame."""


@dataclass(frozen=True, kw_only=True)
class Developed:
    """A photo of our own making.

    Attributes:
        photo: JPEG, turned upright, nothing in it but pixels.
        thumbnail: The same, small.
        exif: What the camera wrote, as :mod:`incidents.rules.photos` reads it.
        memory_kib: The most memory that it took, KiB.
    """

    photo: bytes
    thumbnail: bytes
    width_px: int
    height_px: int
    exif: dict[str, Any]
    memory_kib: int


def develop(data: bytes) -> Developed:
    """Return a file as a photo of our own making.

    Raises:
        Unfit: If none can be made of it.
        StudioError: If that could not be found out.
    """
    limits = (MEMORY_BYTES, CPU_S, MAX_PIXELS, MAX_EDGE_PX, PHOTO_EDGE_PX, THUMBNAIL_EDGE_PX)
    command = [sys.executable, "-I", str(_PROGRAM), *map(str, limits)]
    environment = {"PATH": os.defpath, "MALLOC_ARENA_MAX": "1"}  # no address or secret of ours
    try:
        done = subprocess.run(  # noqa: S603 - our own program; the file is its input, not its argument
            command, input=data, capture_output=True, env=environment, timeout=PATIENCE_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise StudioError("took too long") from error
    if -done.returncode == signal.SIGXCPU:
        raise Unfit(PhotoProblem.SLOW)
    if -done.returncode in _CRASHES:
        raise Unfit(PhotoProblem.UNREADABLE)
    if done.returncode:
        raise StudioError(done.stderr.decode(errors="replace")[-2000:] or f"ended with {done.returncode}")
    return _read(done.stdout)


def _read(output: bytes) -> Developed:
    (length,) = struct.unpack_from(">I", output)
    begin = 4 + length
    header = json.loads(output[4:begin])
    if "problem" in header:
        raise Unfit(PhotoProblem(header["problem"]))
    first, second = header["lengths"]
    return Developed(
        photo=output[begin : begin + first],
        thumbnail=output[begin + first : begin + first + second],
        width_px=header["width_px"],
        height_px=header["height_px"],
        exif=header["exif"],
        memory_kib=header["memory_kib"],
    )
