"""What a textbook would write: one model, a ModelSerializer, a ModelViewSet, a token, the default settings.

It keeps no journal, computes nothing and knows no companies. Started by the benchmark beside the product.
"""

import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config import env

settings.configure(
    SECRET_KEY="only-for-the-benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": env.database("DATABASE_URL") | {"CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "0"))}
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "rest_framework",
        "rest_framework.authtoken",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
)
django.setup()

from django.db import connection, models  # noqa: E402 - after the settings
from django.urls import include, path  # noqa: E402 - after the settings
from rest_framework import serializers, viewsets  # noqa: E402 - after the settings
from rest_framework.authentication import TokenAuthentication  # noqa: E402 - after the settings
from rest_framework.permissions import IsAuthenticated  # noqa: E402 - after the settings
from rest_framework.routers import DefaultRouter  # noqa: E402 - after the settings


class Section(models.Model):
    """A stretch of a line."""

    code = models.CharField(max_length=40)

    class Meta:
        app_label = "textbook"

    def __str__(self) -> str:
        return self.code


class Reading(models.Model):
    """A reading of ice."""

    client_id = models.UUIDField(unique=True)
    section = models.ForeignKey(Section, models.PROTECT)
    observed_at = models.DateTimeField(db_index=True)
    thickness_mm = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    kind = models.CharField(max_length=8, choices=[("standard", "Standard"), ("apparent", "Apparent")])
    method = models.CharField(max_length=20, choices=[("caliper", "Caliper"), ("visual", "By eye")])
    air_temp_c = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "textbook"

    def __str__(self) -> str:
        return f"{self.thickness_mm} mm"


class ReadingSerializer(serializers.ModelSerializer[Reading]):
    """All fields."""

    class Meta:
        model = Reading
        fields = "__all__"


class ReadingViewSet(viewsets.ModelViewSet[Reading]):
    """Everything a ModelViewSet does."""

    queryset = models.QuerySet(Reading)
    serializer_class = ReadingSerializer
    authentication_classes = (TokenAuthentication,)
    permission_classes = (IsAuthenticated,)


router = DefaultRouter()
router.register("readings", ReadingViewSet)
urlpatterns = [path("", include(router.urls))]
application = get_wsgi_application()


def prepare() -> None:
    """Make the tables, one section and the token ``textbook``."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - this project's own user
    from django.core.management import call_command  # noqa: PLC0415
    from rest_framework.authtoken.models import Token  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(Section)
        editor.create_model(Reading)
    models.QuerySet(Section).create(code="S1")
    Token.objects.create(key="textbook", user=User.objects.create_user("lineman"))


if __name__ == "__main__":
    prepare()
