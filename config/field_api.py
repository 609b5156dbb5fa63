"""How the field API is framed: who is let in, how it reads, answers, refuses and describes itself."""

FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "incidents.api.authentication.DeviceTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "incidents.api.permissions.PhoneScope",
    ],
    "DEFAULT_PARSER_CLASSES": ["incidents.api.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "incidents.api.negotiation.Negotiation",
    "DEFAULT_SCHEMA_CLASS": "incidents.api.describing.Described",
    "DEFAULT_THROTTLE_CLASSES": ["incidents.api.throttles.OfCaller"],
    "EXCEPTION_HANDLER": "incidents.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
SCHEMA = {
    "TITLE": "Ice Storm Tracker: field API",
    "DESCRIPTION": "See docs/field-api.md. Inside version 1 there are only additions.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_NO_READ_ONLY_REQUIRED": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # a test compares the schema; no need to make it at every start
    "POSTPROCESSING_HOOKS": [
        "incidents.api.attachment_bodies.with_head",
        "incidents.api.schema.with_problems",
        "incidents.api.describing.complete",
    ],
}
