"""Words of the board: how long, how many, and marks that need no colour."""

from datetime import datetime, timedelta

from django import template
from django.utils.translation import gettext as _

register = template.Library()

_MINUTES_A_DAY = 24 * 60


@register.filter
def since(now: datetime, moment: datetime) -> str:
    """Return how long ago a moment was, to the minute; one that lies ahead is now."""
    return lasting(now - moment)


@register.filter
def until(now: datetime, moment: datetime) -> str:
    """Return how long it is to a moment, to the minute; one that is past is now."""
    return lasting(moment - now)


@register.filter
def lasting(duration: timedelta) -> str:
    """Return a duration in days and hours, hours and minutes, or minutes."""
    minutes = max(int(duration.total_seconds() // 60), 0)
    if minutes >= _MINUTES_A_DAY:
        return _("%(d)d d %(h)d h") % {"d": minutes // _MINUTES_A_DAY, "h": minutes % _MINUTES_A_DAY // 60}
    if minutes >= 60:  # noqa: PLR2004 - minutes of an hour
        return _("%(h)d h %(m)02d min") % {"h": minutes // 60, "m": minutes % 60}
    return _("%(m)d min") % {"m": minutes}


@register.filter
def grouped(number: int | None) -> str:
    """Return a number with its thousands apart, in Chinese too; what is not known is a dash."""
    return "–" if number is None else f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """Return a share as whole percents, never 100 before everything is back; unknown is a dash."""
    if share is None:
        return "–"
    whole = int(share * 100) if share < 1 else 100
    return f"{whole}"
