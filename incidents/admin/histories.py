"""The page on which a record tells what was done to it: each deed with its differences, who, when and why."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from incidents.admin import timelines
from incidents.admin.asking import asking

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Host = ModelAdmin[Any]
else:
    Host = object

_DIGITS = 18  # of a number that the database takes


class Histories(Host):
    """The part of an admin page that tells the history of a record."""

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what the journal says about a record."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        query = urlencode({"subject_type__exact": self.opts.model_name, "subject_id__exact": row.pk})
        asked = request.GET.get("before", "")
        before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= _DIGITS else None
        happenings, more = timelines.of_record(row, asking(request), before=before)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "object": row,
            "title": row,
            "subtitle": _("History"),
            "happenings": happenings,
            "more": more,
            "in_journal": f"{reverse('admin:incidents_journalentry_changelist')}?{query}",
        }
        return TemplateResponse(request, "admin/incidents/history.html", context)
