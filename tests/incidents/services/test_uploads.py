"""From the announcement to the picture, and every way on which it does not get there."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from incidents.choices import TakenBasis
from incidents.errors import (
    BadTransition,
    ClientIdTaken,
    Missing,
    PhotoQuota,
    PhotoTooLarge,
    StoreFull,
    UploadOver,
    WrongOffset,
)
from incidents.journal import Actor
from incidents.models import Attachment, JournalEntry
from incidents.models.attachments import UploadChunk
from incidents.services import attachments, photo_store, photo_studio, photos, uploads
from tests.factories import make_actor, make_outage
from tests.pictures import GPS, exif, jpeg, opened

HOUR = timedelta(hours=1)
PHOTO = jpeg((64, 48))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    photo_store_settings = settings.STORAGES["photos"]
    options = photo_store_settings["OPTIONS"] | {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"photos": photo_store_settings | {"OPTIONS": options}}
    return tmp_path


def announce(by: Actor, data: bytes = PHOTO, **over: Any) -> Attachment:
    told: dict[str, Any] = {
        "client_id": uuid4(),
        "parent": over.pop("parent", None) or make_outage(),
        "field": "outage",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    return attachments.announce(by=by, **(told | over))


def sent(by: Actor, data: bytes = PHOTO, **over: Any) -> Attachment:
    photo = announce(by, data, **over)
    uploads.append(photo, offset=0, data=data, by=by)
    return photo


def kinds(photo: Attachment) -> list[str]:
    entries = JournalEntry.objects.filter(subject_type="attachment", subject_id=photo.pk)
    return [entry.kind.removeprefix("attachment.") for entry in entries.order_by("pk")]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_text_first_then_bytes_then_a_picture(by: Actor, folder: Path) -> None:
    outage = make_outage()
    data = jpeg((640, 480), exif=exif(taken="2024:02:26 19:50:00", offset="+08:00", gps=GPS))

    photo = announce(by, data, parent=outage, caption="毛竹压线", name="../IMG 1.jpg")
    assert (photo.state, photo.uploaded, photo.caption, photo.name) == (
        "uploading",
        0,
        "毛竹压线",
        "IMG 1.jpg",
    )
    uploads.append(photo, offset=0, data=data[:100], by=by)
    uploads.append(photo, offset=100, data=data[100:], by=by)
    assert photos.are_owed(now=by.now)
    assert photos.prepare_due(now=by.now) == 1

    photo.refresh_from_db()
    assert (photo.state, photo.problem, photo.next_try_at) == ("ready", "", None)
    assert (photo.taken_at, photo.taken_basis) == (by.now - timedelta(minutes=10), TakenBasis.EXIF)
    assert (str(photo.latitude), str(photo.longitude), photo.crs) == ("29.975000", "120.737500", "EPSG:4326")
    assert (photo.width_px, photo.height_px) == (640, 480)
    assert kinds(photo) == ["announced", "received", "stored"]
    assert {entry.organization for entry in JournalEntry.objects.filter(subject_type="attachment")} == {
        outage.organization
    }
    assert files(folder) == [f"{photo.store_key}-thumbnail.jpg", f"{photo.store_key}.jpg"]
    with photo_store.photo(photo.store_key) as kept:
        body = kept.read()
    assert (opened(body).size, len(body)) == ((640, 480), photo.stored_size)
    assert not UploadChunk.objects.exists()
    assert not photos.are_owed(now=by.now + 24 * HOUR)


def test_a_position_is_not_kept_where_the_person_does_not_want_it(by: Actor) -> None:
    photo = sent(by, jpeg(exif=exif(gps=GPS)), keeps_position=False)

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    assert (photo.state, photo.latitude, photo.longitude, photo.crs) == ("ready", None, None, "")


def test_the_same_announced_again_is_one(by: Actor) -> None:
    told: dict[str, Any] = {"client_id": uuid4(), "parent": make_outage()}

    first = announce(by, **told)

    assert announce(by, **told) == first
    with pytest.raises(ClientIdTaken):
        announce(by, **told, caption="other")
    assert Attachment.objects.count() == 1


def test_the_same_file_of_the_same_thing_is_one(by: Actor) -> None:
    outage = make_outage()
    first = announce(by, parent=outage)

    assert announce(by, parent=outage) == first
    other = announce(by, parent=make_outage())
    colleague = make_actor(now=by.now)
    theirs = announce(colleague, parent=outage)
    assert len({first, other, theirs}) == 3
    uploads.append(first, offset=0, data=PHOTO, by=by)
    assert announce(make_actor(now=by.now), parent=outage) == first

    uploads.append(theirs, offset=0, data=PHOTO, by=colleague)
    photos.prepare_due(now=by.now)

    theirs.refresh_from_db()
    assert (theirs.state, theirs.problem) == ("refused", "duplicate")


def test_a_photo_that_cannot_be_taken_is_refused_and_its_text_stays(by: Actor, folder: Path) -> None:
    photo = sent(by, b"GIF89a" + b"\0" * 100, caption="毛竹")

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    assert (photo.state, photo.problem, photo.caption) == ("refused", "type-unsupported", "毛竹")
    assert kinds(photo) == ["announced", "received", "refused"]
    assert files(folder) == []
    assert not UploadChunk.objects.exists()


def test_other_bytes_than_were_announced_are_refused(by: Actor) -> None:
    photo = announce(by, sha256="0" * 64)
    uploads.append(photo, offset=0, data=PHOTO, by=by)

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    assert (photo.state, photo.problem, photo.sha256) == ("refused", "digest-mismatch", "0" * 64)


def test_a_digest_that_the_phone_did_not_tell_is_filled_in(by: Actor) -> None:
    photo = sent(by, sha256="")

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    assert (photo.state, photo.sha256) == ("ready", hashlib.sha256(PHOTO).hexdigest())


def test_a_store_that_does_not_answer_loses_nothing(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, other = sent(by), sent(by, jpeg((32, 32)))
    put = photo_store.put

    def broken(key: Any, **pictures: bytes) -> None:
        if key == photo.store_key:
            raise OSError("no route to host")
        put(key, **pictures)

    monkeypatch.setattr(photo_store, "put", broken)
    assert photos.prepare_due(now=by.now) == 2
    photo.refresh_from_db()
    other.refresh_from_db()
    assert (photo.state, photo.tries, photo.next_try_at) == ("received", 1, by.now + timedelta(seconds=10))
    assert other.state == "ready"
    assert photos.prepare_due(now=by.now) == 0
    monkeypatch.undo()
    assert photos.prepare_due(now=by.now + HOUR) == 1

    photo.refresh_from_db()
    assert photo.state == "ready"


def test_pauses_grow_to_an_hour(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, now = sent(by), by.now

    def busy(_data: bytes) -> None:
        raise photo_studio.StudioError("took too long")

    monkeypatch.setattr(photo_studio, "develop", busy)
    pauses = []
    for _ in range(10):
        photos.prepare_due(now=now)
        photo.refresh_from_db()
        assert photo.next_try_at is not None
        pauses.append((photo.next_try_at - now).total_seconds())
        now = photo.next_try_at

    assert pauses[:3] == [10, 20, 40]
    assert pauses[-1] == 3600


def test_nobody_prepares_what_is_not_late_yet(by: Actor) -> None:
    sent(by)

    assert photos.prepare_due(now=by.now, late=timedelta(seconds=15)) == 0
    assert photos.prepare_due(now=by.now + timedelta(seconds=16), late=timedelta(seconds=15)) == 1


def test_a_piece_goes_on_where_the_bytes_end_and_nowhere_else(by: Actor) -> None:
    photo = announce(by)
    uploads.append(photo, offset=0, data=PHOTO[:10], by=by)

    for offset in (0, 9, 11, len(PHOTO)):
        with pytest.raises(WrongOffset) as refused:
            uploads.append(photo, offset=offset, data=b"x", by=by)
        assert refused.value.fields["expected"] == 10
    with pytest.raises(PhotoTooLarge):
        uploads.append(photo, offset=10, data=PHOTO, by=by)

    photo.refresh_from_db()
    assert (photo.uploaded, UploadChunk.objects.count()) == (10, 1)
    assert uploads.append(photo, offset=10, data=b"", by=by) == 10


@pytest.mark.django_db(transaction=True)
def test_of_two_pieces_at_once_one_goes_on(by: Actor) -> None:
    photo = announce(by)

    def add(number: int) -> bool:
        try:
            uploads.append(photo, offset=0, data=bytes([number] * 10), by=by)
        except WrongOffset:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(add, range(8)))

    photo.refresh_from_db()
    assert (won.count(True), photo.uploaded, UploadChunk.objects.count()) == (1, 10, 1)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_equal_announcements_at_once_one_is_kept(by: Actor) -> None:
    outage = make_outage()

    def tell(_number: int) -> int:
        try:
            return announce(by, parent=outage).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        found = {*pool.map(tell, range(20))}

    assert (len(found), Attachment.objects.count()) == (1, 1)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, len(PHOTO)), max_size=6))
def test_wherever_it_is_cut_the_bytes_are_the_same(by: Actor, cuts: list[int]) -> None:
    photo = announce(by)
    ends = [*sorted(cuts), len(PHOTO)]
    offset = 0
    for end in ends:
        offset = uploads.append(photo, offset=offset, data=PHOTO[offset:end], by=by)

    photo.refresh_from_db()
    data = b"".join(bytes(chunk.data) for chunk in photo.chunks.order_by("start"))
    assert (photo.state, data) == ("received", PHOTO)
    photo.chunks.all().delete()


def test_an_upload_is_ended_by_the_phone_before_its_last_byte(by: Actor) -> None:
    photo = announce(by, caption="毛竹")
    uploads.append(photo, offset=0, data=PHOTO[:10], by=by)

    uploads.terminate(photo, by=by)

    photo.refresh_from_db()
    assert (photo.state, photo.caption, UploadChunk.objects.count()) == ("terminated", "毛竹", 0)
    assert kinds(photo) == ["announced", "terminated"]
    with pytest.raises(UploadOver):
        uploads.append(photo, offset=10, data=PHOTO[10:], by=by)
    with pytest.raises(UploadOver):
        uploads.terminate(photo, by=by)


def test_a_complete_one_is_not_ended_but_withdrawn(by: Actor, folder: Path) -> None:
    photo = sent(by)
    with pytest.raises(BadTransition):
        uploads.terminate(photo, by=by)
    with pytest.raises(BadTransition):
        attachments.withdraw(photo, reason="误传", at=by.now, by=by)
    photos.prepare_due(now=by.now)
    with pytest.raises(Missing):
        attachments.withdraw(photo, reason=" ", at=by.now, by=by)

    attachments.withdraw(photo, reason="误传", at=by.now, by=by)

    photo.refresh_from_db()
    assert (photo.state, photo.end_reason) == ("withdrawn", "误传")
    assert len(files(folder)) == 2
    assert kinds(photo)[-1] == "withdrawn"


def test_an_upload_without_a_byte_for_days_is_given_up(by: Actor) -> None:
    old, young, whole = announce(by, caption="毛竹"), announce(by), sent(by)
    uploads.append(old, offset=0, data=PHOTO[:10], by=by)
    later = replace(by, now=by.now + 24 * HOUR)
    uploads.append(young, offset=0, data=PHOTO[:10], by=later)

    assert uploads.abandon_old(now=by.now + 169 * HOUR, after=timedelta(days=7)) == 1
    assert uploads.abandon_old(now=by.now + 169 * HOUR, after=timedelta(days=7)) == 0

    for photo, state in ((old, "abandoned"), (young, "uploading"), (whole, "received")):
        photo.refresh_from_db()
        assert photo.state == state
    assert old.caption == "毛竹"
    assert not old.chunks.exists()
    with pytest.raises(UploadOver):
        uploads.append(old, offset=10, data=b"x", by=later)


def test_a_file_that_is_too_large_is_refused(by: Actor) -> None:
    with pytest.raises(PhotoTooLarge):
        announce(by, size=13_000_000)

    assert not Attachment.objects.exists()
    assert announce(by, size=12 * 1024 * 1024).state == "uploading"


def test_a_person_has_so_many_photos_a_day(by: Actor, settings: Any) -> None:
    settings.PHOTOS = replace(settings.PHOTOS, a_day=2)
    told: dict[str, Any] = {"client_id": uuid4(), "parent": make_outage()}
    announce(by, **told)
    announce(by)

    with pytest.raises(PhotoQuota):
        announce(by)

    announce(by, **told)  # sent again it is no new one
    announce(make_actor(now=by.now))
    announce(replace(by, now=by.now + 24 * HOUR))
    assert Attachment.objects.count() == 4


def test_a_person_has_so_many_bytes_a_day(by: Actor, settings: Any) -> None:
    settings.PHOTOS = replace(settings.PHOTOS, mib_a_day=12)
    announce(by, size=12 * 1024 * 1024 - 10)

    with pytest.raises(PhotoQuota):
        announce(by, size=11)

    announce(by, size=10)


def test_below_a_tenth_of_free_disk_no_photo_is_taken(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photo_store, "free_percent", lambda: 9.9)

    with pytest.raises(StoreFull) as refused:
        announce(by)

    assert not refused.value.final
    assert not Attachment.objects.exists()


def test_the_free_disk_is_that_of_the_folder(folder: Path, settings: Any) -> None:
    usage = os.statvfs(folder)
    assert photo_store.free_percent() == pytest.approx(100 * usage.f_bavail / usage.f_blocks, abs=2)

    settings.STORAGES = settings.STORAGES | {
        "photos": {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    }
    assert photo_store.free_percent() == 100
