"""Photos in an S3-compatible store: a real server of that protocol on this machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import pytest
from django.core.exceptions import ImproperlyConfigured
from moto.server import ThreadedMotoServer

from config import photos as configured
from incidents.journal import Actor
from incidents.services import attachments, photo_store, photos, uploads
from tests.factories import make_outage
from tests.pictures import jpeg, opened

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "a/secret", "region_name": "us-east-1"}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    name = f"photos-{uuid4()}"
    monkeypatch.setenv("PHOTOS_URL", f"s3+http://key:a%2Fsecret@{endpoint}/{name}")
    store = configured.store("PHOTOS_URL", folder=Path("unused"))
    settings.STORAGES = settings.STORAGES | {"photos": store}
    made = boto3.resource("s3", endpoint_url=f"http://{endpoint}", **KEYS).Bucket(name)
    made.create()
    return made


def names(bucket: Any) -> list[str]:
    return [item.key for item in bucket.objects.all()]


def sent(by: Actor) -> Any:
    data = jpeg((64, 48))
    photo = attachments.announce(
        client_id=uuid4(), parent=make_outage(), field="outage", size=len(data), by=by
    )
    uploads.append(photo, offset=0, data=data, by=by)
    return photo


def test_a_photo_goes_to_the_bucket_and_comes_back(by: Actor, bucket: Any) -> None:
    photo = sent(by)

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    key = f"{photo.store_key.hex[:2]}/{photo.store_key}"
    assert photo.state == "ready"
    assert names(bucket) == sorted([f"{key}-thumbnail.jpg", f"{key}.jpg"])
    with photo_store.photo(photo.store_key) as kept:
        assert opened(kept.read()).size == (64, 48)
    assert photo_store.free_percent() == 100


def test_the_same_again_replaces_it(by: Actor, bucket: Any) -> None:
    key = uuid4()
    for colour in ("red", "blue"):
        photo_store.put(key, photo=jpeg(colour=colour), thumbnail=jpeg(colour=colour))

    assert len(names(bucket)) == 2
    with photo_store.thumbnail(key) as kept:
        pixel: Any = opened(kept.read()).getpixel((1, 1))
    assert pixel[2] > 200


def test_a_store_that_refuses_leaves_the_photo_owed(by: Actor, bucket: Any) -> None:
    photo = sent(by)
    bucket.delete()

    photos.prepare_due(now=by.now)

    photo.refresh_from_db()
    assert (photo.state, photo.tries, photo.chunks.count()) == ("received", 1, 1)
    bucket.create()
    photos.prepare_due(now=photo.next_try_at)
    photo.refresh_from_db()
    assert photo.state == "ready"


@pytest.mark.parametrize(
    "url",
    [
        "s3+https://host/photos",
        "s3+https://key@host/photos",
        "s3+https://key:secret@host",
        "s3+https://key:secret@/photos",
        "s3+https://key:secret@host/photos/below",
        "s3+https://key:secret@host/photos?regoin=x",
        "s3+https://key:secret@host:port/photos",
        "s3://key:secret@host/photos",
        "http://host/photos",
        "file://host/photos",
        "file:///",
    ],
)
def test_half_a_store_stops_the_start(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOS_URL", url)

    with pytest.raises(ImproperlyConfigured, match="PHOTOS_URL"):
        configured.store("PHOTOS_URL", folder=Path("unused"))


def test_a_store_without_its_package_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOS_URL", "s3+https://key:secret@host/photos")
    monkeypatch.setattr(configured, "find_spec", lambda _name: None)

    with pytest.raises(ImproperlyConfigured, match="requirements-s3"):
        configured.store("PHOTOS_URL", folder=Path("unused"))


def test_the_region_and_the_address_are_told() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PHOTOS_URL", "s3+https://key:a%2Fb@minio.example:9000/photos?region=cn-north-1")
        store = configured.store("PHOTOS_URL", folder=Path("unused"))

    told = store["OPTIONS"]
    assert (told["endpoint_url"], told["bucket_name"]) == ("https://minio.example:9000", "photos")
    assert (told["access_key"], told["secret_key"], told["region_name"]) == ("key", "a/b", "cn-north-1")


def test_a_folder_is_the_default_and_closed_to_others(tmp_path: Path, settings: Any) -> None:
    store = configured.store("NOT_SET", folder=tmp_path / "夜 photos")
    settings.STORAGES = settings.STORAGES | {"photos": store}
    key = uuid4()

    photo_store.put(key, photo=b"photo", thumbnail=b"thumbnail")

    kept = tmp_path / "夜 photos" / key.hex[:2] / f"{key}.jpg"
    assert kept.read_bytes() == b"photo"
    assert (kept.stat().st_mode & 0o777, kept.parent.stat().st_mode & 0o777) == (0o600, 0o700)
