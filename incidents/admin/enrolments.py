"""Enrolling a phone: the page that shows the one-time code, and the codes that were shown."""

import json
from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib import admin
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, given
from incidents.admin.forms import ReasonForm
from incidents.admin.verbs import Verb, VerbForm
from incidents.choices import DeviceScope
from incidents.journal import Actor
from incidents.models import EnrolmentCode, User
from incidents.services import enrolments

_GROUP = 4  # signs of a code that are typed in one go


class EnrolmentForm(VerbForm):
    """What a person's phone may do, and for how long."""

    scopes = forms.MultipleChoiceField(
        label=_("Allowed"),
        choices=DeviceScope.choices,
        initial=DeviceScope.values,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(label=_("Valid for (days)"), min_value=1, max_value=90, initial=90)


def _offer(user: User, *, by: Actor, days: int, **known: Any) -> tuple[EnrolmentCode, str]:
    valid_for = timedelta(minutes=settings.ENROLMENT_CODE_MINUTES)
    return enrolments.offer(user=user, by=by, lasting=timedelta(days=days), valid_for=valid_for, **known)


def _picture(offered: tuple[EnrolmentCode, str]) -> str:
    """Return the code for the camera, and for fingers; no style or script, as the pages' policy wants it."""
    row, code = offered
    held = json.dumps({"v": 1, "url": settings.PUBLIC_URL, "code": code}, separators=(",", ":"))
    drawn = segno.make(held, error="m", micro=False).svg_inline(scale=6, border=4, light="#fff")
    context = {
        "row": row,
        "picture": mark_safe(drawn),  # noqa: S308 - drawn from numbers: no sign of the text is in it
        "address": settings.PUBLIC_URL,
        "parts": [code[start : start + _GROUP] for start in range(0, len(code), _GROUP)],
        "minutes": settings.ENROLMENT_CODE_MINUTES,
    }
    return render_to_string("admin/incidents/enrolment.html", context)


enrol_verb = Verb(
    name="enrol",
    label=_("Enrol a phone"),
    call=_offer,
    right=Right.MANAGE,
    form=EnrolmentForm,
    offered=lambda user: user.is_active,
    help_text=_("Shows a code that the phone reads. An earlier code for this person ends."),
    tell=_picture,
)


@admin.register(EnrolmentCode)
class EnrolmentCodeAdmin(RecordAdmin):
    """Codes by which phones were or are to be enrolled; the codes themselves are never shown again."""

    rank = 14
    needs = frozenset({Right.GUARD})
    list_display = ["user", "issued_by", "issued_at", "expires_at", "used_at", "withdrawn_at", "device"]
    list_filter = [given("used_at"), given("withdrawn_at")]
    search_fields = ["user__display_name", "user__username"]
    date_hierarchy = "issued_at"
    ordering = ["-issued_at", "-pk"]
    themes = [
        (None, ["user", "scopes", "lasting", "device"]),
        (_("Validity"), ["issued_by", "issued_at", "expires_at", "used_at", "withdrawn_at"]),
    ]

    verbs = [
        Verb(
            name="withdraw",
            label=_("Withdraw the code"),
            call=enrolments.withdraw,
            right=Right.GUARD,
            form=ReasonForm,
            offered=lambda code: code.used_at is None and code.withdrawn_at is None,
            many=True,
        ),
    ]
