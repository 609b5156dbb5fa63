"""The pages for files: send one, see its dry run, confirm; take a list as a file; keep others out."""

from typing import Any
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from incidents.access.files import reader_at
from incidents.choices import EntryMode, JobState, Role
from incidents.models import FileJob, Line, Organization
from incidents.services import file_jobs
from tests.desk import address, give_role, sign_in
from tests.factories import make_line, make_organization, make_user

IMPORT = "/admin/incidents/filejob/import/"
GOOD = "编号,名称,电压\nLS-1,横岗线,10\nLS-2,覆冰线,十\n".encode("gbk")


def work() -> None:
    now = timezone.now()
    while file_jobs.work(now=now, reader_of=reader_at(now)):
        pass


def send(client: Client, owner: Organization, content: bytes = GOOD, **more: Any) -> Any:
    told = {"kind": "lines", "organization": owner.pk, "file": SimpleUploadedFile("台账.csv", content)}
    return client.post(IMPORT, told | more)


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_is_sent_checked_and_confirmed(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)
    page = send(client, ours, after_the_fact="on")["Location"]
    waiting = client.get(page).content.decode()
    work()
    checked = client.get(page).content.decode()

    refused = client.post(page, {"do": "confirm"}, follow=True)
    client.post(page, {"do": "confirm", "leave_out": "on"})
    work()

    job = FileJob.objects.get()
    assert "files.js" in waiting
    assert 'http-equiv="refresh"' in waiting
    assert "files.js" not in checked
    assert "LS-2" in checked
    assert job.entry_mode == EntryMode.HISTORICAL
    assert [str(message) for message in refused.context["messages"]]
    assert (job.state, list(Line.objects.values_list("code", flat=True))) == (JobState.DONE, ["LS-1"])
    errors = client.get(reverse("admin:incidents_filejob_errors", args=[job.pk]))
    assert "LS-2" in bytes_of(errors).decode("utf-8-sig")
    assert "台账" in unquote(errors["Content-Disposition"])


def test_a_file_is_cancelled(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)
    page = send(client, ours)["Location"]

    client.post(page, {"do": "cancel"})
    again = client.post(page, {"do": "cancel"})

    assert FileJob.objects.get().state == JobState.CANCELLED
    assert again.status_code == 302
    assert client.post(page, {"do": "explode"}).status_code == 403


@pytest.mark.parametrize("role", [Role.VIEWER, Role.MANAGER])
def test_who_may_change_nothing_imports_nothing(client: Client, ours: Organization, role: Role) -> None:
    sign_in(client, ours, role)

    assert client.get(IMPORT).status_code == 403
    assert send(client, ours).status_code == 403
    assert client.get(reverse("admin:incidents_filejob_template", args=["lines", "csv"])).status_code == 403
    assert not FileJob.objects.exists()


def test_a_kind_or_an_organization_beyond_the_role_is_refused(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.DISPATCHER)
    there = make_organization()

    answers = [send(client, ours), send(client, there, kind="outages"), send(client, ours, kind="spells")]

    assert [sorted(answer.context["form"].errors) for answer in answers] == [
        ["kind"],
        ["organization"],
        ["kind"],
    ]
    assert not FileJob.objects.exists()


def test_a_file_that_is_too_large_is_refused_by_its_form(
    client: Client, ours: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("incidents.admin.file_forms.LARGEST", 3)
    sign_in(client, ours, Role.ADMIN)

    assert list(send(client, ours).context["form"].errors) == ["file"]
    assert not FileJob.objects.exists()


def test_a_list_is_taken_as_its_page_shows_it(client: Client, ours: Organization) -> None:
    user = sign_in(client, ours, Role.VIEWER)
    for code, kv in (("LS-1", "10"), ("LS-2", "35")):
        make_line(organization=ours, code=code, voltage_kv=kv)
    make_line(organization=make_organization(), code="LS-3", voltage_kv="10")

    answer = client.post(f"{address(Line, 'export')}?voltage_kv__exact=10", {"format": "csv"})
    work()

    job = FileJob.objects.get()
    assert answer["Location"] == address(FileJob, "change", job.pk)
    file = reverse("admin:incidents_filejob_file", args=[job.pk])
    assert client.get(answer["Location"]).context["has_file"]
    told = bytes_of(client.get(file)).decode("utf-8-sig")
    assert [code in told for code in ("LS-1", "LS-2", "LS-3")] == [True, False, False]
    user.memberships.all().delete()
    assert client.get(file).status_code in {302, 403, 404}


def test_others_see_that_a_file_went_out_and_not_what_is_in_it(client: Client, ours: Organization) -> None:
    make_line(organization=ours, code="LS-1")
    sign_in(client, ours, Role.VIEWER)
    client.post(address(Line, "export"), {"format": "csv"})
    work()
    job = FileJob.objects.get()

    colleague, stranger = Client(), Client()
    colleague.force_login(give_role(make_user(), ours, Role.ADMIN))
    stranger.force_login(give_role(make_user(), make_organization(), Role.ADMIN))

    pages = {
        name: reverse(f"admin:incidents_filejob_{name}", args=[job.pk])
        for name in ("change", "progress", "file")
    }
    assert [colleague.get(each).status_code for each in pages.values()] == [200, 200, 404]
    assert [stranger.get(each).status_code for each in pages.values()] == [404, 404, 404]
    assert colleague.post(pages["change"], {"do": "cancel"}).status_code == 403


def test_a_file_is_gone_when_its_time_is_over(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.VIEWER)
    client.post(address(Line, "export"), {"format": "xlsx"})
    work()
    job = FileJob.objects.get()
    file = reverse("admin:incidents_filejob_file", args=[job.pk])
    assert client.get(file).status_code == 200

    FileJob.objects.update(expires_at=timezone.now())

    assert client.get(file).status_code == 404


def test_only_sending_takes_a_list_and_only_in_known_formats(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.VIEWER)

    assert client.get(address(Line, "export")).status_code == 405
    assert client.post(address(Line, "export"), {"format": "exe"}).status_code == 403
    assert client.post(address(FileJob, "export"), {"format": "csv"}).status_code == 403
    assert not FileJob.objects.exists()


def test_templates_are_handed_out(client: Client, ours: Organization) -> None:
    sign_in(client, ours, Role.ADMIN)

    page = client.get(IMPORT)
    assert {kind.name for kind in page.context["kinds"]} == {"lines", "sections", "important-users"}
    for ending in ("csv", "xlsx"):
        answer = client.get(reverse("admin:incidents_filejob_template", args=["lines", ending]))
        assert bytes_of(answer)[:2] in {b"\xef\xbb", b"PK"}
    assert client.get(reverse("admin:incidents_filejob_template", args=["lines", "exe"])).status_code == 404
