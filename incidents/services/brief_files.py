"""The text of a document that holds a brief: plain text, or the body of a .docx, within bounds."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from incidents.errors import UnreadableFile

LARGEST: Final = 2_000_000
"""Bytes of a document."""
_LARGEST_UNPACKED: Final = 20_000_000
_MOST_PARTS: Final = 500
_ENCODINGS: Final = ("utf-8-sig", "gb18030")


def text_of(content: bytes, *, name: str) -> str:
    """Return the text of a document: paragraphs and rows of tables as lines, in their order.

    Args:
        content: The bytes.
        name: Name of the file; ``.docx`` is a document, everything else is plain text in UTF-8 or GB 18030.

    Raises:
        UnreadableFile: If it is too large, packed larger than 20 MB, or not what its name says.
    """
    if len(content) > LARGEST:
        raise UnreadableFile(file=name, why=_("larger than 2 MB"))
    if name.lower().endswith(".docx"):
        return _text_of_docx(content, name)
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(file=name, why=_("neither UTF-8 nor GB 18030"))


def _text_of_docx(content: bytes, name: str) -> str:
    import docx  # noqa: PLC0415 - 12 MB in every process that never reads a document

    try:
        _check_packed(content, name)
        return "\n".join(_lines(docx.Document(io.BytesIO(content))))
    except UnreadableFile:
        raise
    except Exception as error:  # whatever a library makes of a broken file, it is no brief
        raise UnreadableFile(file=name, why=_("not a document of Word")) from error


def _check_packed(content: bytes, name: str) -> None:
    """Refuse what unpacks to too much: what a part is said to unpack to is read of it at most."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        parts = packed.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST_UNPACKED:
        raise UnreadableFile(file=name, why=_("unpacks to more than 20 MB"))


def _lines(part: Any) -> Iterator[str]:
    """Yield paragraphs, and rows of tables with their cells joined by commas."""
    for each in part.iter_inner_content():
        if hasattr(each, "rows"):
            yield from (_row(row) for row in each.rows)
        else:
            yield each.text


def _row(row: Any) -> str:
    """Return the cells of a row; one that spans several columns once."""
    cells = {cell._tc: cell.text for cell in row.cells}  # noqa: SLF001 - what tells a spanning cell
    return "，".join(text for text in cells.values() if text)
