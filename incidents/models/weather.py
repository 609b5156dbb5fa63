"""Weather readings: what a station or a crew measured, or a forecast said."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from incidents.choices import PrecipitationType, Statistic, WeatherKind
from incidents.models.base import Sourced, between, day, moment, moment_is_honest, precision
from incidents.models.grid import LineSection
from incidents.models.places import Place
from incidents.models.storms import OfAStorm


class WeatherReading(Sourced, OfAStorm):
    """Weather at a place and moment; append-only.

    Altitude matters more than distance: valley stations below 200 m report rain while lines at 400-800 m ice.
    """

    client_id = models.UUIDField(_("phone's id"), null=True, blank=True)
    client_digest = models.CharField(_("digest of the body"), max_length=64, blank=True)
    kind = models.CharField(_("kind"), max_length=8, choices=WeatherKind, default=WeatherKind.OBSERVATION)
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("place")
    )
    section = models.ForeignKey(
        LineSection,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="weather_readings",
        verbose_name=_("line section"),
    )
    station = models.CharField(_("station"), max_length=60, blank=True)
    observed_at = moment(_("observed"))
    observed_on = day(_("observed on"))
    observed_precision = precision(_("precision of the moment"))
    issued_at = models.DateTimeField(_("forecast issued"), null=True, blank=True)
    air_temp_c = models.DecimalField(
        _("air temperature (°C)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    temp_statistic = models.CharField(
        _("temperature is a"), max_length=8, choices=Statistic, default=Statistic.SINGLE
    )
    relative_humidity_pct = models.DecimalField(
        _("relative humidity (%)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    wind_speed_m_s = models.DecimalField(
        _("wind (m/s)"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    wind_direction_deg = models.PositiveSmallIntegerField(_("wind direction (°)"), null=True, blank=True)
    precipitation_mm_h = models.DecimalField(
        _("precipitation (mm/h)"), max_digits=5, decimal_places=1, null=True, blank=True
    )
    precipitation_type = models.CharField(
        _("precipitation"),
        max_length=14,
        choices=PrecipitationType,
        default=PrecipitationType.UNKNOWN,
    )

    class Meta:
        verbose_name = _("weather reading")
        verbose_name_plural = _("weather readings")
        indexes = [
            models.Index(fields=["section", "-observed_at"], name="weather_by_section"),
        ]
        constraints = [
            UniqueConstraint(
                name="weather_client_id_once",
                fields=["reported_by", "client_id"],
                condition=Q(client_id__isnull=False),
            ),
            CheckConstraint(
                name="weather_is_somewhere", condition=Q(section__isnull=False) | Q(place__isnull=False)
            ),
            moment_is_honest("weather", "observed"),
            between("weather", "air_temp_c", -60, 50),
            between("weather", "relative_humidity_pct", 0, 100),
            between("weather", "wind_speed_m_s", 0, 100),
            between("weather", "wind_direction_deg", 0, 360),
            between("weather", "precipitation_mm_h", 0, 300),
            CheckConstraint(
                name="weather_forecast_has_an_issue_time",
                condition=Q(kind=WeatherKind.OBSERVATION) | Q(issued_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        """Return place and temperature."""
        return f"{self.place or self.section}: {'?' if self.air_temp_c is None else self.air_temp_c} °C"
