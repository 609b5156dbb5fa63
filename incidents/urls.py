"""Addresses of the field API, version 1."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

import incidents.api.feed_kinds  # noqa: F401 - says what the changes are told of
from incidents.api.assignments import Assignments, CheckIns
from incidents.api.attachments import Attachments
from incidents.api.batch import BatchOfOperations
from incidents.api.briefings import Briefings
from incidents.api.briefs import BriefItems, Briefs
from incidents.api.bulk import IceReadingsInBulk
from incidents.api.changes import Changes
from incidents.api.crews import Crews
from incidents.api.damage import Damages
from incidents.api.devices import Enrol, MyDevices, Renewal
from incidents.api.grid import Divisions, Lines, Sections
from incidents.api.hazards import Hazards
from incidents.api.held_facts import HeldFacts
from incidents.api.ice import IceReadings
from incidents.api.important_users import ImportantUsers
from incidents.api.organizations import Me, Organizations
from incidents.api.outages import Outages
from incidents.api.patrols import Patrols
from incidents.api.restoration import Estimates, RestorationSteps
from incidents.api.roads import RoadBlocks
from incidents.api.schema import Docs, Schema
from incidents.api.shift_bundle import ShiftBundle
from incidents.api.storms import Storms
from incidents.api.supplies import Supplies, Visits
from incidents.api.support import Deployments, SupportRequests
from incidents.api.weather import WeatherReadings
from incidents.api.weather_warnings import WeatherWarnings

router = SimpleRouter(use_regex_path=False)
for resource in (
    IceReadings,  # addresses are tried in this order: first what is asked for most
    Outages,
    Organizations,
    Divisions,
    Lines,
    Sections,
    Storms,
    WeatherReadings,
    WeatherWarnings,
    Damages,
    RestorationSteps,
    Estimates,
    RoadBlocks,
    Crews,
    Assignments,
    CheckIns,
    SupportRequests,
    Deployments,
    Briefings,
    Supplies,
    Visits,
    Hazards,
    Patrols,
    MyDevices,
    HeldFacts,
    Attachments,
    ImportantUsers,
    Briefs,
    BriefItems,
):
    router.register(resource.home, resource, basename=resource.home)

app_name = "api"
urlpatterns = [
    path("enrol/", Enrol.as_view(), name="enrol"),
    path("me/", Me.as_view(), name="me"),
    path("me/device/renew/", Renewal.as_view(), name="renew"),
    path("changes/", Changes.as_view(), name="changes"),
    path("shift-bundle/", ShiftBundle.as_view(), name="shift-bundle"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("batch/", BatchOfOperations.as_view(), name="batch"),
    path("ice-readings/bulk/", IceReadingsInBulk.as_view(), name="ice-readings-in-bulk"),
    path("", include(router.urls)),
]
