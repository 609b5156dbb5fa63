"""The back office of the watch; one file a subject."""

from tracker.admin import (
    alerts,  # noqa: F401 - each registers its pages
    bounces,  # noqa: F401
    duty,  # noqa: F401
    duty_own,  # noqa: F401
    holdings,  # noqa: F401
    hooks,  # noqa: F401
    leads,  # noqa: F401
    notifications,  # noqa: F401
    replays,  # noqa: F401
    report_plans,  # noqa: F401
    reports,  # noqa: F401
    responses,  # noqa: F401
    rotations,  # noqa: F401
    rules,  # noqa: F401
    storms,  # noqa: F401
    thresholds,  # noqa: F401
    timeline,  # noqa: F401
    watch,  # noqa: F401
)
