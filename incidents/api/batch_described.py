"""How a batch is described in the description of the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class OperationIn(serializers.Serializer[Any]):
    """A single call: a new thing or a verb, as it would be sent by itself."""

    path = serializers.CharField(help_text=_("/api/v1/…; {id} is what an earlier operation made."))
    id = serializers.CharField(required=False, help_text=_("What later operations call this one by."))
    headers = serializers.DictField(
        child=serializers.CharField(), required=False, help_text=_("If-Match and Idempotency-Key.")
    )
    body = serializers.DictField(
        required=False,
        help_text=_('As by itself; a whole value "{id}" is what an earlier operation made.'),
    )
    depends_on = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text=_("Earlier operations without which this one is not tried."),
    )


class BatchIn(serializers.Serializer[Any]):
    """1 to 200 operations, done in this order."""

    operations = OperationIn(many=True, help_text=_("What is done, in this order."))


class ResultOut(serializers.Serializer[Any]):
    """What the call by itself would have been answered."""

    id = serializers.CharField(help_text=_("What the operation was called by; empty if it had no name."))
    status = serializers.IntegerField(help_text=_("Status of HTTP of this operation."))
    headers = serializers.DictField(
        child=serializers.CharField(), help_text=_("ETag, Location, Idempotent-Replayed, Retry-After.")
    )
    body = serializers.DictField(help_text=_("What was made or changed, or the problem."))


class BatchOut(serializers.Serializer[Any]):
    """One result an operation, in their order."""

    results = ResultOut(many=True)
