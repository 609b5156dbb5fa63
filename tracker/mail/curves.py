"""The restoration curve as a picture: customers without supply over time, drawn in steps."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tracker.mail.report_words import WORDS
from tracker.rules.report_clock import ZONE
from tracker.rules.report_numbers import Point

_SIZE = (900, 420)
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 30, 60, 60
_INK, _GRID, _LINE, _FILL = "#1f2933", "#d9dee4", "#b42318", "#fbe3e0"
_TEXT = 18
_FONTS = Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("C:/Windows/Fonts")
# Faces that have Chinese, the plain ones first.
_FACES = ("NotoSansCJK-Regular*", "SourceHanSans*Regular*", "wqy-*", "msyh.*", "simhei.*", "Droid*Fallback*")

_Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def curve_png(points: Sequence[Point], *, as_of: datetime, language: str) -> bytes:
    """Return the picture of a curve, or nothing if there is none to draw.

    Labelled in Chinese where this machine has a face for it, else in English.

    Args:
        points: The curve; see :func:`tracker.rules.report_sums.curve`.
        as_of: Where it ends.
        language: Of the labels.
    """
    by_customers = any(point.customers for point in points)
    series = [(point.at, point.customers if by_customers else point.outages) for point in points]
    if not series or not any(value for _, value in series):
        return b""
    face = chinese_face()
    words = WORDS[language if face or language == "en" else "en"]
    font: _Font = _face(face) if face else ImageFont.load_default(_TEXT)
    image = Image.new("RGB", _SIZE, "white")
    frame = _Frame(series, as_of)
    _draw(ImageDraw.Draw(image), frame, font, words["curve" if by_customers else "curve_outages"])
    stored = BytesIO()
    image.save(stored, "PNG", optimize=True)
    return stored.getvalue()


@cache
def chinese_face() -> Path | None:
    """Return a font file of this machine that has Chinese, None if there is none."""
    for face in _FACES:
        for folder in _FONTS:
            found = sorted(folder.rglob(face)) if folder.is_dir() else []
            if found:
                return found[0]
    return None


def _face(path: Path) -> ImageFont.FreeTypeFont:
    """Return a face; of Noto's collection the one with the simplified shapes."""
    return ImageFont.truetype(
        str(path), _TEXT, index=2 if path.suffix == ".ttc" and "CJK" in path.name else 0
    )


class _Frame:
    """Where moments and numbers lie in the picture."""

    def __init__(self, series: Sequence[tuple[datetime, int]], as_of: datetime) -> None:
        self.series = series
        self.since = series[0][0]
        self.until = max(as_of, series[-1][0], self.since + timedelta(minutes=1))
        self.top = _round_up(max(value for _, value in series))

    def x(self, at: datetime) -> float:
        """Return the place of a moment, pixels."""
        share = (at - self.since) / (self.until - self.since)
        return _LEFT + share * (_SIZE[0] - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        """Return the place of a number, pixels."""
        return _SIZE[1] - _BOTTOM - value / self.top * (_SIZE[1] - _TOP - _BOTTOM)

    def stairs(self) -> list[tuple[float, float]]:
        """Return the curve: a number holds until the next one."""
        corners = [(self.x(self.since), self.y(0))]
        for at, value in self.series:
            corners += [(self.x(at), corners[-1][1]), (self.x(at), self.y(value))]
        return [*corners, (self.x(self.until), corners[-1][1])]


def _draw(pen: ImageDraw.ImageDraw, frame: _Frame, font: _Font, title: str) -> None:
    pen.text((_LEFT, 18), title, fill=_INK, font=font)
    for part in range(5):
        value = frame.top * part / 4
        pen.line([(_LEFT, frame.y(value)), (_SIZE[0] - _RIGHT, frame.y(value))], fill=_GRID)
        pen.text((_LEFT - 10, frame.y(value)), f"{value:,.0f}", fill=_INK, font=font, anchor="rm")
    stairs = frame.stairs()
    pen.polygon([*stairs, (stairs[-1][0], frame.y(0))], fill=_FILL)
    pen.line(stairs, fill=_LINE, width=3)
    span = frame.until - frame.since
    for part in range(4):
        at = frame.since + span * part / 3
        anchor = ("la", "ma", "ma", "ra")[part]
        spot = (frame.x(at), _SIZE[1] - _BOTTOM + 14)
        pen.text(spot, f"{at.astimezone(ZONE):%m-%d %H:%M}", fill=_INK, font=font, anchor=anchor)


def _round_up(value: int) -> int:
    """Return the next number that divides into four even parts."""
    scale = 1
    while scale * 40 < value:
        scale *= 10
    step = 4 * scale
    return max(-(-value // step) * step, 4)
