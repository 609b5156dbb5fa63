"""Which weather warnings hold, and where."""

from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery

from incidents.models import Organization, WeatherWarning
from incidents.selectors.organizations import below


def in_force(warnings: QuerySet[WeatherWarning], *, now: datetime) -> QuerySet[WeatherWarning]:
    """Return those that hold at a moment: begun, not over, neither cancelled nor superseded by then."""
    later = WeatherWarning.objects.filter(update_of=OuterRef("pk"), issued_at__lte=now)
    return warnings.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        Q(cancelled_at__isnull=True) | Q(cancelled_at__gt=now),
        ~Exists(later),
        valid_from_at__lte=now,
    )


def covering(warnings: QuerySet[WeatherWarning], *, code: str) -> QuerySet[WeatherWarning]:
    """Return those that hold in a division, in one around it or in a part of it."""
    around = [code[:length] for length in range(2, len(code) + 1)]
    named = WeatherWarning.areas.through.objects.filter(weatherwarning=OuterRef("pk"))
    return warnings.filter(
        Exists(named.filter(Q(division_id__in=around) | Q(division__code__startswith=code)))
    )


def concerning(warnings: QuerySet[WeatherWarning], *, organization: UUID) -> QuerySet[WeatherWarning]:
    """Return those that an organisation or one below it keeps, and those over the division that it serves."""
    served = Organization.objects.filter(uuid=organization).values("division__code")[:1]
    named = WeatherWarning.areas.through.objects.filter(weatherwarning=OuterRef("pk"))
    near = named.annotate(served=Subquery(served, output_field=CharField())).filter(
        Q(served__startswith=F("division__code")) | Q(division__code__startswith=F("served"))
    )
    return warnings.filter(Q(organization__in=below(organization)) | Exists(near))
