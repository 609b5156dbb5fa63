"""The watch as an app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from incidents.signals import journal_written


class TrackerConfig(AppConfig):
    """The watch."""

    name = "tracker"
    verbose_name = _("The watch")

    def ready(self) -> None:
        """Hear the record's doorbell and say who counts; what has happened is read from the tables."""
        import_module("tracker.selectors.own_figures").provide()
        import_module("tracker.selectors.naming").provide()
        import_module("tracker.access")  # says whose matter the rows of the watch are
        doorbell = import_module("tracker.tasks.doorbell").doorbell
        journal_written.connect(doorbell.ring, dispatch_uid="tracker.doorbell")
