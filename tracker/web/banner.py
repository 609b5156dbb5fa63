"""What every page says while the watch is late or dead."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from tracker.selectors import watch_state
from tracker.selectors.watch_state import WatchState


def banner(request: HttpRequest) -> SafeString:
    """Return the banner for a page of somebody who is signed in; empty while all is well."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return SafeString("")
    return banner_of(watch_state.recent())


def banner_of(state: WatchState) -> SafeString:
    """Return the banner for a state; empty while all is well."""
    return SafeString(render_to_string("tracker/watch_banner.html", {"watch": state}).strip())
