"""What a phone says of itself with each request: its clock, and what runs on it."""

from datetime import datetime
from typing import Final

from incidents.models import Device
from incidents.services.storing import store

SKEW_STEP_S: Final = 5
"""From what difference a phone's clock is noted anew, s: less is the network's."""

MOST_SKEW_S: Final = 2_000_000_000
"""What the column holds, s; a clock of the year 9999 is off by this much, and shown so."""


def report(device: Device, *, device_clock: datetime | None, now: datetime, app_version: str = "") -> Device:
    """Note how far a phone's clock is off, and what runs on it; no deed, so no entry in the journal.

    Written only where it has changed: a phone says it with every request. The time that a request is on its
    way counts as skew, too.

    Args:
        device: The phone; it carries the skew of this very moment afterwards.
        device_clock: The moment that the phone believes it is, aware; None where it does not say.
        now: The present.
        app_version: Version of the app on it; empty keeps the one known.
    """
    skew_s = None if device_clock is None else round((device_clock - now).total_seconds())
    if skew_s is not None:
        skew_s = max(-MOST_SKEW_S, min(skew_s, MOST_SKEW_S))
    known = (device.clock_skew_s, device.app_version)
    version = app_version or device.app_version
    moved = skew_s is not None and (known[0] is None or abs(skew_s - known[0]) >= SKEW_STEP_S)
    device.clock_skew_s, device.app_version = known[0] if skew_s is None else skew_s, version
    if moved or version != known[1]:
        store(device, fields=["clock_skew_s", "app_version"])
    return device
