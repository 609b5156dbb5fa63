"""What stands above every list: views of it that were saved, and a link that saves what it shows now."""

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.contrib.admin import RelatedFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from incidents.admin.asking import asking
from incidents.admin.paging import Listed
from incidents.models import SavedView
from incidents.selectors.naming import name_parts

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin

    Host = ModelAdmin[Any]
else:
    Host = object


class SeenChoices(RelatedFieldListFilter):
    """A filter that offers the rows behind a foreign key which the person may see.

    Asked of their own table, which is small. To ask which of them the rows of a long list lead to took
    longer than the list itself.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> list[Any]:
        """Return key and name of each."""
        rows: QuerySet[Any] = QuerySet(field.related_model)
        named = name_parts(field.related_model)
        seen = (
            asking(request).visible(rows).select_related(*named) if named else asking(request).visible(rows)
        )
        ordering = self.field_admin_ordering(field, request, model_admin)
        return [(row.pk, str(row)) for row in seen.order_by(*ordering or ["pk"])]


class Lists(Host):
    """The part of an admin page that shows its list."""

    change_list_template: ClassVar[Any] = "admin/incidents/list.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Listed]:
        """Return what counts and fetches the rows."""
        return Listed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under the name of what it lists, with the views of it that were saved."""
        page, query = self.opts.label_lower, request.GET.urlencode()
        context = {
            "title": capfirst(self.opts.verbose_name_plural),
            "subtitle": None,
            "views": views_of(request, page),
            "save_address": save_address(page, query) if query else "",
        }
        return super().changelist_view(request, context | (extra_context or {}))


def address_of(view: SavedView) -> str:
    """Return where a view is opened; empty where its list is no more."""
    try:
        page = reverse(f"admin:{view.page.replace('.', '_')}_changelist")
    except NoReverseMatch:
        return ""
    return f"{page}?{view.query}"


def save_address(page: str, query: str) -> str:
    """Return where the form begins with what a list shows now."""
    return f"{reverse('admin:incidents_savedview_add')}?{urlencode({'page': page, 'query': query})}"


def views_of(request: HttpRequest, page: str) -> list[tuple[SavedView, str]]:
    """Return one's own views of a list and those shared, with their addresses: one statement."""
    rows: QuerySet[SavedView] = SavedView.objects.filter(page=page, withdrawn_at=None)
    found = asking(request).visible(rows).select_related("user").order_by("name", "pk")
    return [(view, address_of(view)) for view in found]
