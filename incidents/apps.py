"""The record as an app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """The record."""

    name = "incidents"
    verbose_name = _("The record")
