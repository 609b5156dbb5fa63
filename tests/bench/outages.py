"""Open outages by the hundred thousand, and a page of them: from the product, and as bare SQL."""

from typing import Any

import msgspec
import psycopg
from django.core import signing
from django.db import connection, models
from psycopg.rows import dict_row

from incidents.choices import AssignmentStatus
from incidents.models import (
    Assignment,
    Crew,
    IceReading,
    JournalEntry,
    LineSection,
    Outage,
    Place,
    SectionIcing,
)
from tests.bench.world import World
from tests.factories import make_assignment, make_crew, make_outage, make_place

ADDRESS = "/api/v1/outages/"
PAGE = 50
_encode = msgspec.json.Encoder(decimal_format="number").encode

_PAGE = """
SELECT o.*, l.uuid AS line, l.code, l.name, l.voltage_kv AS line_kv, l.substation, s.uuid AS section,
    s.code AS section_code, s.from_pole, s.to_pole, s.design_ice_mm, s.vegetation, s.access, p.uuid AS place,
    p.text, p.precision, p.branch, p.pole_no, p.latitude, p.longitude, p.crs, p.altitude_m, g.uuid AS whose,
    i.grade, i.grade_basis, i.standard_mm, i.ratio, i.observed_at, i.is_estimate,
    (SELECT max(j.id) FROM incidents_journalentry j
        WHERE j.subject_type = 'outage' AND j.subject_id = o.id) AS version
FROM incidents_outage o JOIN incidents_place p ON p.id = o.place_id
    JOIN incidents_organization g ON g.id = o.organization_id
    LEFT JOIN incidents_line l ON l.id = o.line_id LEFT JOIN incidents_linesection s ON s.id = o.section_id
    LEFT JOIN incidents_sectionicing i ON i.section_id = s.id AND NOT i.is_exercise
ORDER BY o.reported_at DESC, o.id DESC LIMIT 51
"""
_CREWS = """
SELECT a.outage_id, a.uuid, c.uuid AS crew, c.name, a.task, a.status, a.on_site_at
FROM incidents_assignment a JOIN incidents_crew c ON c.id = a.crew_id
WHERE a.outage_id = ANY(%s) AND a.status IN ('accepted', 'en_route', 'on_site')
"""


class RawPage:
    """A connection without Django that reads a page and encodes it."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] = psycopg.connect(
            **connection.get_connection_params() | {"cursor_factory": psycopg.Cursor, "prepare_threshold": 0},
            autocommit=True,
        )

    def read(self) -> bytes:
        """Return a page as JSON."""
        with self._connection.cursor(row_factory=dict_row, binary=True) as run:
            page = run.execute(_PAGE, prepare=True).fetchall()
            numbers = [row["id"] for row in page[:PAGE]]
            crews = run.execute(_CREWS, [numbers], prepare=True).fetchall()
        for row in page:
            row["crews"] = [crew for crew in crews if crew["outage_id"] == row["id"]]
        return _encode(page[:PAGE])


def make_outages(world: World, number: int) -> None:
    """Make open outages, each on a section of its own with ice, each fifth with a crew at work."""
    section = world.sections[0]
    outage = make_outage(
        organization=section.line.organization, line=section.line, section=section, place=make_place()
    )
    reading: Any = IceReading.objects.filter(section=section).latest("pk")
    icing = SectionIcing.objects.create(
        section=section,
        reading=reading,
        grade="blue",
        grade_basis="measured",
        standard_mm="5.0",
        ratio="0.3333",
        observed_at=reading.observed_at,
        grade_since_at=reading.observed_at,
    )
    crew = make_crew(organization=section.line.organization)
    work = make_assignment(crew=crew, outage=outage, place=outage.place, status=AssignmentStatus.ACCEPTED)
    entry = JournalEntry.objects.create(
        kind="outage.reported",
        subject_type="outage",
        subject_id=outage.pk,
        subject_uuid=outage.uuid,
        organization=outage.organization,
        occurred_at=outage.reported_at,
        by=outage.reported_by,
        channel="api",
        after={"status": "reported"},
    )
    sections = _multiply(section, number, code="'B' || n")
    places = _multiply(outage.place, number)
    outages = _multiply(
        outage,
        number,
        section_id=f"{sections} + n",
        place_id=f"{places} + n",
        reported_at="now() - n * interval '1 second'",
    )
    _multiply(icing, number, section_id=f"{sections} + n")
    _multiply(entry, number, subject_id=f"{outages} + n")
    crews = _multiply(crew, number // 5, name="'班' || n")
    _multiply(work, number // 5, crew_id=f"{crews} + n", outage_id=f"{outages} + n * 5")
    with connection.cursor() as cursor:
        for model in (LineSection, Place, Outage, SectionIcing, JournalEntry, Crew, Assignment):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def halfway(world: World, number: int) -> str:
    """Return the cursor of the page in the middle, as the page before it would have."""
    middle = Outage.objects.order_by("-reported_at", "-id")[number // 2]
    values = [str(middle.reported_at), str(middle.pk)]
    return signing.dumps([[world.user.pk, ADDRESS, []], values], salt="incidents.api.paging", compress=True)


def _multiply(row: models.Model, number: int, **over: str) -> int:
    """Copy a row; return the number of which the copies are the next ones."""
    table, own = row._meta.db_table, {"uuid": "gen_random_uuid()"} | over
    names = [
        str(field.column)
        for field in row._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]
    values = ", ".join(own.get(name, f"t.{name}") for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {values}"  # noqa: S608 - names of the catalogue
            f" FROM {table} t, generate_series(1, %s) n WHERE t.id = %s ORDER BY n",
            [number, row.pk],
        )
        cursor.execute(f"SELECT max(id) FROM {table}")  # noqa: S608 - as above
        return int(cursor.fetchone()[0]) - number
