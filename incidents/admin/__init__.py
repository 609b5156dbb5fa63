"""The back office of the record; one file a subject."""

import django.contrib.auth.admin  # noqa: F401 - registers the groups
from django.contrib import admin
from django.contrib.auth.models import Group

from incidents.admin import (  # noqa: F401 - each registers its pages
    assignments,
    attachments,
    brief_vocabulary,
    briefings,
    briefs,
    crews,
    damage,
    enrolments,
    file_jobs,
    grading,
    grid,
    hazards,
    held_facts,
    ice,
    important_users,
    journal,
    organizations,
    outages,
    patrols,
    people,
    places,
    restoration,
    roads,
    saved_views,
    sign_in,
    storms,
    submissions,
    supplies,
    support,
    sync,
    weather,
    weather_warnings,
)

# What a person may do follows from roles (``incidents.access``); Django's groups would be a second answer.
admin.site.unregister(Group)
