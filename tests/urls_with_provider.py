"""Every address, with those that a configured identity provider adds; loaded when its settings stand."""

from django.urls import include, path

from config.urls import handler400, handler404, handler500
from config.urls import urlpatterns as usual

__all__ = ["handler400", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*usual, path("oidc/", include("mozilla_django_oidc.urls"))]
