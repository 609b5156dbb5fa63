"""The wiring as an app, so that every process has the Celery app at hand."""

from importlib import import_module

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Wiring."""

    name = "config"

    def ready(self) -> None:
        """Make our Celery app the one that ``shared_task`` binds to, in web processes too."""
        import_module("config.celery")
