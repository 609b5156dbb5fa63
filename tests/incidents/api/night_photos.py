"""The storm night of :mod:`tests.incidents.api.night`: photos, announced as text and uploaded in pieces."""

import base64
import hashlib

from incidents.services import photos as studio
from tests.incidents.api.examples import NOW, Night, at

# Always the same bytes: what was announced stands in the description.
PHOTO = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDACgcHiMeGSgjISMtKygwPGRBPDc3PHtYXUlkkYCZlo+AjIqgtObDoKrarYqMyP/L2u71"
    "////m8H////6/+b9//j/wAALCAAQABABAREA/8QAFQABAQAAAAAAAAAAAAAAAAAAAAP/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/9oA"
    "CAEBAAA/AKAP/9k="
)
PIECE = 100


def photos(night: Night, outage: str) -> None:
    """Upload one, end another, withdraw a third, and look at the first."""
    stopped = announce(night, outage, caption="拍糊了")
    night.tus("delete", f"attachments/{stopped}/")
    wrong = announce(night, outage, caption="横担")
    upload(night, wrong)
    night.do("attachments", wrong, "withdraw", at=at("08:00"), reason="拍到无关人员")
    photo = announce(night, outage, caption="毛竹压线")
    upload(night, photo)
    for picture in ("file", "thumbnail"):
        night.see(f"attachments/{photo}/{picture}/")


def announce(night: Night, outage: str, *, caption: str) -> str:
    return night.new(
        "attachments",
        outage=outage,
        size=len(PHOTO),
        sha256=hashlib.sha256(PHOTO).hexdigest(),
        caption=caption,
        name="IMG_0001.jpg",
        taken_at=at("22:12"),
    )


def upload(night: Night, photo: str) -> None:
    """Send it in two pieces, and ask between them; then it is prepared."""
    address = f"attachments/{photo}/"
    night.tus("patch", address, PHOTO[:PIECE], offset=0)
    night.tus("head", address)
    night.tus("patch", address, PHOTO[PIECE:], offset=PIECE)
    assert studio.prepare_due(now=NOW) == 1
