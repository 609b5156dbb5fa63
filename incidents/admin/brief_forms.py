"""The form of one piece of a brief: what was read, to be corrected field by field."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.admin.brief_words import CODES, LABELS
from incidents.models import BriefItem, Crew
from incidents.rules.briefs.fields import FIELDS, Field, Form
from incidents.rules.briefs.stored import Stored

_UNKNOWN: Final = [("", _("unknown"))]
_YES_NO: Final = [*_UNKNOWN, ("yes", _("yes")), ("no", _("no"))]
_KEPT: Final = ("line", "branch", "pole_no")


class PieceForm(forms.Form):
    """The fields of a piece, empty where a brief does not say; the service says what is needed."""

    def __init__(
        self,
        item: BriefItem,
        data: Any = None,
        *,
        divisions: Mapping[str, str],
        crews: Sequence[Crew] = (),
    ) -> None:
        """Make the fields of the piece's kind.

        Args:
            item: The piece.
            data: What was sent.
            divisions: Code → name of the places that it may mean.
            crews: Crews that a job can be given to.
        """
        super().__init__(data, prefix=f"p{item.seq}")
        self.item = item
        self.names: dict[str, list[str]] = {}
        self._start: dict[str, Any] = {}
        for name, field in FIELDS[item.kind].items():
            told = item.values.get(name)
            for suffix, made, start in _parts(field, told, divisions, crews):
                self.names.setdefault(name, []).append(name + suffix)
                self._start[name + suffix] = start
                made.required, made.initial = False, start
                made.label = LABELS.get(name, name) if not suffix else _("which one")
                self.fields[name + suffix] = made

    def edits(self) -> dict[str, Any]:
        """Return what a person says otherwise, by field."""
        found: dict[str, Any] = {}
        for name, parts in self.names.items():
            given = {part: self.cleaned_data.get(part) for part in parts}
            if any(_plain(given[part]) != _plain(self._start[part]) for part in parts):
                found[name] = self._edit(name, given)
        return found

    def refuse(self, name: Any, sentence: str) -> None:
        """Show a refusal beside the field that it is about, or above the piece."""
        self.add_error(name if name in self.fields else None, sentence)

    def _edit(self, name: str, given: Mapping[str, Any]) -> Any:
        value, form = given[name], FIELDS[self.item.kind][name].form
        told = self.item.values.get(name)
        if form == Form.PLACE:
            place = told["value"] if told else {}
            is_same = value == place.get("text")
            kept = {part: place.get(part) or "" for part in _KEPT} if is_same else {}
            words = str(value or "")
            code = given[f"{name}_code"]
            if not words and not code:
                return None
            # Other words and the old choice: the words count, and are looked up anew.
            is_stale = not is_same and code == self._start[f"{name}_code"]
            return {"text": words, "code": None if is_stale else code or None, **kept}
        if form == Form.PLACES:
            known = {each["value"]["text"]: each["value"] for each in told or ()}
            lines = [line.strip() for line in str(value).splitlines() if line.strip()]
            return [_without_candidates(known.get(line, {"text": line})) for line in lines]
        return value or None


def _parts(
    field: Field, told: Any, divisions: Mapping[str, str], crews: Sequence[Crew]
) -> list[tuple[str, forms.Field, Any]]:
    """Return suffix, field and first value of each control of a field."""
    value = told["value"] if isinstance(told, dict) else None
    match field.form:
        case Form.PLACE:
            return _place(value or {}, divisions)
        case Form.PLACES:
            words = "\n".join(each["value"]["text"] for each in told or ())
            return [("", forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), max_length=2000), words)]
        case Form.CODES:
            codes = [each["value"] for each in told or ()]
            boxes = forms.CheckboxSelectMultiple
            return [("", forms.MultipleChoiceField(choices=field.choices(), widget=boxes), codes)]
        case Form.CODE:
            named = [(code, CODES.get(code, name)) for code, name in field.choices()]
            return [("", forms.ChoiceField(choices=[*_UNKNOWN, *named]), value or "")]
        case _:
            return [("", *_plain_control(field, value, crews))]


def _plain_control(field: Field, value: Any, crews: Sequence[Crew]) -> tuple[forms.Field, Any]:
    if field.form == Form.FLAG:
        return forms.ChoiceField(choices=_YES_NO), "" if value is None else "yes" if value else "no"
    if field.form == Form.CREW:
        return forms.ChoiceField(choices=[*_UNKNOWN, *((str(crew.uuid), str(crew)) for crew in crews)]), ""
    attrs = {"inputmode": "decimal"} if field.form in (Form.COUNT, Form.NUMBER) else {}
    if field.form == Form.MOMENT:
        attrs = {"placeholder": "2024-02-26 21:10"}
        value = value["word"].replace("T", " ") if value else ""
    return forms.CharField(widget=forms.TextInput(attrs=attrs), max_length=300), "" if value is None else str(
        value
    )


def _place(value: Mapping[str, Any], divisions: Mapping[str, str]) -> list[tuple[str, forms.Field, Any]]:
    """Return the words of a place, and the divisions to choose from where any may be meant."""
    codes = dict.fromkeys(filter(None, [value.get("code"), *value.get("candidates", ())]))
    choices = [("", _("in these words only")), *((code, divisions.get(code, code)) for code in codes)]
    chosen = forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
    return [
        ("", forms.CharField(max_length=200), value.get("text", "")),
        ("_code", chosen, value.get("code") or ""),
    ]


def _without_candidates(place: Stored) -> Stored:
    return {name: part for name, part in place.items() if name != "candidates"}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else str(value or "").replace("\r\n", "\n").strip()
