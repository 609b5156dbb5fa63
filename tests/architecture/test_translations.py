"""Chinese is whole: nothing untranslated or doubtful, every place for a value kept, one word for one thing.

``make messages`` collects and compiles; the terms are in ``docs/glossary.md``.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation

from tests.architecture.catalogues import (
    CHINESE,
    Entry,
    Key,
    compiled,
    entries,
    of_others,
    placeholders,
    strings_in,
    strings_in_template,
    strings_of,
    written,
)
from tests.architecture.source import APPS, ROOT


def unfinished(catalogue: Iterable[Entry]) -> list[str]:
    """Return the messages without a translation, or with one that is marked as doubtful."""
    return [entry.key for entry in catalogue if entry.fuzzy or not entry.targets or not all(entry.targets)]


def unlike(catalogue: Iterable[Entry]) -> list[str]:
    """Return the messages whose translation has not the same places for values."""
    return [
        entry.key
        for entry in catalogue
        for target in entry.targets
        if placeholders(target) != placeholders(entry.sources[-1])
    ]


def torn(catalogue: Iterable[Entry], compiled: Mapping[Key, str]) -> set[Key]:
    """Return the messages about which the compiled catalogue says something else."""
    said: dict[Key, str] = {}
    for entry in catalogue:
        said |= entry.compiled
    return {key for key in said.keys() | compiled.keys() if said.get(key) != compiled.get(key)}


def ambiguous(catalogues: Iterable[Iterable[Entry]], others: Mapping[Key, set[str]]) -> dict[Key, set[str]]:
    """Return the messages that mean two things: all catalogues become one, and the first one wins."""
    meanings: dict[Key, set[str]] = {}
    for catalogue in catalogues:
        for entry in catalogue:
            for key, target in entry.compiled.items():
                meanings.setdefault(key, set()).add(target)
    alien = {key: said | others[key] for key, said in meanings.items() if not said <= others.get(key, said)}
    return alien | {key: said for key, said in meanings.items() if len(said) > 1}


@pytest.mark.parametrize("app", APPS)
def test_nothing_is_untranslated_or_doubtful(app: str) -> None:
    assert unfinished(written(app)) == []


@pytest.mark.parametrize("app", APPS)
def test_translations_keep_their_placeholders(app: str) -> None:
    assert unlike(written(app)) == []


@pytest.mark.parametrize("app", APPS)
def test_the_catalogue_has_every_string_of_the_sources_and_no_other(app: str) -> None:
    known, wanted = {entry.key for entry in written(app)}, strings_of(app)

    assert (sorted(wanted - known), sorted(known - wanted)) == ([], []), "run make messages"


@pytest.mark.parametrize("app", APPS)
def test_the_compiled_catalogue_is_the_written_one(app: str) -> None:
    assert torn(written(app), compiled(ROOT / app / CHINESE / "django.mo")) == set(), "run make messages"


def test_a_string_means_the_same_everywhere() -> None:
    """All catalogues become one: a "subject" cannot be a thing here and the head of a mail there."""
    assert ambiguous(map(written, APPS), of_others()) == {}


def chinese_refusals() -> set[str]:
    """Return the constraints whose refusal has Chinese characters in the language active now."""
    ours = (model for model in apps.get_models() if model._meta.app_label in APPS)
    rules = (rule for model in ours for rule in model._meta.constraints)
    return {rule.name for rule in rules if re.search("[一-鿿]", str(rule.violation_error_message))}


def test_no_refusal_is_frozen_in_the_language_of_the_start() -> None:
    """``_("…") % …`` outside of a function's call is a text; ``format_lazy`` waits for the reader."""
    with translation.override("zh-hans"):
        assert "place_latitude_in_range" in chinese_refusals()
    with translation.override("en"):
        assert chinese_refusals() == set()


MADE_UP = """
#, fuzzy
msgid "May"
msgstr "允许"

msgid "%(n)d of "
"{x}"
msgid_plural "more"
msgstr[0] ""

msgctxt "door"
msgid "Open"
msgstr "打开 %s"

#~ msgid "Gone"
#~ msgstr "没了"
"""


def test_what_these_tests_look_for_would_be_found(tmp_path: Path) -> None:
    doubtful, empty, unlike_ = catalogue = list(entries(MADE_UP))

    assert (doubtful.sources, doubtful.targets, doubtful.fuzzy) == (["May"], ["允许"], True)
    assert (empty.sources, empty.targets, empty.fuzzy) == (["%(n)d of {x}", "more"], [""], False)
    assert unfinished(catalogue) == ["May", "%(n)d of {x}"]
    assert unlike([doubtful, unlike_]) == ["door\x04Open"]
    assert placeholders("%(n)d of {x} 5%% %s") == ["%(n)d", "%s", "{x}"]
    assert torn([doubtful], {"May": "允许"}) == set()
    assert torn(catalogue, {"May": "五月", "new": "新"}) == {
        "May",
        ("%(n)d of {x}", 0),
        "door\x04Open",
        "new",
    }


def test_a_string_that_means_two_things_would_be_found() -> None:
    ours, same = Entry("", ["May"], ["允许"]), Entry("", ["Home"], ["首页"])
    theirs: dict[Key, set[str]] = {"May": {"五月"}, "Home": {"首页", "主页"}}

    assert ambiguous([[ours, same]], theirs) == {"May": {"允许", "五月"}}
    assert ambiguous([[ours], [Entry("", ["May"], ["可以"])]], {}) == {"May": {"允许", "可以"}}


def test_a_string_of_the_sources_would_be_found() -> None:
    source = "_('a' 'b'); translation.gettext('c'); ngettext('d', 'ds', n); pgettext('door', 'e'); say('f')"
    template = "{% translate 'a' %}{{ _('b') }}{% blocktranslate %}{{ n }} c{% endblocktranslate %}"

    assert strings_in(ast.parse(source)) == {"ab", "c", "d", "door\x04e"}
    assert strings_in_template(template) == {"a", "b", "%(n)s c"}
    assert strings_in_template("{% translate 'Open' context 'door' %}") == {"door\x04Open"}
    assert "Nothing was written. Please look at this:" in strings_of("incidents")
