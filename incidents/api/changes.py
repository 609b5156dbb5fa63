"""``/api/v1/changes/``: everything that changed for the caller since he last asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from incidents.api.ageing import MayEnd
from incidents.api.authentication import actor
from incidents.api.change_pages import page
from incidents.api.fields import Moment
from incidents.api.paging import LONGEST, PARAMETERS, size_of


class DeedOut(serializers.Serializer[Any]):
    """Something that was done: ``outage.confirmed``, and when."""

    kind = serializers.CharField(read_only=True, help_text=_("What was done, as outage.confirmed."))
    at = Moment(read_only=True)


class ChangeOut(serializers.Serializer[Any]):
    """A thing as it is now, or that it is no longer the caller's to see."""

    kind = serializers.CharField(
        read_only=True, help_text=_("The resource: the address of its list, as outages.")
    )
    uuid = serializers.UUIDField(read_only=True, help_text=_("Its public name."))
    removed = serializers.BooleanField(
        read_only=True, help_text=_("True: forget it; it may be one that the phone never had.")
    )
    version = serializers.IntegerField(
        read_only=True, allow_null=True, help_text=_("What If-Match takes between quotes; null if none.")
    )
    deeds = DeedOut(many=True, read_only=True)
    thing = serializers.DictField(
        read_only=True, allow_null=True, help_text=_("As the resource itself shows it; null if removed.")
    )


class ChangesOut(serializers.Serializer[Any]):
    """A page of changes, to be applied in order; the same thing again replaces what was there."""

    results = ChangeOut(many=True, read_only=True)
    next = serializers.CharField(read_only=True, help_text=_("Cursor to go on from; always there."))
    more = serializers.BooleanField(
        read_only=True, help_text=_("Whether to go on at once; false: all is told for now.")
    )


class Changes(MayEnd):
    """Everything that changed for the caller."""

    @extend_schema(
        parameters=[
            OpenApiParameter("cursor", str, description="From `next`; without it everything is told."),
            OpenApiParameter(
                "page_size",
                {"type": "integer", "minimum": 1, "maximum": LONGEST, "default": LONGEST},
                description="Things of a page; a few more where one deed changed them together.",
            ),
        ],
        responses={200: ChangesOut},
    )
    def get(self, request: Request) -> Response:
        """Tell what changed since a cursor, and what came into the caller's sight or left it.

        Each thing stands as its own resource shows it, in the units of that resource. Without a cursor
        everything that the caller sees is told, page by page, and then what changed meanwhile. A cursor
        belongs to one person and phone and is good for 30 days; 410 `resync` says that nobody can go on
        from it: forget what is there and begin without one.
        """
        asked = request.query_params
        if unknown := sorted(set(asked) - PARAMETERS):
            problem = ErrorDetail(str(_("This list has no such filter.")), code="unknown-filter")
            raise ValidationError({name: [problem] for name in unknown})
        size = size_of(asked.get("page_size", str(LONGEST)))
        told = page(actor(request), cursor=asked.get("cursor"), size=size)
        return Response({"results": told.results, "next": told.next, "more": told.more})
