"""Every address of the product."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from tracker.web.answer import answer
from tracker.web.board import acknowledge, board_now, duty_board, watch_banner
from tracker.web.calendar import shifts
from tracker.web.health import healthz
from tracker.web.map import map_now, storm_map
from tracker.web.metrics import prometheus
from tracker.web.ready import readyz
from tracker.web.review import storm_book, storm_page, storm_pdf

handler400 = "config.handlers.malformed"
handler404 = "config.handlers.missing"
handler500 = "config.handlers.crashed"

urlpatterns = [
    path("", admin.site.admin_view(duty_board), name="home"),
    path("board/", admin.site.admin_view(board_now), name="board-now"),
    path("board/acknowledge/", admin.site.admin_view(acknowledge), name="board-acknowledge"),
    path("board/watch/", admin.site.admin_view(watch_banner), name="board-watch"),
    path("map/", admin.site.admin_view(storm_map), name="map"),
    path("map/now/", admin.site.admin_view(map_now), name="map-now"),
    path("storms/<uuid:uuid>/", admin.site.admin_view(storm_page), name="storm-review"),
    path("storms/<uuid:uuid>/report.xlsx", admin.site.admin_view(storm_book), name="storm-book"),
    path("storms/<uuid:uuid>/report.pdf", admin.site.admin_view(storm_pdf), name="storm-pdf"),
    path("a/<str:token>/", answer, name="answer"),
    path("calendar/<str:secret>.ics", shifts, name="calendar"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("incidents.urls")),
    path("api/v1/", include("tracker.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", prometheus, name="metrics"),
    path("i18n/", include("django.conf.urls.i18n")),
]
if settings.OIDC:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))
