"""What briefs say of an outage, on its page: the pieces about it, and what the same brief tells beside it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from incidents.admin.brief_words import CODES, LABELS
from incidents.choices import BriefItemKind, BriefItemState
from incidents.models import BriefItem, Outage
from incidents.rules.briefs.fields import FIELDS, Field, Form
from incidents.rules.briefs.settled import settled
from incidents.rules.briefs.values import Moment

_BESIDE: Final = (BriefItemKind.WEATHER, BriefItemKind.DEPLOYMENT, BriefItemKind.ASSIGNMENT)
"""Kinds that belong to no single outage and that its page tells all the same: they stay whose they are."""


class ToldInBriefs:
    """The line of a page that shows what briefs say of an outage."""

    @admin.display(description=_("In briefs"))
    def told_in_briefs(self, outage: Outage) -> str:
        """Return the confirmed pieces of each brief about an outage, linked to their words."""
        about = list(BriefItem.objects.filter(record_type="outage", record_uuid=outage.uuid).order_by("pk"))
        if not about:
            return "–"
        rows = BriefItem.objects.filter(
            brief__in=[item.brief_id for item in about], state=BriefItemState.CONFIRMED
        ).select_related("brief")
        of_outage = {item.pk for item in about}
        told = [
            item
            for item in rows.order_by("brief_id", "seq")
            if item.pk in of_outage or item.of_id in of_outage or item.kind in _BESIDE
        ]
        lines = ((_address(item), item, _summary(item)) for item in told)
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a>: {}</li>', lines))


def _address(item: BriefItem) -> str:
    return f"{reverse('admin:incidents_brief_change', args=[item.brief_id])}#p{item.seq}"


def _summary(item: BriefItem) -> str:
    """Return what a piece says, as it was confirmed."""
    said = settled(item.kind, item.values, item.edits)
    return "；".join(_words(item.kind, said))


def _words(kind: str, said: Mapping[str, Any]) -> Iterable[str]:
    for name, field in FIELDS[kind].items():
        value = said.get(name)
        if value not in (None, []):
            yield f"{LABELS.get(name, name)} {_word(field, value)}"


def _word(field: Field, value: Any) -> str:
    if field.form in (Form.CODE, Form.CODES):
        named = {code: CODES.get(code, name) for code, name in field.choices()}
        return "、".join(
            str(named.get(code, code)) for code in (value if isinstance(value, list) else [value])
        )
    return _FORMS.get(field.form, str)(value)


def _moment(value: Moment) -> str:
    return f"{value.at:%Y-%m-%d %H:%M}" if value.at else str(value.on or "")


_FORMS: Final[dict[Form, Callable[[Any], str]]] = {
    Form.PLACE: lambda value: str(value.text),
    Form.PLACES: lambda value: "、".join(each.text for each in value),
    Form.MOMENT: _moment,
    Form.FLAG: lambda value: str(_("yes") if value else _("no")),
    Form.NUMBER: lambda value: f"{value.normalize():f}",
}
