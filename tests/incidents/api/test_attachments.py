"""Photos over HTTP: announced as text or by tus clients, uploaded by tus 1.0.0; B102-B108, S36."""

import base64
import hashlib
from typing import Any
from uuid import uuid4

import pytest

from incidents.api import tus
from incidents.models import Attachment, JournalEntry, Membership, Outage, Submission
from incidents.models.attachments import UploadChunk
from incidents.services import photo_store, photos
from tests.factories import make_damage, make_outage
from tests.incidents.api.conftest import Phone, make_phone
from tests.pictures import jpeg

PHOTO = jpeg((64, 48))
SHA256 = hashlib.sha256(PHOTO).hexdigest()
PIECE = "application/offset+octet-stream"


@pytest.fixture
def outage(phone: Phone) -> Outage:
    return make_outage(organization=phone.organization)


def announce(phone: Phone, outage: Outage, /, **over: Any) -> Any:
    told = {"outage": str(outage.uuid), "size": len(PHOTO), "sha256": SHA256, "caption": "毛竹压线"}
    return phone.make("attachments/", **(told | over))


def ask(phone: Phone, method: str, url: str, body: bytes = b"", **headers: Any) -> Any:
    raw: Any = body  # the stubs know text only
    named = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
    told = {name: str(value) for name, value in named.items() if value is not None}
    kind = told.pop("Content-Type", PIECE)
    return phone.client.generic(method, url, raw, content_type=kind, headers=told)


def patch(phone: Phone, url: str, offset: int, data: bytes, **headers: Any) -> Any:
    return ask(phone, "PATCH", url, data, Upload_Offset=offset, **headers)


def base64_of(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_text_first_then_the_bytes_in_pieces(phone: Phone, outage: Outage) -> None:
    told = announce(phone, outage, name="../IMG 1.jpg")
    url = told["Location"]
    assert (told.status_code, told["Tus-Resumable"]) == (201, "1.0.0")
    shown = told.json()
    assert (shown["state"], shown["uploaded"], shown["name"]) == ("uploading", 0, "IMG 1.jpg")
    assert (shown["outage"], shown["damage"], shown["caption"]) == (str(outage.uuid), None, "毛竹压线")

    first = patch(phone, url, 0, PHOTO[:100])
    asked = ask(phone, "HEAD", url)
    second = patch(phone, url, 100, PHOTO[100:])

    assert (first.status_code, first["Upload-Offset"]) == (204, "100")
    assert (asked.status_code, asked["Upload-Offset"], asked["Upload-Length"]) == (
        200,
        "100",
        str(len(PHOTO)),
    )
    assert (asked["Cache-Control"], asked["Tus-Resumable"]) == ("no-store", "1.0.0")
    assert asked["Attachment-State"] == "uploading"
    assert second["Upload-Offset"] == str(len(PHOTO))
    assert photos.prepare_due(now=Attachment.objects.get().received_at) == 0  # owed since a moment later
    photos.prepare_due(now=Attachment.objects.get().touched_at)
    assert phone.get(url.removeprefix("/api/v1/")).json()["state"] == "ready"
    assert ask(phone, "HEAD", url)["Attachment-State"] == "ready"


def test_a_tus_client_announces_in_headers(phone: Phone, outage: Outage) -> None:
    said = {
        "client_id": str(uuid4()),
        "outage": str(outage.uuid),
        "filename": "横岗村.jpg",
        "filetype": "image/jpeg",
        "caption": "毛竹",
        "keeps_position": "false",
        "sha256": SHA256,
    }
    metadata = ",".join(f"{key} {base64_of(value)}" for key, value in said.items())
    headers: dict[str, Any] = {"Upload_Length": len(PHOTO), "Upload_Metadata": metadata, "Content_Type": ""}

    told = ask(phone, "POST", "/api/v1/attachments/", **headers)
    again = ask(phone, "POST", "/api/v1/attachments/", **headers)

    assert (told.status_code, again.status_code) == (201, 201)
    assert again["Location"] == told["Location"]
    assert again["Idempotent-Replayed"] == "true"
    photo = Attachment.objects.get()
    assert (photo.name, photo.caption, photo.keeps_position) == ("横岗村.jpg", "毛竹", False)
    assert ask(phone, "HEAD", told["Location"])["Upload-Metadata"] == metadata
    assert patch(phone, told["Location"], 0, PHOTO)["Upload-Offset"] == str(len(PHOTO))


def test_options_say_what_is_spoken(phone: Phone) -> None:
    answer = phone.client.options("/api/v1/attachments/")

    assert answer.status_code == 204
    assert {name: answer[name] for name in tus.OPTIONS} == {
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,checksum,termination",
        "Tus-Max-Size": "12582912",
        "Tus-Checksum-Algorithm": "sha1,sha256",
    }


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
@pytest.mark.parametrize("version", ["0.2.2", "2.0.0", ""])
def test_another_version_is_412_and_changes_nothing(
    phone: Phone, outage: Outage, method: str, version: str
) -> None:
    url = announce(phone, outage)["Location"]

    answer = ask(phone, method, url, b"x", Tus_Resumable=version, Upload_Offset=0)

    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")
    assert (Attachment.objects.get().state, UploadChunk.objects.count()) == ("uploading", 0)


def test_another_version_creates_nothing(phone: Phone) -> None:
    answer = ask(phone, "POST", "/api/v1/attachments/", Tus_Resumable="0.2.2", Upload_Length=5)

    assert code_of(answer) == (412, "tus-version")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_is_kept(phone: Phone, outage: Outage, algorithm: str) -> None:
    url = announce(phone, outage)["Location"]
    digest = base64_of(hashlib.new(algorithm, PHOTO[:50]).digest())

    answer = patch(phone, url, 0, PHOTO[:50], Upload_Checksum=f"{algorithm} {digest}")

    assert (answer.status_code, answer["Upload-Offset"]) == (204, "50")


def test_a_piece_that_is_not_what_its_checksum_says_is_thrown_away(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage)["Location"]
    digest = base64_of(hashlib.sha256(PHOTO[:50]).digest())

    answer = patch(phone, url, 0, PHOTO[:49] + b"?", Upload_Checksum=f"sha256 {digest}")

    assert code_of(answer) == (460, "piece-damaged")
    assert answer.json()["title"] == "Checksum Mismatch"
    assert not answer.json()["final"]
    assert ask(phone, "HEAD", url)["Upload-Offset"] == "0"
    assert patch(phone, url, 0, PHOTO[:50], Upload_Checksum=f"sha256 {digest}").status_code == 204


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content_Type": "image/jpeg"}, (415, "unsupported-media-type")),
        ({"Upload_Offset": None}, (400, "header-malformed")),
        ({"Upload_Offset": "-1"}, (400, "header-malformed")),
        ({"Upload_Offset": "１"}, (400, "header-malformed")),
        ({"Upload_Offset": "1e3"}, (400, "header-malformed")),
        ({"Upload_Offset": "5"}, (409, "wrong-offset")),
        ({"Upload_Checksum": "md5 1B2M2Y8AsgTpgAmY7PhCfg=="}, (400, "header-malformed")),
        ({"Upload_Checksum": "sha1 ???"}, (400, "header-malformed")),
        ({"Upload_Checksum": "sha1 AAAA"}, (400, "header-malformed")),
        ({"Upload_Checksum": "sha1"}, (400, "header-malformed")),
    ],
)
def test_a_piece_that_is_none_is_refused(
    phone: Phone, outage: Outage, headers: dict[str, Any], expected: tuple[int, str]
) -> None:
    url = announce(phone, outage)["Location"]

    answer = ask(phone, "PATCH", url, b"12345", **({"Upload_Offset": 0} | headers))

    assert code_of(answer) == expected
    assert (Attachment.objects.get().uploaded, UploadChunk.objects.count()) == (0, 0)


def test_more_than_was_announced_is_refused_before_it_is_read(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage)["Location"]

    assert code_of(patch(phone, url, 0, PHOTO + b"x")) == (413, "photo-too-large")
    assert Attachment.objects.get().uploaded == 0


def test_a_large_piece_has_no_checksum(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage, size=2_000_000)["Location"]

    told = patch(phone, url, 0, bytes(1_000_001), Upload_Checksum=f"sha1 {base64_of(bytes(20))}")

    assert code_of(told) == (413, "photo-too-large")
    assert patch(phone, url, 0, bytes(1_000_001)).status_code == 204


def test_an_upload_is_ended_by_delete(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage)["Location"]
    patch(phone, url, 0, PHOTO[:10])

    assert ask(phone, "DELETE", url).status_code == 204

    assert ask(phone, "HEAD", url).status_code == 410
    assert code_of(patch(phone, url, 10, PHOTO[10:])) == (410, "upload-over")
    assert code_of(ask(phone, "DELETE", url)) == (410, "upload-over")
    assert phone.get(url.removeprefix("/api/v1/")).json()["caption"] == "毛竹压线"


def test_a_complete_photo_is_not_ended_by_delete(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage)["Location"]
    patch(phone, url, 0, PHOTO)

    assert code_of(ask(phone, "DELETE", url)) == (409, "bad-transition")
    assert Attachment.objects.get().state == "received"


def test_twenty_sendings_are_one_photo(phone: Phone, outage: Outage) -> None:
    body = {"client_id": str(uuid4())}

    told = [announce(phone, outage, **body) for _ in range(20)]

    assert {answer.content for answer in told} == {told[0].content}
    assert (Attachment.objects.count(), Submission.objects.count()) == (1, 1)
    assert code_of(announce(phone, outage, **body, name="x")) == (409, "client-id-taken")


@pytest.mark.parametrize(
    ("over", "expected"),
    [
        ({"size": 13_000_000}, (413, "photo-too-large")),
        ({"size": 0}, (400, "invalid")),
        ({"size": -1}, (400, "invalid")),
        ({"size": None}, (400, "invalid")),
        ({"sha256": "ABC"}, (400, "invalid")),
        ({"outage": None}, (400, "missing")),
        ({"outage": str(uuid4())}, (400, "invalid")),
        ({"caption": "a\u202eb"}, (400, "invalid")),
        ({"taken_at": "2024-02-26T21:10:00"}, (400, "invalid")),
        ({"taken_at": "2999-02-26T21:10:00Z"}, (400, "out-of-range")),
        ({"state": "ready"}, (400, "invalid")),
        ({"uploaded": 5}, (400, "invalid")),
    ],
)
def test_an_announcement_that_cannot_be_is_refused(
    phone: Phone, outage: Outage, over: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert code_of(announce(phone, outage, **over)) == expected
    assert not Attachment.objects.exists()
    assert not Submission.objects.exists()


def test_a_photo_is_of_one_thing(phone: Phone, outage: Outage) -> None:
    damage = make_damage(outage=outage)

    answer = announce(phone, outage, damage=str(damage.uuid))

    assert code_of(answer) == (400, "inconsistent")
    assert not Attachment.objects.exists()
    assert announce(phone, outage, outage=None, damage=str(damage.uuid)).json()["damage"] == str(damage.uuid)


@pytest.mark.parametrize(
    "metadata",
    [
        "caption !!!",
        "caption",
        "a b c,",
        "caption /w==",
        "caption YQ==,caption YQ==",
        "x" * 5000,
    ],
)
def test_metadata_that_is_none_is_refused(phone: Phone, metadata: str) -> None:
    answer = ask(phone, "POST", "/api/v1/attachments/", Upload_Length=5, Upload_Metadata=metadata)

    assert answer.status_code == 400
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../x.php", "x.php"),
        ("CON.jpg", "_CON.jpg"),
        ("a" * 300, "a" * 120),
        ('"; filename=', "__ filename="),
    ],
)
def test_a_name_is_never_a_reason_to_lose_a_photo(
    phone: Phone, outage: Outage, name: str, shown: str
) -> None:
    assert announce(phone, outage, name=name).json()["name"] == shown


def test_a_full_store_takes_readings_all_the_same(
    phone: Phone, outage: Outage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(photo_store, "free_percent", lambda: 5.0)

    answer = announce(phone, outage)

    assert (*code_of(answer), answer["Retry-After"]) == (507, "store-full", "600")
    assert not answer.json()["final"]
    assert phone.post(phone.reading()).status_code == 201


def test_an_upload_goes_on_when_its_outage_is_out_of_sight(phone: Phone, outage: Outage) -> None:
    """A crew on loan goes home, a role ends: what was begun is still sent, and seen by those who may."""
    url = announce(phone, outage)["Location"]
    Membership.objects.filter(user=phone.user).delete()

    assert phone.get(url.removeprefix("/api/v1/")).status_code == 404
    assert patch(phone, url, 0, PHOTO).status_code == 204
    assert ask(phone, "HEAD", url)["Upload-Offset"] == str(len(PHOTO))
    assert code_of(announce(phone, outage)) == (400, "invalid")


def test_nobody_adds_to_or_ends_the_upload_of_another(phone: Phone, outage: Outage) -> None:
    url = announce(phone, outage)["Location"]
    colleague, stranger = make_phone(organization=phone.organization), make_phone()

    for other in (colleague, stranger):
        assert patch(other, url, 0, PHOTO).status_code == 404
        assert ask(other, "DELETE", url).status_code == 404
    assert ask(colleague, "HEAD", url).status_code == 200
    assert ask(stranger, "HEAD", url).status_code == 404
    assert Attachment.objects.get().uploaded == 0
    assert JournalEntry.objects.filter(subject_type="attachment").count() == 1
