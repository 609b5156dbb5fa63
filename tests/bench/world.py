"""A company with sections, a phone and a history of readings, for the benchmark to add to."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.db import connection

from incidents.choices import DeviceScope, Role
from incidents.models import LineSection, User
from incidents.services import devices, organizations
from tests.factories import make_actor, make_line, make_organization, make_section, make_user

SECTIONS = 200
_FILL = """
INSERT INTO incidents_icereading (
    uuid, client_id, client_digest, reported_by_id, section_id, received_at, observed_at, observed_precision,
    source, source_ref, quote, unknown_reasons, entry_mode, thickness_mm, kind, statistic, ice_type, method,
    is_estimate, is_suspect, note, standard_mm, ratio, thickness_basis, grade, grade_basis, computed_with,
    rule_version)
SELECT
    gen_random_uuid(), gen_random_uuid(), repeat('0', 64), %s, (%s::bigint[])[1 + n %% %s], now(),
    now() - n * interval '1 second', 'minute',
    'reported', '', '', '{}', 'live', 5, 'standard', 'single', 'unknown', 'caliper',
    false, false, '', 5, 0.3333, 'measured', 'blue', 'measured', 'stated',
    'bench'
FROM generate_series(1, %s) n
"""


@dataclass
class World:
    """What the benchmark knows of the record."""

    token: str
    user: User
    sections: list[LineSection]

    def reading(self, number: int) -> dict[str, Any]:
        """Return an ordinary reading: ever later, of one section after the other, on each little changed."""
        section, moment = number % SECTIONS, next(_moments)
        at = datetime.now(UTC) - timedelta(hours=20) + timedelta(milliseconds=20 * moment)
        return {
            "client_id": str(uuid4()),
            "section": str(self.sections[section].uuid),
            "observed_at": at.isoformat(timespec="milliseconds"),
            "thickness_mm": (section * 7 % 140 + moment // SECTIONS % 2) / 10,
            "kind": "standard",
            "method": "caliper",
            "air_temp_c": -2.5,
        }

    def rows(self, number: int) -> list[bytes]:
        """Return readings as JSON."""
        return [json.dumps(self.reading(each)).encode() for each in range(number)]


_moments = count()


def make_world(history: int) -> World:
    """Make a company with one phone and this many earlier readings."""
    by = make_actor(now=datetime.now(UTC))
    organization, user = make_organization(), make_user()
    joined = by.now - timedelta(days=1)
    organizations.join(user=user, organization=organization, role=Role.CREW_MEMBER, at=joined, by=by)
    line = make_line(organization=organization)
    sections = [make_section(line=line, design_ice_mm=15) for _ in range(SECTIONS)]
    _device, token = devices.enrol(user=user, name="监测主站", scopes=list(DeviceScope), by=by)
    with connection.cursor() as cursor:
        numbers = [section.pk for section in sections]
        cursor.execute(_FILL, [user.pk, numbers, SECTIONS, history])
        cursor.execute("VACUUM ANALYZE incidents_icereading")
    return World(token=token, user=user, sections=sections)
