"""Readings in bulk are what the same readings are one by one, and leave sections as they would."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidents.choices import GradeBasis, IceMethod, IceType, Statistic, ThicknessKind
from incidents.errors import BrokenRule, ClientIdTaken, Invalid, Refused
from incidents.journal import Actor
from incidents.models import IceReading, JournalEntry, LineSection, SectionIcing
from incidents.services import ice, ice_bulk, policies
from incidents.services.ice import Observation
from incidents.services.ice_alike import Alike
from incidents.services.ice_bulk import Kept, Told
from tests.factories import STORM_NIGHT, make_actor, make_line, make_organization, make_section, make_storm

MINUTE = timedelta(minutes=1)


def seen(section: LineSection, **over: Any) -> Observation:
    values: dict[str, Any] = {
        "kind": ThicknessKind.STANDARD,
        "method": IceMethod.CALIPER,
        "thickness_mm": Decimal("7.5"),
        "observed_at": STORM_NIGHT,
        "section": section,
    }
    return Observation(**(values | over))


def told(observation: Observation, client_id: UUID | None = None) -> Told:
    return Told(client_id=client_id or uuid4(), observation=observation)


def by_kind(rows: list[Told]) -> list[Told]:
    """Return rows with the kind of reading that each is, as the interface tells it."""
    kinds: dict[Any, Alike] = {}
    for row in rows:
        said = vars(row.observation)
        own = {name: said[name] for name in ("section", "storm", "observed_at", "recorded_at", "note")}
        common = {name: value for name, value in said.items() if name not in own}
        row.alike = kinds.setdefault(str(common), Alike(Observation(**common)))
        assert row.alike.like(own) == row.observation
    return rows


def tenths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number) / 10)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.none(), values)


OBSERVED = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(ThicknessKind),
        "method": st.sampled_from(IceMethod),
        "ice_type": st.sampled_from(IceType),
        "statistic": st.sampled_from(Statistic),
        "thickness_mm": st.one_of(tenths(0, 400), tenths(0, 400), maybe(tenths(-10, 3100))),
        "observed_at": st.integers(-600, 8).map(lambda number: STORM_NIGHT + number * MINUTE),
        "density_g_cm3": maybe(st.integers(1, 99).map(lambda number: Decimal(number) / 100)),
        "long_axis_mm": maybe(tenths(0, 900)),
        "short_axis_mm": maybe(tenths(0, 900)),
        "weight_g": maybe(tenths(0, 50_000)),
        "sample_length_m": maybe(st.integers(0, 300).map(lambda number: Decimal(number) / 100)),
        "conductor_diameter_mm": maybe(tenths(0, 700)),
        "uncertainty_mm": maybe(tenths(0, 12_000)),
        "air_temp_c": maybe(tenths(-700, 700)),
        "note": st.sampled_from(["", "", "毛竹", "a\tb\\n\n'%s"]),
    }
)


def columns(rows: Any) -> list[dict[str, Any]]:
    """Return stored rows without what every row has of its own."""
    own = {"id", "uuid", "section_id", "reading_id", "client_id", "client_digest"}
    fields = [field.attname for field in rows.model._meta.concrete_fields if field.attname not in own]
    return list(rows.values(*fields))


def one_by_one(rows: list[Told], *, by: Actor) -> list[Any]:
    """Record each as a single reading; return what came of it."""
    results: list[Any] = []
    for row in rows:
        try:
            recorded = ice.record(row.observation, by=by, client_id=row.client_id)
            results.append(recorded.is_replay)
        except Refused as refusal:
            results.append((type(refusal), refusal.message))
    return results


def summary(results: list[Kept | Refused]) -> list[Any]:
    return [each.is_repeat if isinstance(each, Kept) else (type(each), each.message) for each in results]


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    night=st.lists(st.tuples(OBSERVED, st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=12),
    pieces=st.integers(1, 3),
    kinds=st.booleans(),
)
def test_bulk_is_what_the_same_readings_are_one_by_one(
    *, night: list[tuple[dict[str, Any], int, int]], pieces: int, kinds: bool
) -> None:
    """``night``: what was observed, on which of three sections, and a number that now and then repeats."""
    night = sorted(night, key=lambda each: each[0]["observed_at"])
    numbers = [uuid4() for _ in range(10)]
    with transaction.atomic():
        by = make_actor()
        designs: list[int | None] = [15, 0, None]
        found = []
        for way in ("single", "bulk"):
            sections = [
                make_section(design_ice_mm=design, design_ice_source="" if design is None else "test")
                for design in designs
            ]
            person = make_actor(now=by.now)
            rows = [told(seen(sections[at], **said), numbers[number]) for said, at, number in night]
            if way == "single":
                results = one_by_one(rows, by=person)
            else:
                cut = -(-len(rows) // pieces)
                rows = by_kind(rows) if kinds else rows
                parts = [rows[start : start + cut] for start in range(0, len(rows), cut)]
                results = [each for part in parts for each in summary(ice_bulk.record(part, by=person))]
            readings = IceReading.objects.filter(reported_by=person.user)
            icings = SectionIcing.objects.filter(section__in=sections).order_by("section")
            graded = JournalEntry.objects.filter(kind="icing.graded", by=person.user)
            found.append(
                (
                    results,
                    [
                        row | {"reported_by_id": 0}
                        for row in columns(readings.order_by("observed_at", "client_id"))
                    ],
                    [icing.reading.client_id for icing in icings],
                    columns(icings),
                    sorted((entry.occurred_at, entry.after["grade"]) for entry in graded),
                )
            )
        transaction.set_rollback(True)

    assert found[1] == found[0]


def test_grades_move_in_the_order_of_observation_whatever_the_order_of_rows(by: Actor) -> None:
    section = make_section(design_ice_mm=15)
    newest = told(seen(section, thickness_mm=Decimal(5), observed_at=STORM_NIGHT))
    oldest = told(seen(section, thickness_mm=Decimal(15), observed_at=STORM_NIGHT - MINUTE))

    ice_bulk.record([newest, oldest], by=by)

    icing = SectionIcing.objects.get(section=section)
    assert (icing.grade, icing.reading.client_id, icing.below_count) == ("red", newest.client_id, 1)
    entries = JournalEntry.objects.filter(kind="icing.graded")
    assert [(entry.subject_id, entry.after["grade"]) for entry in entries] == [(icing.pk, "red")]


def test_a_change_of_an_existing_grade_is_told_with_what_was_before(by: Actor) -> None:
    section = make_section(design_ice_mm=15)
    ice.record(seen(section), by=by)
    row = SectionIcing.objects.get()

    ice_bulk.record([told(seen(section, thickness_mm=Decimal(15), observed_at=STORM_NIGHT + MINUTE))], by=by)

    entry = JournalEntry.objects.filter(kind="icing.graded").latest("id")
    assert entry.before is not None
    assert (entry.subject_id, entry.before["grade"], entry.after["grade"]) == (row.pk, "yellow", "red")
    assert "id" not in entry.after
    assert SectionIcing.objects.get().uuid == row.uuid


def test_a_person_s_own_grade_stays(by: Actor) -> None:
    section = make_section()
    ice.record(seen(section), by=by)
    SectionIcing.objects.update(
        override_grade="red", override_by=by.user, override_reason="x", override_until_at=STORM_NIGHT
    )

    ice_bulk.record([told(seen(section, thickness_mm=Decimal(15), observed_at=STORM_NIGHT + MINUTE))], by=by)

    assert SectionIcing.objects.get().override_reason == "x"


def test_one_entry_an_organization_names_its_readings_and_seals_them(by: Actor) -> None:
    mine, other = make_section(), make_section(line=make_line(organization=make_organization()))
    rows = [told(seen(section)) for section in (mine, other, mine)]

    ice_bulk.record(rows, by=by)

    entries = JournalEntry.objects.filter(kind="ice.recorded_in_bulk")
    assert {entry.organization for entry in entries} == {mine.line.organization, other.line.organization}
    for entry in entries:
        numbers = [number for first, last in entry.after["ids"] for number in range(first, last + 1)]
        kept = IceReading.objects.filter(section__line__organization=entry.organization).order_by("id")
        assert numbers == [reading.pk for reading in kept]
        assert entry.after["count"] == len(numbers)
        assert entry.after["sha256"] == _digest_in_sql(numbers)
        assert (entry.subject_id, entry.subject_uuid) == (kept[0].pk, kept[0].uuid)


def _digest_in_sql(numbers: list[int]) -> str:
    """The check that docs/decisions/bulk-readings.md gives to auditors."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(concat_ws(' ', id, client_digest, standard_mm, ratio, grade), chr(10)"
            " ORDER BY id) FROM incidents_icereading WHERE id = ANY(%s)",
            [numbers],
        )
        return hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()


def test_numbers_with_a_gap_are_told_as_runs(by: Actor) -> None:
    sections = [make_section(), make_section()]
    rows = [told(seen(sections[number % 2]), UUID(int=number)) for number in range(4)]

    ice_bulk.record(rows, by=by)

    entry = JournalEntry.objects.filter(kind="ice.recorded_in_bulk").earliest("id")
    first = entry.subject_id
    assert entry.after["ids"] == [[first, first], [first + 2, first + 2]]


def test_rings_the_doorbell_once(by: Actor, django_capture_on_commit_callbacks: Any) -> None:
    rows = [told(seen(make_section())) for _ in range(3)]

    with django_capture_on_commit_callbacks() as callbacks:
        ice_bulk.record(rows, by=by)

    assert len(callbacks) == 1


def test_a_repeat_rings_no_bell_and_adds_nothing(by: Actor, django_capture_on_commit_callbacks: Any) -> None:
    rows = [told(seen(make_section())) for _ in range(3)]
    first = ice_bulk.record(rows, by=by)

    with django_capture_on_commit_callbacks() as callbacks:
        again = ice_bulk.record(rows, by=by)

    assert callbacks == []
    assert [(each.uuid, each.is_repeat) for each in again if isinstance(each, Kept)] == [
        (each.uuid, True) for each in first if isinstance(each, Kept)
    ]
    assert IceReading.objects.count() == 3


def test_what_only_the_database_refuses_keeps_nobody_else_out(by: Actor) -> None:
    section, number = make_section(), uuid4()
    nothing_said = seen(section, thickness_mm=None)
    rows = [told(nothing_said, number), told(seen(section)), told(seen(section), number)]

    results = ice_bulk.record(rows, by=by)

    assert isinstance(results[0], BrokenRule)
    assert results[0].fields["rule"] == "ice_says_something"
    assert [isinstance(each, Kept) for each in results] == [False, True, True]
    assert IceReading.objects.count() == 2


def test_a_grade_walked_in_vain_is_walked_again_from_where_it_stood(by: Actor) -> None:
    section = make_section(design_ice_mm=15)
    ice.record(seen(section), by=by)
    worse = seen(section, thickness_mm=Decimal(15), observed_at=STORM_NIGHT + MINUTE)

    ice_bulk.record([told(seen(section, thickness_mm=None)), told(worse)], by=by)  # one that is refused late

    entry = JournalEntry.objects.get(kind="icing.graded", before__isnull=False)
    assert entry.before is not None
    assert (entry.before["grade"], entry.after["grade"]) == ("yellow", "red")
    assert SectionIcing.objects.get().grade == "red"


def test_bounds_that_the_rules_do_not_know_are_those_of_a_single_reading(by: Actor) -> None:
    section = make_section()

    results = ice_bulk.record([told(seen(section, source_ref="x" * 301)), told(seen(section))], by=by)

    assert isinstance(results[0], Invalid)
    assert isinstance(results[1], Kept)


def test_each_company_is_graded_by_its_own_numbers(by: Actor) -> None:
    strict, lax = make_section(), make_section()
    numbers = {"ratio_yellow": Decimal("0.4"), "ratio_orange": Decimal("0.45")}
    policies.revise(
        organization=strict.line.organization, numbers=numbers, source="test", at=STORM_NIGHT, by=by
    )

    ice_bulk.record([told(seen(strict)), told(seen(lax))], by=by)

    grades = IceReading.objects.order_by("section_id").values_list("section", "grade")
    assert list(grades) == [(strict.pk, "orange"), (lax.pk, "yellow")]


def test_without_a_standard_thickness_no_grade_moves(by: Actor) -> None:
    row = told(
        seen(
            make_section(conductor_diameter_mm=None),
            kind=ThicknessKind.APPARENT,
            ice_type=IceType.RIME,
        )
    )

    ice_bulk.record([row], by=by)

    reading = IceReading.objects.get()
    assert (reading.standard_mm, reading.grade) == (None, "")
    assert reading.why_unknown("standard_mm") is not None
    assert not SectionIcing.objects.exists()


def test_a_drill_moves_the_drill_s_grade(by: Actor) -> None:
    section = make_section(line=make_line(is_exercise=True))

    ice_bulk.record([told(seen(section, storm=make_storm(is_exercise=True)))], by=by)

    icing = SectionIcing.objects.get()
    assert (icing.is_exercise, icing.grade_basis) == (True, GradeBasis.MEASURED)


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_at_once_in_any_order_are_stored_once_and_nobody_waits_forever() -> None:
    by = make_actor()
    sections = [make_section() for _ in range(4)]
    rows = [told(seen(sections[number % 4])) for number in range(80)]
    other = [told(seen(sections[0]), row.client_id) for row in reversed(rows)]

    def send(part: list[Told]) -> list[Any]:
        try:
            return summary(ice_bulk.record(part, by=by))
        finally:
            connection.close()

    def send_singly(part: list[Told]) -> list[Any]:
        try:
            return one_by_one(part, by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        bulks = [rows, rows[::-1], other, rows[20:] + rows[:20]]
        sent = [pool.submit(send, bulk) for bulk in bulks]
        sent += [pool.submit(send_singly, part) for part in (rows[:10], other[:10])]
        results = [each for sending in sent for each in sending.result()]

    assert results.count(False) == IceReading.objects.count() == 80
    assert {each[0] for each in results if not isinstance(each, bool)} <= {ClientIdTaken}


@pytest.mark.django_db(transaction=True)
def test_the_first_readings_of_a_section_at_once_are_all_kept() -> None:
    by, section = make_actor(), make_section()

    def send(number: int) -> None:
        try:
            ice.record(seen(section, observed_at=STORM_NIGHT + number * MINUTE / 10), by=by)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(send, range(10)))

    assert IceReading.objects.count() == 10
    assert SectionIcing.objects.get().observed_at == STORM_NIGHT + 9 * MINUTE / 10
