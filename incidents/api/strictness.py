"""What bodies are described to hold: no more and no less than what is read from them."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension

# ECMA 262; what else is refused, as direction overrides, no pattern says in a readable way.
_ONE_LINE = r"^[^\u0000-\u001f\u007f-\u009f]*$"
_LINES = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"


class OnlyWhatIsKnown(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """A body with a key that is not known is refused."""

    target_class = "incidents.api.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the description of a body."""
        mapped = auto_schema._map_serializer  # noqa: SLF001 - the way that the library documents
        told: dict[str, Any] = mapped(self.target, direction, bypass_extensions=True)
        return told | {"additionalProperties": False}


class OnlySigns(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """A text holds no control characters."""

    target_class = "incidents.api.fields.Text"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the description of a text."""
        mapped = auto_schema._map_serializer_field  # noqa: SLF001 - as above
        told: dict[str, Any] = mapped(self.target, direction, bypass_extensions=True)
        return told | {"pattern": _LINES if self.target.takes_lines else _ONE_LINE}


class ByPublicName(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    """Rows are called by a UUID; storms and divisions by a word."""

    target_class = "incidents.api.fields.Reference"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the description of a reference."""
        return {"type": "string"} | ({"format": "uuid"} if self.target.lookup == "uuid" else {})
