"""The wiring as an app, so that every process has the Celery app at hand."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig


class ConfigConfig(AppConfig):
    """Wiring."""

    name = "config"

    def ready(self) -> None:
        """Make our Celery app the one that ``shared_task`` binds to, in web processes too."""
        import_module("config.celery")


class BackOfficeConfig(SimpleAdminConfig):
    """Django's admin with our own rule of who gets in."""

    default_site = "config.backoffice.BackOffice"

    def ready(self) -> None:
        """Load the pages only in processes that show them: 20 MB less in each of the others."""
        super().ready()
        if settings.SHOWS_PAGES:
            autodiscover()
