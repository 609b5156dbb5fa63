"""An officer imports a ledger with an error, mends it, and takes the list out again; also without scripts."""

from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from incidents.access.files import reader_at
from incidents.choices import Role
from incidents.models import Line, Organization, User
from incidents.services import file_jobs
from tests.browser.axe import faults
from tests.browser.conftest import Web, sign_in
from tests.desk import give_role

pytestmark = [pytest.mark.alone, pytest.mark.long]  # a browser beside the others is slow enough to fail

LEDGER = "线路编号,线路名称,电压等级（kV）,用户数\nLS-1001,横岗1001线,10,1280\nLS-1002,太平1002线,10,很多\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "台账.csv"
    path.write_bytes(LEDGER.encode("gbk"))
    return path


def work(steps: int = 20) -> None:
    now = timezone.now()
    file_jobs.work(now=now, reader_of=reader_at(now), most=steps)


def send(page: Page, path: Path) -> None:
    page.goto(reverse("admin:incidents_filejob_import"))
    page.select_option("select[name=kind]", "lines")
    page.select_option("select[name=organization]", index=1)
    page.set_input_files("input[name=file]", str(path))
    page.click("form input[type=submit].default")
    page.wait_for_selector("#job-progress")


def test_a_ledger_with_an_error_is_imported_mended_and_taken_out_again(
    page: Page, ours: Organization, officer: User, ledger: Path, tmp_path: Path
) -> None:
    give_role(officer, ours, Role.ADMIN)
    send(page, ledger)
    work()
    expect(page.locator("details.outcome", has_text="很多")).to_be_visible(timeout=15_000)  # by itself
    assert not Line.objects.exists()
    assert faults(page) == []

    with page.expect_download() as taken:
        page.get_by_role("link", name="下载有错误的行").click()
    page.check("input[name=leave_out]")
    page.click("button[value=confirm]")
    work()
    expect(page.locator(".tallies")).to_contain_text("已写入", timeout=15_000)
    assert Line.objects.get().customers == 1280

    mended = tmp_path / "改正.csv"
    mended.write_bytes(Path(taken.value.path()).read_bytes().replace("很多".encode(), b"860"))
    send(page, mended)
    work()
    page.locator("button[value=confirm]").click(timeout=15_000)
    work()
    expect(page.locator(".tallies")).to_contain_text("已写入", timeout=15_000)
    assert Line.objects.get(code="LS-1002").customers == 860

    page.goto(reverse("admin:incidents_line_changelist"))
    page.click(".exports button[value=csv]")
    work()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载文件").click(timeout=15_000)
    told = Path(taken.value.path()).read_bytes().decode("utf-8-sig")
    assert "横岗1001线" in told
    assert "太平1002线" in told


def test_the_pages_fit_a_phone_and_need_no_scripts(
    chromium: Browser, web: Web, officer: User, ours: Organization, ledger: Path
) -> None:
    give_role(officer, ours, Role.ADMIN)
    context = chromium.new_context(
        base_url=web.address, java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    sign_in(context, officer, web)
    page = context.new_page()
    send(page, ledger)
    work()

    page.reload()

    expect(page.locator("details.outcome", has_text="很多")).to_be_visible()
    box = page.locator("button[value=confirm]").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    context.close()
