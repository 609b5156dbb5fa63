"""The glossary says what the pages say."""

import re

from django.db.models import Model
from django.utils import translation

from incidents import choices as vocabularies
from incidents import models as record
from tests.architecture.source import ROOT
from tracker import choices as watch_vocabularies
from tracker import models as watch

MODULES = (record, watch, vocabularies, watch_vocabularies)
_ROW = re.compile(r"^\| `([\w.]+)` \| (.+?) \| (.+?) \| .+ \|$", re.MULTILINE)


def glossary() -> list[tuple[str, str, str]]:
    """Return code, Chinese and English term of each row that has a code."""
    rows = _ROW.finditer((ROOT / "docs/glossary.md").read_text())
    return [(row[1], row[2], row[3]) for row in rows]


def label(code: str) -> str:
    """Return what a model, a field of one or a value of a vocabulary is called in the language active now."""
    name, _, part = code.partition(".")
    named = next(getattr(module, name) for module in MODULES if hasattr(module, name))
    if not issubclass(named, Model):
        return str(named[part].label)
    return str(named._meta.get_field(part).verbose_name if part else named._meta.verbose_name)


def test_chinese_terms_are_those_of_the_pages() -> None:
    with translation.override("zh-hans"):
        assert [(code, label(code)) for code, _, _ in glossary()] == [
            (code, chinese) for code, chinese, _ in glossary()
        ]


def test_english_terms_are_those_of_the_pages() -> None:
    with translation.override("en"):
        assert [(code, label(code).lower()) for code, _, _ in glossary()] == [
            (code, english.lower()) for code, _, english in glossary()
        ]


def test_each_term_stands_once() -> None:
    codes = [code for code, _, _ in glossary()]

    assert len(codes) == len(set(codes))
    assert {"Outage", "OutageKind.SWITCHED_OFF", "RestorationStep", "Alert"} <= set(codes)
