"""Addresses of the field API, version 1."""

from django.urls import path

from incidents.api.bulk import IceReadingsInBulk
from incidents.api.ice import IceReadings

app_name = "api"
urlpatterns = [
    path("ice-readings/bulk/", IceReadingsInBulk.as_view(), name="ice-readings-in-bulk"),
    path("ice-readings/", IceReadings.as_view(), name="ice-readings"),
]
