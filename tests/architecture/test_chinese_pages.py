"""On the pages of the back office a reader of Chinese finds no English, and a browser no inline code."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from incidents import models as record
from incidents.choices import Language
from tests.factories import make_organization, make_user
from tests.world import World, divisions
from tracker import models as watch
from tracker.choices import Part

# Latin words that a Chinese page shows, with the reason; single letters and words with digits are free.
UNITS = {"cm", "kV", "kW", "min", "mm", "MW"}
GRADES = {"II", "III", "IV"}
NAMES = {
    "English": "the button to the other language",
    "CSV": "a form of tables",
    "Excel": "a product",
    "xlsx": "a form of tables",
    "WGS": "a datum",
    "Redis": "a product",
    "JPEG": "a form of pictures",
    "PNG": "a form of pictures",
    "WebP": "a form of pictures",
    "http": "what an address begins with",
    "https": "what an address begins with",
}
# What a held fact keeps as it was told, and what a cursor's scope holds: names of fields and codes.
KEPT = {"at", "bad-transition", "field", "locate", "located_at", "organizations", "value"}
# What tests/world.py writes into free text, names of files and queries of views.
OF_THE_ROWS = {"outage", "lineSection", "test", "lines", "status__exact", "reported"}
DEED = re.compile(r"[a-z_]+\.[a-z_]+")  # codes of the journal, as outage.confirmed
# Codes of what words of briefs mean, and of the records in their test lines.
OF_THE_VOCABULARY = {"unit", "line", "unit.line", "total", "subject", "areas", "state", "out"}
FREE = UNITS | GRADES | NAMES.keys() | OF_THE_ROWS | KEPT | OF_THE_VOCABULARY

INLINE = re.compile(
    r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")[^>]*>|<style|\sstyle=|\son\w+=\""
)

_CODE = {"script", "style"}
_WORD = re.compile(r"[A-Za-z][\w.@’'-]*[A-Za-z]", re.ASCII)


class Visible(HTMLParser):
    """What people see and what is read out to them, without code."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what an element says beside its text."""
        told = dict(attrs)
        names = ["placeholder", "title", "aria-label"]
        names += ["value"] if tag == "input" and told.get("type") == "submit" else []
        self.texts += [told.get(name) or "" for name in names]
        self._code = tag in _CODE

    def handle_endtag(self, tag: str) -> None:
        """Leave code."""
        self._code = self._code and tag not in _CODE

    def handle_data(self, data: str) -> None:
        """Keep text."""
        if not self._code:
            self.texts.append(data)


def latin_words(html: str) -> set[str]:
    """Return the Latin words of a page that are not free."""
    page = Visible()
    page.feed(html)
    words = {word for text in page.texts for word in _words(text)}
    return {word for word in words - FREE if not DEED.fullmatch(word)}


def _words(text: str) -> Iterator[str]:
    """Return the words of two and more letters; whoever has a digit is a number of something."""
    for token in re.split(r"[\s/:,()<>（），。；：、【】]+", text):
        if not re.search(r"[\d@]", token):
            yield from _WORD.findall(token)


@pytest.fixture
def world(db: None) -> World:
    made = World(make_organization())
    made.rows[record.Division] = divisions()
    made.rows[watch.Heartbeat] = [watch.Heartbeat.objects.create(name=part) for part in Part]
    return made


def pages(world: World) -> Iterator[str]:
    """Return every page of the back office, verbs too."""
    yield reverse("admin:index")
    yield reverse("admin:password_change")
    for model, page in admin.site._registry.items():
        key = world.first(model).pk
        yield address(model, "changelist")
        yield address(model, "change", key)
        if getattr(page, "add_verb", None) is not None:
            yield address(model, "add")
        for verb in getattr(page, "verbs", []):
            yield f"{address(model, 'do', verb.name)}?pk={key}"


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def shown(client: Client, urls: Iterator[str]) -> dict[str, str]:
    """Return the HTML of each page, all of which open."""
    pages = {}
    for url in urls:
        response = client.get(url)
        assert response.status_code == 200, url
        pages[url] = response.content.decode()
    return pages


def english_on(pages: dict[str, str]) -> dict[str, set[str]]:
    """Return the English words of each page that has some."""
    return {url: words for url, html in pages.items() if (words := latin_words(html))}


def inline_on(pages: dict[str, str]) -> dict[str, str]:
    """Return what each page carries that ``default-src 'self'`` forbids."""
    return {url: found.group() for url, html in pages.items() if (found := INLINE.search(html))}


def test_no_page_shows_english_to_somebody_who_reads_chinese_or_needs_inline_code(
    client: Client, world: World
) -> None:
    client.force_login(make_user(username="管理员", is_superuser=True, language=Language.CHINESE))

    walked = shown(client, pages(world))

    assert english_on(walked) == {}
    assert inline_on(walked) == {}


def test_signing_in_is_chinese(client: Client, db: None) -> None:
    login = reverse("admin:login")

    wrong = client.post(login, {"username": "谁", "password": "x"}).content.decode()

    assert latin_words(client.get(login).content.decode()) == set()
    assert latin_words(wrong) == set()


def test_a_refused_form_is_chinese(client: Client, world: World) -> None:
    client.force_login(make_user(username="管理员", is_superuser=True))
    passwords = {"old_password": "x", "new_password1": "short", "new_password2": "short"}
    empty = client.post(address(record.Outage, "add"), {}).content.decode()

    short = client.post(reverse("admin:password_change"), passwords).content.decode()

    assert latin_words(empty) == set()
    assert latin_words(short) == set()


def test_english_would_be_found(client: Client, world: World) -> None:
    client.force_login(make_user(username="管理员", is_superuser=True, language=Language.ENGLISH))

    words = english_on(shown(client, iter([address(record.Outage, "changelist")])))

    assert words[address(record.Outage, "changelist")] >= {"Outages", "Cause", "Voltage"}
    assert latin_words('<p title="Why">横岗村: None °C, 10 kV, E01</p><script>var code</script>') == {
        "Why",
        "None",
    }


def test_inline_code_would_be_found() -> None:
    assert inline_on(
        {
            "script": "<script>go()</script>",
            "event": '<a onclick="go()">',
            "style": '<p style="color: red">',
            "allowed": '<script src="/static/a.js"></script><script type="application/json">{}</script>',
        }
    ).keys() == {"script", "event", "style"}
