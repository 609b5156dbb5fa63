"""The wiring as an app, so that every process has the Celery app at hand."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ConfigConfig(AppConfig):
    """Wiring."""

    name = "config"

    def ready(self) -> None:
        """Make our Celery app the one that ``shared_task`` binds to, in web processes too."""
        import_module("config.celery")


class BackOfficeConfig(AdminConfig):
    """Django's admin with our own rule of who gets in."""

    default_site = "config.backoffice.BackOffice"
