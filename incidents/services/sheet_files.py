"""Files with rows are opened by what they hold."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from incidents.errors import UnreadableFile
from incidents.services.sheets import LARGEST, SAVE_AS_XLSX, Matches, Sheet, open_csv

_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def open_sheet(content: bytes, *, name: str, matches: Matches, sheet: str = "") -> Sheet:
    """Open a file by what it holds, whatever its name says.

    Args:
        content: The bytes.
        name: Name of the file, for refusals.
        matches: Says whether a row of headings is one that is looked for.
        sheet: Which sheet of a workbook; empty where there is one.

    Raises:
        UnreadableFile: If it is too large, no such file, broken, or unpacks to too much.
    """
    if len(content) > LARGEST:
        raise UnreadableFile(file=name, why=_("larger than 20 MB"))
    if content.startswith(_ZIP):
        from incidents.services import workbooks  # noqa: PLC0415 - 20 MB in processes that never open one

        return workbooks.open_workbook(content, name=name, sheet=sheet)
    if content.startswith(_OLD_OFFICE) or content.lstrip()[:1] == b"<":
        raise UnreadableFile(file=name, why=SAVE_AS_XLSX)
    if content.startswith(_UTF_16):
        raise UnreadableFile(file=name, why=_("it is UTF-16; save it as CSV UTF-8"))
    if not content.strip():
        raise UnreadableFile(file=name, why=_("it is empty"))
    return open_csv(content, name, matches)
