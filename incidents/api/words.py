"""Words of the API that no docstring and no model says: units, shared fields, parameters, problems."""

from typing import Any, Final

# Ending of a name → unit; longer endings first.
UNITS: Final = {
    "endurance_h": "h",
    "_g_cm3": "g/cm³",
    "_n_per_m": "N/m",
    "_mm_h": "mm/h",
    "_m_s": "m/s",
    "_mm": "mm",
    "_kv": "kV",
    "_mw": "MW",
    "_kw": "kW",
    "_pct": "%",
    "_deg": "°",
    "_px": "px",
    "_min": "min",
    "_g": "g",
    "_c": "°C",
    "_m": "m",
    "_s": "s",
}
_WHOLE: Final = {
    "confidence": "1 = certain",
    "customers": "1 = one contract",
    "customers_affected": "1 = one contract",
    "headcount": "1 = one person",
    "latitude": "°",
    "longitude": "°",
    "mv_users": "1 = one transformer area",
    "ratio": "1 = design value",
    "size": "1 = one byte",
    "stored_size": "1 = one byte",
    "uploaded": "1 = one byte",
    "vehicle_count": "1 = one vehicle",
}

FIELDS: Final = {
    "deeds": "What was done, oldest first; empty where only what is shown with it changed.",
    "duty_phones": "Whom to call.",
    "me": "Who asks.",
    "read_at": "The server's clock when this was read.",
    "results": "What changed, to be applied in this order.",
    "thing": "As the resource itself shows it; null if removed.",
    "things": "Kind → things, each as its resource shows it.",
    "asked": "The organisation that is asked, by its uuid.",
    "at": "When it was done or seen, with its offset from UTC.",
    "changes": "What is corrected; what is not named stays as it is.",
    "client_id": "UUID that the phone makes for what it tells; the same when it is sent again.",
    "device": "The phone that asks; null in a browser.",
    "final": "Nobody is out any more, where nobody counted.",
    "nothing_found": "True if all is well; false if something was found; null until it is said.",
    "organizations": "The organisations that it concerns.",
    "place": "Where it is.",
    "quantity": "How much; null where nobody counted.",
    "queue": "Let the job wait if the crew is under way.",
    "reason": "Why; kept in the journal.",
    "recorded_at": "Clock of the phone when it was noted.",
    "received_at": "Clock of the server when it learned of it.",
    "rights": "What the caller may do somewhere.",
    "roles": "The roles that the caller has now.",
    "stated": "False if only the stage is known, and not when it was.",
    "storm": "Short name of the storm that it belongs to; null outside one.",
    "unknown_reasons": "Field → why it is null: not_stated, not_measured, pending, not_applicable.",
    "uuid": "Public name.",
    "why": "Why the job is given back.",
    "within": "Division inside which the words are looked up, by its code.",
}

# Where no column has the name either.
OTHER_FIELDS: Final = {
    "anew": "It is a new record although one on record matches.",
    "assignment": "The job that the crew is on.",
    "branch": "Branch of the line.",
    "crew_name": "Name of the crew.",
    "crews": "Crews that are on their way to it or at work on it.",
    "division": "Where it is, by the code of the division.",
    "given_by": "Name of who gave the briefing.",
    "is_leader": "Whether the person leads the crew.",
    "person": "Who joins.",
    "remark": "In words.",
    "signed_by": "People of ours who signed.",
    "signed_names": "Names of visitors who signed.",
    "topics": "The dangers and measures that it was about.",
    "vehicle": "Which vehicle.",
    "icing": "The newest ice of its section; null where nobody measured.",
    "kind": "Of which kind.",
    "line": "The line that it is on.",
    "organization_name": "Name of the organisation.",
    "plate": "Number plate.",
    "pole_no": "Number of the pole.",
    "text": "The words used.",
    "trade": "Trade of the person.",
}

PARAMETERS: Final = {
    "bbox": "West,south,east,north in degrees, as stored.",
    "cause": "With this cause.",
    "changed_since": "Changed at this moment or later, by the server's clock.",
    "code": "Code of a division.",
    "current": "`true`: in force now, by the server's clock.",
    "grade": "With this grade.",
    "hazard": "Of this hazard.",
    "is_live_hazard": "`true`: a live wire within reach of people.",
    "kind": "Of this kind.",
    "level": "Of this level.",
    "method": "By this method.",
    "nothing_found": "`true`: finished, and all was well.",
    "open": "`true`: not over yet; `false`: over.",
    "overdue": "`true`: held for longer than the organisation says.",
    "rows": "`all`: tell of every row, not only of those refused.",
    "severity": "Of this severity.",
    "since": "From this moment on.",
    "slug": "Short name of a storm.",
    "state": "In this state.",
    "status": "In this state.",
    "task": "With this task.",
    "until": "Before this moment.",
    "uuid": "Public name of the row.",
}

# Status → code of the example, and what else it says.
_POINTED: Final = {
    "errors": [
        {"pointer": "/at", "code": "offset-required", "message": "A moment needs its offset."},
    ]
}
PROBLEMS: Final[dict[int, tuple[str, dict[str, Any]]]] = {
    400: ("invalid", _POINTED),
    401: ("not-authenticated", {}),
    403: ("right-missing", {}),
    404: ("not-found", {}),
    406: ("not-acceptable", {}),
    409: ("bad-transition", {"params": {"subject": "outage", "state": "closed", "verb": "confirm"}}),
    410: ("gone", {}),
    411: ("length-required", {}),
    412: ("stale", {"current": {"uuid": "3f0c5a52-1b7e-4d0f-9a43-0c6a4a0e2d11", "version": 18}}),
    413: ("too-large", {}),
    415: ("unsupported-media-type", {}),
    422: ("idempotency-key-reused", {"params": {"key": "4b0f6c1e"}}),
    428: ("precondition-required", {}),
    429: ("throttled", {}),
    460: ("piece-damaged", {"params": {}, "final": False}),
    503: ("unavailable", {}),
    507: ("store-full", {"params": {}, "final": False}),
}
# The same of one response of the description, where it says something else than the others of its status.
PROBLEMS_OF: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "Announce412": ("tus-version", {}),
    "Announce413": ("photo-too-large", {"params": {"size": "13000000", "allowed": "12582912"}}),
    "End409": (
        "bad-transition",
        {
            "params": {
                "subject": "attachment",
                "state": "ready",
                "verb": "terminate",
                "allowed": "['withdraw']",
            }
        },
    ),
    "End410": ("upload-over", {"params": {"state": "terminated"}}),
    "End412": ("tus-version", {}),
    "Enrol400": ("code-refused", {"params": {}}),
    "Follow410": ("resync", {}),
    "Offset410": ("upload-over", {"params": {"state": "terminated"}}),
    "Offset412": ("tus-version", {}),
    "Picture410": ("withdrawn", {}),
    "Piece400": ("header-malformed", {}),
    "Piece409": ("wrong-offset", {"params": {"offset": "50", "expected": "100"}, "final": False}),
    "Piece410": ("upload-over", {"params": {"state": "abandoned"}}),
    "Piece412": ("tus-version", {}),
    "Piece413": ("photo-too-large", {"params": {"size": "3347147", "allowed": "3347146"}}),
}


def unit_of(name: str) -> str:
    """Return the unit of a field by its name; empty for what is no quantity."""
    if name in _WHOLE:
        return _WHOLE[name]
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
