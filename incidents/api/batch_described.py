"""How a batch is described in the description of the API."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers


class OperationIn(serializers.Serializer[Any]):
    """A single call: a new thing or a verb, as it would be sent by itself."""

    path = serializers.CharField(help_text=_("/api/v1/…; {id} is what an earlier operation made."))
    id = serializers.CharField(required=False, help_text=_("What later operations call this one by."))
    headers = serializers.DictField(
        child=serializers.CharField(), required=False, help_text=_("If-Match and Idempotency-Key.")
    )
    body = serializers.DictField(required=False)
    depends_on = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text=_("Earlier operations without which this one is not tried."),
    )


class BatchIn(serializers.Serializer[Any]):
    """1 to 200 operations, done in this order."""

    operations = OperationIn(many=True)


class ResultOut(serializers.Serializer[Any]):
    """What the call by itself would have been answered."""

    id = serializers.CharField()
    status = serializers.IntegerField()
    headers = serializers.DictField(child=serializers.CharField())
    body = serializers.DictField()


class BatchOut(serializers.Serializer[Any]):
    """One result an operation, in their order."""

    results = ResultOut(many=True)


EXAMPLE: Final = OpenApiExample(
    "Damage of an outage that is new itself",
    request_only=True,
    value={
        "operations": [
            {
                "id": "o1",
                "path": "/api/v1/outages/",
                "body": {
                    "client_id": "6f2f7c1e-6a52-4b0a-9a55-0d6c3a1d7a10",
                    "organization": "8d0c1d8e-95c7-4f6e-8a86-0a4f4f9f3c5e",
                    "place": {"text": "岭头山村"},
                    "kind": "forced",
                    "voltage_kv": 10,
                    "at": "2024-02-26T21:10:00+08:00",
                },
            },
            {
                "path": "/api/v1/outages/{o1}/locate/",
                "headers": {"Idempotency-Key": "locate-1"},
                "body": {"at": "2024-02-26T21:40:00+08:00"},
            },
        ]
    },
)
