"""Pages on which nothing is typed into a fact."""

from typing import ClassVar

from django.db.models import Model
from django.http import HttpRequest

from incidents.access import Right
from incidents.admin.asking import asking


class ReadOnly:
    """Nothing is typed into a fact: it is seen by who may see it, and changed by verbs."""

    needs: ClassVar[frozenset[Right]] = frozenset({Right.SEE})

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return whether the person may see such rows at all; which ones, the queryset says."""
        return bool(asking(request).rights & self.needs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Return whether the overview lists such rows."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: records are made by verbs."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: records are changed by verbs."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Return False: nothing operational is deleted."""
        return False
