"""What a mail carries beside its plain text: HTML with a picture in it, and files."""

from dataclasses import dataclass
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

PICTURE = "curve@report"  # content id that the HTML names


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Enclosures:
    """Everything beside the plain text.

    Attributes:
        picture: A PNG that the HTML shows; empty without one.
    """

    html: str
    picture: bytes = b""
    attached: tuple[Enclosure, ...] = ()


def body(text: str, enclosed: Enclosures, *, mark: str) -> bytes:
    """Return the parts of a mail with their headers, lines ended by CRLF; the first is the plain text.

    Args:
        text: The plain text.
        enclosed: What goes beside it.
        mark: Letters and digits for the borders between the parts; the same mark gives the same bytes.
    """
    mixed = _multipart("mixed", f"m{mark}")
    either = _multipart("alternative", f"a{mark}")
    either.attach(MIMEText(text, "plain", "utf-8"))
    shown = MIMEText(enclosed.html, "html", "utf-8")
    either.attach(_with_picture(shown, enclosed.picture, mark) if enclosed.picture else shown)
    mixed.attach(either)
    for each in enclosed.attached:
        part = MIMEApplication(each.content, each.mime.partition("/")[2])
        part.add_header("Content-Disposition", "attachment", filename=each.name)
        mixed.attach(part)
    return mixed.as_bytes(policy=SMTP)


def _with_picture(shown: MIMEBase, picture: bytes, mark: str) -> MIMEMultipart:
    related = _multipart("related", f"r{mark}")
    related.attach(shown)
    part = MIMEImage(picture, "png")
    part.add_header("Content-ID", f"<{PICTURE}>")
    part.add_header("Content-Disposition", "inline", filename="curve.png")
    related.attach(part)
    return related


def _multipart(kind: str, border: str) -> MIMEMultipart:
    return MIMEMultipart(kind, boundary=f"=_{border}")
