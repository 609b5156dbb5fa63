"""Safety briefings."""

import re
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, given
from incidents.admin.fields import moment, text
from incidents.admin.forms import AtForm, form_of
from incidents.admin.verbs import Verb
from incidents.models import SafetyBriefing
from incidents.services import briefings

_CONTENTS = ["given_by", "topics", "text", "signed_by"]


def _names() -> dict[str, Any]:
    return {"signed_names": text(_("Visitors who signed, separated by commas"), required=False, long=True)}


BriefedForm = form_of(SafetyBriefing, *_CONTENTS, base=AtForm, also=_names())
_RecordForm = form_of(
    SafetyBriefing,
    "deployment",
    "assignment",
    *_CONTENTS,
    also={**_names(), "at": moment(_("Given"))},
    rights={"deployment": Right.OPERATE, "assignment": Right.RECORD},
)
_SignForm = form_of(SafetyBriefing, "signed_by", base=AtForm, also=_names())


def with_names(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a service as a form calls it: the names of visitors come as one text."""

    @transaction.atomic
    def run(*rows: Any, signed_names: str = "", **said: Any) -> Any:
        names = [name.strip() for name in re.split(r"[,，、;；\n]", signed_names)]
        return call(*rows, signed_names=[name for name in names if name], **said)

    return run


@admin.register(SafetyBriefing)
class SafetyBriefingAdmin(RecordAdmin):
    """Which dangers were told to whom, and who signed."""

    rank = 52
    list_display = ["given_at", "deployment", "assignment", "given_by", "topics", "received_at"]
    list_filter = [given("deployment")]
    search_fields = ["given_by", "text", "assignment__crew__name", "deployment__organization__name"]
    date_hierarchy = "given_at"
    ordering = ["-given_at", "-pk"]
    themes = [
        (None, ["deployment", "assignment", "given_at", "given_by", "topics", "text"]),
        (_("Signatures"), ["signed_by", "signed_names"]),
    ]

    add_verb = Verb(
        name="record",
        label=_("Record a briefing"),
        call=with_names(briefings.record),
        right=Right.RECORD,
        form=_RecordForm,
    )
    verbs = [
        Verb(
            name="sign",
            label=_("Sign"),
            call=with_names(briefings.sign),
            right=Right.RECORD,
            form=_SignForm,
        ),
    ]
