"""What the database itself holds of files, whoever writes."""

from typing import Any

import pytest

from incidents.models import FileJob
from incidents.models.exchange import FilePiece, FileRow
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_organization, make_user

pytestmark = pytest.mark.django_db


def make_job(**over: Any) -> FileJob:
    values = {
        "direction": "export",
        "subject": "incidents.line",
        "asked_by": make_user(),
        "language": "en",
        "file_format": "csv",
        "file_name": "lines.csv",
        "state": "collecting",
        "created_at": STORM_NIGHT,
        "expires_at": STORM_NIGHT,
    }
    return FileJob.objects.create(**(values | over))


@pytest.mark.parametrize(
    ("over", "rule"),
    [
        ({"done": 1}, "file_job_within_total"),
        ({"state": "done"}, "file_job_over_has_an_end"),
        ({"finished_at": STORM_NIGHT}, "file_job_over_has_an_end"),
        ({"direction": "import"}, "file_job_import_has_an_owner"),
    ],
)
def test_a_job_that_cannot_be_is_refused(over: dict[str, Any], rule: str) -> None:
    make_job(direction="import", organization=make_organization())
    with breaks(rule):
        make_job(**over)


def test_rows_and_pieces_stand_once() -> None:
    job = make_job()
    FileRow.objects.create(job=job, number=2, cells={})
    FilePiece.objects.create(job=job, part="rows", seq=0, data=b"")

    with breaks("file_row_once"):
        FileRow.objects.create(job=job, number=2, cells={})
    with breaks("file_piece_once"):
        FilePiece.objects.create(job=job, part="rows", seq=0, data=b"")
