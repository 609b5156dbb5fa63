"""Steps and estimates of restoration."""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from incidents.access import Right
from incidents.admin.base import RecordAdmin, among
from incidents.admin.fields import moment
from incidents.admin.forms import correction_of
from incidents.admin.verbs import Verb
from incidents.journal import Actor
from incidents.models import Estimate, RestorationStep
from incidents.services import restoration

_Correction = correction_of(RestorationStep, "method", "customers", "mv_users", "remark")


class _CorrectForm(_Correction):  # type: ignore[misc, valid-type]
    """What a step should have said; when it was taken is not when it is corrected."""

    taken_at = moment(_("Step taken"), now=False)
    field_order = ["taken_at"]

    @classmethod
    def initial_of(cls, row: Model) -> dict[str, Any]:
        """Return the step as it stands."""
        shown: dict[str, Any] = super().initial_of(row)
        return shown | {"taken_at": getattr(row, "at", None), "at": None}


def _correct(
    step: RestorationStep, *, by: Actor, at: datetime, reason: str, taken_at: datetime, **values: Any
) -> RestorationStep:
    """Correct a step; its time is told to the second and stands otherwise as exact as it was."""
    values["at"] = step.at if taken_at == step.at.replace(microsecond=0) else taken_at
    changes: Any = {name: value for name, value in values.items() if getattr(step, name) != value}
    return restoration.correct_step(step, changes=changes, reason=reason, at=at, by=by)


@admin.register(RestorationStep)
class RestorationStepAdmin(RecordAdmin):
    """Who got power back, when and how."""

    rank = 3
    list_display = ["outage", "seq", "at", "method", "customers", "mv_users", "is_final", "recorded_by"]
    list_filter = ["method", "is_final", among("outage__organization")]
    search_fields = ["outage__line__name", "outage__line__code", "outage__place__text"]
    date_hierarchy = "at"
    ordering = ["-at", "-pk"]
    themes = [
        (
            None,
            ["outage", "seq", "at", "method", "customers", "mv_users", "is_final", "recorded_by", "remark"],
        )
    ]
    verbs = [
        Verb(
            name="correct",
            label=_("Correct"),
            call=_correct,
            right=Right.OPERATE,
            form=_CorrectForm,
            help_text=_("What follows from it is reckoned anew: who is still out, and when supply was back."),
        ),
    ]


@admin.register(Estimate)
class EstimateAdmin(RecordAdmin):
    """Estimates as they were published."""

    rank = 4
    list_display = ["outage", "value_at", "kind", "published_at", "published_by", "reason"]
    list_filter = ["kind", among("outage__organization")]
    search_fields = ["outage__line__name", "outage__line__code", "outage__place__text"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    themes = [(None, ["outage", "kind", "value_at", "published_at", "published_by", "reason"])]
