"""The watch as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackerConfig(AppConfig):
    """The watch."""

    name = "tracker"
    verbose_name = _("The watch")
