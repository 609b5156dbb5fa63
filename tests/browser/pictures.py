"""The pictures of docs/pictures/, taken anew of an exercise storm: ``make pictures``."""

from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser

from incidents.models import User
from tests.architecture.source import ROOT
from tests.browser import scene
from tests.browser.axe import faults
from tests.browser.conftest import Web, sign_in

FOLDER = ROOT / "docs" / "pictures"
LARGEST_BYTES = 150_000
SIZES = {"wide": (1920, 1080), "phone": (390, 844)}
LANGUAGES = ("zh-hans", "en")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
NIGHT = ("board", "outage", "map")  # also taken by night
PHONE = ("board", "overview", "outages", "map")  # also taken on a phone


@pytest.fixture
def dispatcher(web: Web) -> User:
    return scene.play(size=200, now=timezone.now())


def test_pictures_are_taken(chromium: Browser, web: Web, dispatcher: User) -> None:
    FOLDER.mkdir(exist_ok=True)
    for language, size, scheme in product(LANGUAGES, SIZES, SCHEMES):
        width, height = SIZES[size]
        context = chromium.new_context(
            base_url=web.address,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            has_touch=size == "phone",
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": web.address}])
        page = context.new_page()
        for name, address in wanted(size, scheme).items():
            if name != "sign-in":
                sign_in(context, dispatcher, web)
            scene.keep_alive()
            page.goto(address)
            page.wait_for_timeout(300)
            if (size, language) == ("wide", "zh-hans"):
                assert faults(page) == [], name
            night = ".night" if scheme == "dark" else ""
            store(page.screenshot(), FOLDER / f"{name}{night}.{size}.{language}.png")
        context.close()


def wanted(size: str, scheme: str) -> dict[str, str]:
    """Return the pages that are taken so, by name."""
    chosen = set(scene.addresses())
    chosen &= set(NIGHT) if scheme == "dark" else chosen
    chosen &= set(PHONE) if size == "phone" else chosen
    return {name: address for name, address in scene.addresses().items() if name in chosen}


def store(data: bytes, path: Path) -> None:
    """Store a picture with few colours, as few as it takes to stay small."""
    picture = Image.open(BytesIO(data)).convert("RGB")
    sizes = {}
    for colours in (256, 128, 64, 32):
        written = BytesIO()
        picture.quantize(colours).save(written, "PNG", optimize=True)
        sizes[colours] = written.tell()
        if written.tell() <= LARGEST_BYTES:
            path.write_bytes(written.getvalue())
            return
    raise AssertionError(f"{path.name}: {sizes}")
