from typing import Any

import pytest

from incidents.models.attachments import UploadChunk
from tests.constraints import breaks
from tests.factories import STORM_NIGHT, make_attachment, make_damage

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "over"),
    [
        ("attachment_size_in_range", {"size": 0, "uploaded": 0}),
        ("attachment_size_in_range", {"size": 12 * 1024 * 1024 + 1, "uploaded": 12 * 1024 * 1024 + 1}),
        ("attachment_latitude_in_range", {"latitude": 91, "longitude": 0, "crs": "EPSG:4326"}),
        ("attachment_longitude_in_range", {"latitude": 0, "longitude": 181, "crs": "EPSG:4326"}),
        ("attachment_bytes_within_size", {"uploaded": 10}),
        ("attachment_whole_when_received", {"uploaded": 8}),
        ("attachment_kept_is_a_picture", {"width_px": None}),
        ("attachment_refused_for_a_problem", {"problem": "animated"}),
        ("attachment_withdrawn_with_reason", {"state": "withdrawn"}),
        ("attachment_owed_when_received", {"next_try_at": STORM_NIGHT}),
        ("attachment_position_is_whole", {"latitude": 29}),
        ("attachment_time_says_whence", {"taken_at": STORM_NIGHT}),
        ("attachment_digest_is_whole", {"sha256": "abc"}),
    ],
)
def test_refuses_a_photo_that_cannot_be(rule: str, over: dict[str, Any]) -> None:
    with breaks(rule):
        make_attachment(**over)


def test_a_photo_is_of_exactly_one_thing() -> None:
    with breaks("attachment_is_of_one_thing"):
        make_attachment(damage=make_damage())

    photo = make_attachment()
    with breaks("attachment_is_of_one_thing"):
        type(photo).objects.filter(pk=photo.pk).update(outage=None)


def test_a_phone_has_one_photo_under_a_number() -> None:
    photo = make_attachment()

    with breaks("attachment_client_id_once"):
        make_attachment(client_id=photo.client_id, reported_by=photo.reported_by)


def test_a_byte_comes_once() -> None:
    photo = make_attachment()
    UploadChunk.objects.create(attachment=photo, start=0, data=b"a")

    with breaks("upload_chunk_once"):
        UploadChunk.objects.create(attachment=photo, start=0, data=b"b")
