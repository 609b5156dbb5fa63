"""Pictures are served to those who may see what they are of, asked at each request; S34, S35."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse

from incidents.choices import Role
from incidents.models import Attachment, Organization, Outage
from incidents.services import photo_store
from tests.desk import sign_in
from tests.factories import (
    make_assignment,
    make_attachment,
    make_crew,
    make_organization,
    make_outage,
    make_user,
)
from tests.incidents.api.conftest import Phone, enrolled
from tests.incidents.api.test_who_may_what import person_at
from tests.pictures import jpeg, opened

pytestmark = pytest.mark.django_db
PICTURES = ("file", "thumbnail")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    store = settings.STORAGES["photos"]
    options = store["OPTIONS"] | {"location": str(tmp_path)}
    settings.STORAGES = settings.STORAGES | {"photos": store | {"OPTIONS": options}}
    return tmp_path


@pytest.fixture
def county() -> Organization:
    return make_organization(parent=make_organization(level="city"))


def kept(outage: Outage, **over: Any) -> Attachment:
    photo = make_attachment(outage=outage, **over)
    photo_store.put(photo.store_key, photo=jpeg((640, 480)), thumbnail=jpeg((32, 24)))
    return photo


def fetched(phone: Phone, photo: Attachment, picture: str = "file", **headers: str) -> Any:
    return read(phone.client.get(f"/api/v1/attachments/{photo.uuid}/{picture}/", headers=headers))


def read(answer: Any) -> Any:
    """Return an answer with its body read; that closes the file."""
    answer.picture = b"".join(answer.streaming_content) if answer.streaming else b""
    return answer


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize(
    ("position", "expected"), [("inside", 200), ("above", 200), ("beside", 404), ("below", 404)]
)
def test_who_may_see_the_outage_sees_its_photos(
    county: Organization, picture: str, role: Role, position: str, expected: int
) -> None:
    photo = kept(make_outage(organization=county))

    answer = fetched(person_at(position, county, role), photo, picture)

    assert answer.status_code == expected
    if expected == 200:
        assert opened(answer.picture).size == {"file": (640, 480), "thumbnail": (32, 24)}[picture]


def test_a_crew_on_loan_sees_photos_of_its_outage_while_it_is_there(county: Organization) -> None:
    home = make_organization()
    photo = kept(make_outage(organization=county))
    guest = person_at("inside", home, Role.CREW_MEMBER)
    assert fetched(guest, photo).status_code == 404

    job = make_assignment(crew=make_crew(organization=county, home_organization=home), outage=photo.outage)

    assert fetched(guest, photo).status_code == 200
    type(job).objects.update(status="finished", ended_at=datetime.now(UTC))
    assert fetched(guest, photo).status_code == 404


@pytest.mark.parametrize("name", ["", "横岗村.jpg", "x.php", "a b.jpg", "__ filename=y.exe", "IMG_1.HEIC"])
def test_a_picture_is_a_file_to_save_and_nothing_to_run(county: Organization, name: str) -> None:
    photo = kept(make_outage(organization=county), name=name)

    answer = fetched(person_at("inside", county, Role.VIEWER), photo)

    stem = name.rsplit(".", 1)[0] or "photo"
    shown = answer["Content-Disposition"]
    assert shown in {f'attachment; filename="{stem}.jpg"', f"attachment; filename*=utf-8''{quote(stem)}.jpg"}
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"


def test_a_picture_that_is_known_is_not_sent_again_but_asked_for(county: Organization) -> None:
    photo = kept(make_outage(organization=county))
    phone = person_at("inside", county, Role.VIEWER)
    tag = fetched(phone, photo)["ETag"]

    assert fetched(phone, photo, If_None_Match=tag).status_code == 304
    assert fetched(phone, photo, "thumbnail", If_None_Match=tag).status_code == 200
    assert fetched(person_at("beside", county, Role.VIEWER), photo, If_None_Match=tag).status_code == 404


@pytest.mark.parametrize("accept", ["image/jpeg", "image/avif,image/webp,*/*;q=0.8", "*/*", "image/*"])
def test_a_picture_may_be_asked_for_as_one(county: Organization, accept: str) -> None:
    photo = kept(make_outage(organization=county))

    answer = fetched(person_at("inside", county, Role.VIEWER), photo, Accept=accept)
    missing = fetched(person_at("beside", county, Role.VIEWER), photo, Accept=accept)

    assert answer.status_code == 200
    assert (missing.status_code, missing["Content-Type"]) == (404, "application/problem+json")
    assert missing.json()["code"] == "not-found"


@pytest.mark.parametrize("picture", PICTURES)
def test_what_is_not_ready_is_not_there_and_what_is_withdrawn_is_gone(
    county: Organization, picture: str
) -> None:
    phone = person_at("inside", county, Role.VIEWER)
    outage = make_outage(organization=county)
    waiting = make_attachment(
        outage=outage,
        state="uploading",
        uploaded=1,
        width_px=None,
        height_px=None,
        stored_size=None,
        ready_at=None,
    )
    withdrawn = kept(outage, state="withdrawn", end_reason="误传")

    assert fetched(phone, waiting, picture).status_code == 404
    assert fetched(phone, withdrawn, picture).json()["code"] == "withdrawn"


def test_no_address_leads_to_the_folder(county: Organization, client: Client) -> None:
    photo = kept(make_outage(organization=county))
    sign_in(client, county, Role.DISPATCHER)
    name = f"{photo.store_key.hex[:2]}/{photo.store_key}.jpg"

    for url in (f"/media/{name}", f"/photos/{name}", f"/static/{name}", f"/{name}", f"/.state/photos/{name}"):
        assert client.get(url).status_code == 404


def test_a_stranger_sees_nothing(county: Organization, client: Client) -> None:
    photo = kept(make_outage(organization=county))

    assert client.get(f"/api/v1/attachments/{photo.uuid}/file/").status_code == 401
    other = Phone(client=enrolled(make_user()), user=make_user(), organization=county, section=None)  # type: ignore[arg-type]
    assert fetched(other, photo).status_code == 404


def test_the_page_of_an_outage_shows_its_photos(county: Organization, client: Client) -> None:
    sign_in(client, county, Role.DISPATCHER)
    photo = kept(make_outage(organization=county), caption="<b>毛竹</b>")
    url = reverse("admin:incidents_outage_change", args=[photo.outage.pk])

    page = client.get(url)

    html = page.content.decode()
    thumbnail = f"/api/v1/attachments/{photo.uuid}/thumbnail/"
    assert f'<img class="thumbnail" src="{thumbnail}"' in html
    assert "<b>毛竹</b>" not in html
    assert "img-src 'self' data:" in page["Content-Security-Policy"]
    assert read(client.get(thumbnail)).status_code == 200
