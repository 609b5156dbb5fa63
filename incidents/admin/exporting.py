"""From every list a file: the rows that the list shows, with its filters, search and order."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language

from incidents.admin.asking import asking
from incidents.admin.refusals import in_words
from incidents.choices import FileFormat
from incidents.errors import Refused
from incidents.services import exports

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Host = ModelAdmin[Any]
else:
    Host = object


class Exports(Host):
    """The part of an admin page that hands its list out as a file.

    Attributes:
        is_exported: Whether the list can be had as a file.
    """

    is_exported: ClassVar[bool] = True

    def get_urls(self) -> list[URLPattern]:
        """Return the way to a file and the usual pages."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        export = self.admin_site.admin_view(self.export_view)
        usual: list[URLPattern] = super().get_urls()
        return [path("export/", export, name=name), *usual]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list with the buttons for files."""
        formats = FileFormat.choices if self.is_exported else []
        return super().changelist_view(request, {"formats": formats} | (extra_context or {}))

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for what the list shows as a file, and lead to its progress."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        wanted = request.POST.get("format")
        if not self.is_exported or not self.has_view_permission(request) or wanted not in FileFormat.values:
            raise PermissionDenied
        rows = self.get_changelist_instance(request).queryset
        keys = list(rows.values_list("pk", flat=True)[: exports.MOST_ROWS + 1])
        try:
            job = exports.request(
                model=self.model,
                keys=keys,
                file_format=wanted,
                language=get_language() or "zh-hans",
                by=asking(request).actor,
            )
        except Refused as refused:
            self.message_user(request, in_words(refused, {}), "ERROR")
            back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
        return HttpResponseRedirect(reverse("admin:incidents_filejob_change", args=[job.pk]))
