"""Chinese is whole: nothing untranslated, nothing doubtful, every place for a value kept."""

import pytest
from django.utils import translation

from tests.architecture.catalogues import (
    compiled,
    entries,
    folder_of,
    placeholders,
    strings_of,
)
from tests.architecture.source import APPS

# The same in Chinese, with the reason.
SAME = {
    "CGCS2000": "name of a datum",
    "WGS 84": "name of a datum",
}


@pytest.mark.parametrize("app", APPS)
def test_nothing_is_untranslated_or_doubtful(app: str) -> None:
    catalogue = list(entries((folder_of(app) / "django.po").read_text()))

    assert [entry.sources[0] for entry in catalogue if entry.fuzzy] == []
    assert [entry.sources[0] for entry in catalogue if not all(entry.targets)] == []


@pytest.mark.parametrize("app", APPS)
def test_translations_keep_their_placeholders(app: str) -> None:
    catalogue = list(entries((folder_of(app) / "django.po").read_text()))

    wrong = [
        entry.sources[0]
        for entry in catalogue
        for target in filter(None, entry.targets)
        if placeholders(target) not in [placeholders(source) for source in entry.sources]
    ]

    assert wrong == []


@pytest.mark.parametrize("app", APPS)
def test_every_string_of_the_sources_is_in_a_catalogue(app: str) -> None:
    known = {entry.sources[0] for entry in entries((folder_of(app) / "django.po").read_text())}
    with translation.override("zh-hans"):
        of_django = {text for text in strings_of(app) - known if translation.gettext(text) != text}

    assert sorted(strings_of(app) - known - of_django - SAME.keys()) == []


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_is_the_written_one(app: str) -> None:
    written = {
        entry.sources[0]: entry.targets[0] for entry in entries((folder_of(app) / "django.po").read_text())
    }

    assert compiled(folder_of(app) / "django.mo") == written


def test_what_these_tests_look_for_would_be_found() -> None:
    text = '#, fuzzy\nmsgid "a"\nmsgstr "b"\n\nmsgid "%(n)d of {x}"\nmsgid_plural ""\n"more"\nmsgstr[0] ""\n'

    doubtful, empty = entries(text)

    assert (doubtful.fuzzy, doubtful.sources, doubtful.targets) == (True, ["a"], ["b"])
    assert (empty.fuzzy, empty.sources, empty.targets) == (False, ["%(n)d of {x}", "more"], [""])
    assert placeholders("%(n)d of {x} 5%%") == ["%(n)d", "{x}"]
    assert "Ice Storm Tracker" in strings_of("config")
    assert "Nothing was written. Please look at this:" in strings_of("incidents")
