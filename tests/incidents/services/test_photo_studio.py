"""What becomes of files: photos of our own making, or a refusal with a code; B102-B105, S32, S33."""

import io
import os
import signal
import subprocess
import sys
import zipfile
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from incidents.choices import PhotoProblem
from incidents.services import photo_studio
from incidents.services.photo_studio import StudioError, Unfit, develop
from tests.pictures import GPS, encoded, exif, jpeg, noisy_jpeg, opened


def zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.html", "<script>alert(1)</script>")
    return written.getvalue()


def frames(kind: str, **options: Any) -> bytes:
    pictures = [Image.new("RGB", (40, 30), colour) for colour in ("red", "green")]
    return encoded(pictures[0], kind, save_all=True, append_images=pictures[1:], **options)


@pytest.mark.parametrize(
    "data",
    [
        jpeg(),
        jpeg(progressive=True),
        encoded(Image.new("RGB", (640, 480)), "PNG"),
        encoded(Image.new("RGB", (640, 480)), "WEBP"),
        encoded(Image.new("RGBA", (640, 480)), "PNG"),
        encoded(Image.new("P", (640, 480)), "PNG", transparency=0),
        encoded(Image.new("LA", (640, 480)), "PNG"),
        encoded(Image.new("I;16", (640, 480)), "PNG"),
        encoded(Image.new("1", (640, 480)), "PNG"),
        encoded(Image.new("CMYK", (640, 480)), "JPEG"),
        frames("MPO"),
    ],
    ids=["jpeg", "progressive", "png", "webp", "rgba", "palette", "la", "16 bit", "1 bit", "cmyk", "mpo"],
)
def test_makes_a_plain_jpeg_and_a_thumbnail_of_every_kind_that_cameras_write(data: bytes) -> None:
    made = develop(data)

    photo, thumbnail = opened(made.photo), opened(made.thumbnail)
    assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (made.width_px, made.height_px))
    assert photo.size in {(640, 480), (40, 30)}
    assert max(thumbnail.size) <= 320


def test_what_is_transparent_becomes_white() -> None:
    made = develop(encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"))

    assert opened(made.photo).getpixel((4, 4)) == (255, 255, 255)


def test_a_large_photo_is_kept_with_4096_pixels_at_most() -> None:
    made = develop(jpeg((6000, 3000)))

    assert (made.width_px, made.height_px) == (4096, 2048)
    assert opened(made.thumbnail).size == (320, 160)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (noisy_jpeg()[: len(noisy_jpeg()) // 2], PhotoProblem.TRUNCATED),
        (encoded(Image.effect_noise((300, 300), 80), "PNG")[:5000], PhotoProblem.TRUNCATED),
        (encoded(Image.effect_noise((300, 300), 80), "WEBP")[:3000], PhotoProblem.UNREADABLE),
        (jpeg()[:30], PhotoProblem.UNREADABLE),
        (b"\xff\xd8\xff" + b"\0" * 3000, PhotoProblem.UNREADABLE),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 3000, PhotoProblem.UNREADABLE),
        (encoded(Image.new("1", (9000, 9000)), "PNG"), PhotoProblem.PIXELS),
        (encoded(Image.new("1", (20_000, 20_000)), "PNG"), PhotoProblem.PIXELS),
        (encoded(Image.new("1", (1, 100_000)), "PNG"), PhotoProblem.PIXELS),
        (b"<html><script>alert(1)</script></html>", PhotoProblem.TYPE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoProblem.TYPE),
        (b"%PDF-1.7", PhotoProblem.TYPE),
        (zipped(), PhotoProblem.TYPE),
        (b"MZ" + b"\0" * 100, PhotoProblem.TYPE),
        (b"RIFF\x24\0\0\0WAVEfmt ", PhotoProblem.TYPE),
        (encoded(Image.new("RGB", (8, 8)), "GIF"), PhotoProblem.TYPE),
        (encoded(Image.new("RGB", (8, 8)), "TIFF"), PhotoProblem.TYPE),
        (encoded(Image.new("RGB", (8, 8)), "BMP"), PhotoProblem.TYPE),
        (frames("PNG"), PhotoProblem.ANIMATED),
        (frames("WEBP"), PhotoProblem.ANIMATED),
    ],
)
def test_refuses_what_is_no_whole_photo(data: bytes, problem: PhotoProblem) -> None:
    with pytest.raises(Unfit) as refused:
        develop(data)

    assert refused.value.problem == problem


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    """20,000 × 20,000 pixels in 47 KB; where it is decoded that takes 400 MB."""
    bomb = encoded(Image.new("1", (20_000, 20_000)), "PNG")
    limits = [photo_studio.MEMORY_BYTES, 10, 50_000_000, 20_000, 4096, 320]
    command = [sys.executable, "-I", str(photo_studio._PROGRAM), *map(str, limits)]

    told = subprocess.run(command, input=bomb, capture_output=True, check=True).stdout

    assert b'"memory_kib"' in told
    assert int(told.split(b'"memory_kib": ')[1].rstrip(b"}")) < 50 * 1024


def test_what_needs_more_memory_than_there_is_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_studio, "MEMORY_BYTES", 150 * 1024 * 1024)

    with pytest.raises(Unfit) as refused:
        develop(jpeg((7000, 7000)))

    assert refused.value.problem == PhotoProblem.MEMORY


def test_fifty_megapixels_fit() -> None:
    made = develop(jpeg((8160, 6120)))

    assert made.memory_kib < 400 * 1024


def test_nothing_but_pixels_is_left(tmp_path: Any) -> None:
    secret = exif(taken="2024:02:26 21:10:00", gps=GPS)
    sent = jpeg(exif=secret, icc_profile=b"broken", comment=b"13900000000") + zipped()

    made = develop(sent)

    for kept in (made.photo, made.thumbnail):
        assert dict(opened(kept).getexif()) == {}
        assert {*opened(kept).info} <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for trace in (b"Exif", b"2024:02", b"13900000000", b"PK\x03\x04", b"script", b"ICC", b"http"):
            assert trace not in kept
        assert kept.endswith(b"\xff\xd9")


def test_what_the_camera_wrote_is_read_first() -> None:
    made = develop(jpeg(exif=exif(taken="2024:02:26 21:10:00", offset="+08:00", gps=GPS)))

    assert made.exif == {
        "date_time": "2024:02:26 21:10:00",
        "offset": "+08:00",
        "north": "N",
        "latitude": [29.0, 58.0, 30.0],
        "east": "E",
        "longitude": [120.0, 44.0, 15.0],
        "datum": "WGS-84",
    }


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    upright = Image.new("RGB", (40, 20), "white")
    upright.paste("red", (0, 0, 20, 10))
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    seen = upright if turned is None else upright.transpose(turned)

    made = develop(encoded(seen, "JPEG", quality=95, exif=exif(orientation=orientation)))

    assert (made.width_px, made.height_px) == (40, 20)
    red, _green, blue = opened(made.photo).getpixel((5, 3))  # type: ignore[misc]
    assert red > 200
    assert blue < 60
    assert min(opened(made.photo).getpixel((35, 15))) > 200  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "told",
    [
        b"Exif\0\0broken",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\xff" * 500,
        b"Exif\0\0" + b"A" * 60_000,
        b"",
    ],
)
def test_a_broken_exif_is_none(told: bytes) -> None:
    made = develop(jpeg(exif=told))

    assert all(value is None for value in made.exif.values())


def test_ten_megabytes_of_exif_are_gone_or_refused() -> None:
    segment = b"\xff\xe1\xff\xff" + b"Exif\0\0" + b"A" * 65527
    plain = jpeg()

    made = develop(plain[:2] + segment * 160 + plain[2:])

    assert len(made.photo) < 100_000


@pytest.mark.parametrize("tags", [{1: "N", 2: (1, 2)}, {1: "N", 4: (IFDRational(0, 0),) * 3}])
def test_positions_that_are_none_break_nothing(tags: dict[int, Any]) -> None:
    made = develop(jpeg(exif=exif(gps=tags)))

    assert made.exif["longitude"] is None


def test_the_child_knows_no_address_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run(_command: Any, **options: Any) -> Any:
        seen.update(options["env"])
        raise subprocess.TimeoutExpired("python", 30)

    monkeypatch.setattr(subprocess, "run", run)

    with pytest.raises(StudioError):
        develop(jpeg())

    assert {*seen} == {"PATH", "MALLOC_ARENA_MAX"}
    assert "SECRET_KEY" in os.environ


@pytest.mark.parametrize(
    ("ended", "problem"),
    [
        (-signal.SIGXCPU, PhotoProblem.SLOW),
        (-signal.SIGSEGV, PhotoProblem.UNREADABLE),
        (-signal.SIGKILL, None),
        (1, None),
    ],
)
def test_a_file_is_blamed_only_for_what_it_did(
    monkeypatch: pytest.MonkeyPatch, ended: int, problem: PhotoProblem | None
) -> None:
    done = subprocess.CompletedProcess("python", ended, b"", b"no module named PIL")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)

    with pytest.raises(StudioError if problem is None else Unfit) as refused:
        develop(jpeg())

    assert getattr(refused.value, "problem", None) == problem
