"""Addresses of the watch's part of the field API, version 1."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from tracker.api.alerts import Alerts
from tracker.api.log_out import LogOut
from tracker.api.reports import Reports
from tracker.api.written import WrittenBrief

router = SimpleRouter(use_regex_path=False)
router.register(Alerts.home, Alerts, basename=Alerts.home)
router.register(Reports.home, Reports, basename=Reports.home)

app_name = "watch-api"
urlpatterns = [
    path("me/log-out/", LogOut.as_view(), name="log-out"),
    path("written-brief/", WrittenBrief.as_view(), name="written-brief"),
    path("", include(router.urls)),
]
