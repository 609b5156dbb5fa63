"""The pictures of docs/pictures/, taken anew of an exercise storm: ``make pictures``."""

from io import BytesIO
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
NIGHT = ("board", "outage")  # also taken by night


@pytest.fixture
def dispatcher(web: Web) -> User:
    return scene.play(size=200, now=timezone.now())


def test_pictures_are_taken(chromium: Browser, web: Web, dispatcher: User) -> None:
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        for size, (width, height) in SIZES.items():
            for scheme in SCHEMES:
                context = chromium.new_context(
                    base_url=web.address,
                    color_scheme=scheme,
                    viewport={"width": width, "height": height},
                    has_touch=size == "phone",
                )
                context.add_cookies([{"name": "django_language", "value": language, "url": web.address}])
                page = context.new_page()
                for name, address in scene.addresses().items():
                    if scheme == "dark" and name not in NIGHT:
                        continue
                    if name != "sign-in":
                        sign_in(context, dispatcher, web)
                    scene.keep_alive()
                    page.goto(address)
                    page.wait_for_timeout(300)
                    assert faults(page) == [], name
                    night = ".night" if scheme == "dark" else ""
                    store(page.screenshot(), FOLDER / f"{name}{night}.{size}.{language}.png")
                context.close()


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
