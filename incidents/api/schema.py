"""The description of the API, and the page that shows it; every operation with the errors it can answer."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from incidents.api import strictness  # noqa: F401 - its extensions count once they are imported
from incidents.api.problems import phrase_of

_PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `final`: whether sending the same again can never succeed.",
    "required": ["type", "title", "status", "code", "detail", "final", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "description": "The code as a URN.",
            "examples": ["urn:ice-storm-tracker:problem:bad-transition"],
        },
        "title": {"type": "string", "description": "Phrase of the status."},
        "status": {"type": "integer", "description": "Status of HTTP."},
        "code": {
            "type": "string",
            "description": "Stable name of the problem.",
            "examples": ["bad-transition"],
        },
        "detail": {"type": "string", "description": "For people, in the language asked for."},
        "final": {"type": "boolean", "description": "Sending the same again can never succeed."},
        "request_id": {"type": "string", "description": "What to tell who looks after the server."},
        "params": {
            "type": "object",
            "description": "What the sentence is about, by name.",
            "additionalProperties": {"type": "string"},
        },
        "current": {"description": "With 412: the thing as it is now."},
        "errors": {
            "type": "array",
            "description": "Where in the request, and why.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": {"type": "string", "description": "RFC 6901.", "examples": ["/thickness_mm"]},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_GEOMETRY = {
    "type": ["object", "null"],
    "description": "RFC 7946: WGS 84, longitude first; null where no coordinate is known.",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Point", "MultiPoint"]},
        "coordinates": {"anyOf": [_POSITION, {"type": "array", "items": _POSITION}]},
    },
}
_FEATURE = {
    "type": "object",
    "description": "A row as a feature of RFC 7946.",
    "required": ["type", "id", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "description": "Always the same.", "enum": ["Feature"]},
        "id": {"type": "string", "format": "uuid", "description": "Public name of the row."},
        "geometry": _GEOMETRY,
        "properties": {
            "type": "object",
            "description": "The row as in JSON; `converted_from` is the datum it was told in, if shifted.",
        },
    },
}
_FEATURES = {
    "type": "object",
    "description": "A page of features; `next` is the cursor of the next one.",
    "required": ["type", "next", "features"],
    "properties": {
        "type": {"type": "string", "description": "Always the same.", "enum": ["FeatureCollection"]},
        "next": {"type": ["string", "null"], "description": "Cursor of the next page; null at the end."},
        "features": {
            "type": "array",
            "description": "Rows of the page.",
            "items": {"$ref": "#/components/schemas/Feature"},
        },
    },
}
_READ = {
    400: "A filter, a cursor or a header that is not known here.",
    401: "No token, or one that is not valid.",
    403: "The phone is not enrolled for that, or the person has no right to it.",
    404: "There is none, or not for this person.",
    406: "A form was asked for that this has not: all have JSON, what lies somewhere has GeoJSON.",
    429: "Too many requests within a minute. Try again after Retry-After.",
    503: "The record is not reachable; nothing was changed. Try again.",
}
_WRITE = _READ | {
    400: "Something is not valid; `errors` points at it. Nothing was changed.",
    409: "The record stands against it, or the key is being worked on (`final` false). Nothing was changed.",
    413: "The body is longer than 1 MB.",
    415: "The body is not plain UTF-8 JSON.",
}
_ACT = _WRITE | {
    412: "Somebody changed it meanwhile; `current` is what it is now.",
    422: "The Idempotency-Key was used for something else.",
    428: "If-Match is missing.",
}
_FOLLOW = _READ | {
    410: "Nobody can go on from this cursor (`resync`): forget what is there and begin without one.",
}
_BULK = _WRITE | {
    411: "The body does not say its Content-Length (`length-required`).",
    413: "The body is longer than 5 MB, as a stream of lines than 64 MB.",
}
_ENROL = {status: told for status, told in _WRITE.items() if status not in {401, 403, 404, 409}} | {
    400: "The code cannot be used (`code-refused`), or something is not valid. Nothing was changed.",
}
_FULL = {
    413: "The body is longer than 1 MB, or the photo than 12 MiB (`photo-too-large`).",
    429: "Too many requests within a minute, or photos of one person today (`photo-quota`).",
    507: "No room for photos (`store-full`); everything else is taken. Send it after Retry-After.",
}
_ANNOUNCE = _WRITE | _FULL | {412: "Another version of tus than 1.0.0 (`tus-version`)."}
_UPLOAD = _READ | {
    404: "The caller has announced none of this name.",
    410: "The upload was ended, or no byte came for days (`upload-over`). Announce the photo anew.",
    412: "Another version of tus than 1.0.0 (`tus-version`).",
}
_END = _UPLOAD | {409: "All bytes are here: such a photo is withdrawn instead."}
_PIECE = _UPLOAD | {
    400: "A header is not as tus 1.0.0 has it (`header-malformed`). Nothing was kept.",
    409: "The piece does not begin where the last one ended (`wrong-offset`). Ask with HEAD where.",
    411: "The piece does not say its Content-Length (`length-required`).",
    413: "More bytes than announced, or than a piece with a checksum may have (`photo-too-large`).",
    415: "Not application/offset+octet-stream.",
    460: "The piece is not what its checksum says (`piece-damaged`); nothing of it was kept. Send it again.",
}
_PICTURE = _READ | {410: "The photo was withdrawn (`withdrawn`): it is shown to nobody."}
_KINDS = {
    "Read": _READ,
    "Follow": _FOLLOW,
    "Write": _WRITE,
    "Act": _ACT,
    "Bulk": _BULK,
    "Enrol": _ENROL,
    "Announce": _ANNOUNCE,
    "Offset": _UPLOAD,
    "Piece": _PIECE,
    "End": _END,
    "Picture": _PICTURE,
}
_OF_METHOD = {"get": "Read", "head": "Offset", "post": "Write", "patch": "Piece", "delete": "End"}
_OF_ADDRESS = {
    ("get", "changes/"): "Follow",
    ("post", "enrol/"): "Enrol",
    ("post", "ice-readings/bulk/"): "Bulk",
    ("post", "attachments/"): "Announce",
    ("get", "attachments/{uuid}/file/"): "Picture",
    ("get", "attachments/{uuid}/thumbnail/"): "Picture",
}


class PhoneToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """``Authorization: Bearer <token>``."""

    target_class = "incidents.api.authentication.DeviceTokenAuthentication"
    name = "phone"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return how a phone says who it is."""
        return {"type": "http", "scheme": "bearer", "description": "The token of an enrolled phone."}


def with_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Add to every operation the problems that it can answer with."""
    components = result["components"]
    components["schemas"] |= {"Problem": _PROBLEM, "Feature": _FEATURE, "FeatureCollection": _FEATURES}
    components["responses"] = {
        f"{kind}{status}": _problem(status, description)
        for kind, told in _KINDS.items()
        for status, description in told.items()
    }
    components["responses"]["Read410"] = _problem(410, "This was announced to end, and has ended.")
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            kind = _OF_ADDRESS.get((method, path.removeprefix("/api/v1/"))) or _kind(method, operation)
            for status in _KINDS[kind]:
                reference = {"$ref": f"#/components/responses/{kind}{status}"}
                operation["responses"].setdefault(str(status), reference)
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _kind(method: str, operation: dict[str, Any]) -> str:
    """Return which problems an operation can answer with."""
    names = {each["name"] for each in operation.get("parameters", ())}
    return "Act" if "If-Match" in names else _OF_METHOD[method]


def _problem(status: int, description: str) -> dict[str, Any]:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {
        "description": f"{phrase_of(status)}. {description}",
        "content": {"application/problem+json": shape},
    }


@extend_schema(exclude=True)
class Schema(SpectacularAPIView):
    """OpenAPI 3.1, for those who are signed in."""


@extend_schema(exclude=True)
class Docs(SpectacularSwaggerSplitView):
    """The page that shows it: no script or style inside the page, nothing from another host."""

    url_name = "api:schema"
    template_name = "incidents/field_api.html"
