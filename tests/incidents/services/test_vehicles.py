import pytest

from incidents.choices import VehicleKind
from incidents.errors import BrokenRule, Invalid
from incidents.journal import Actor
from incidents.models import JournalEntry, Vehicle
from incidents.services import vehicles
from tests.factories import make_organization, make_vehicle


def test_adds_a_vehicle_of_which_nobody_looked_for_chains(by: Actor) -> None:
    station = make_organization()

    vehicle = vehicles.add(
        plate="浙D12345", kind=VehicleKind.FOUR_WHEEL_DRIVE, organization=station, at=by.now, by=by
    )

    vehicle.refresh_from_db()
    assert (vehicle.plate, vehicle.kind, vehicle.has_chains) == ("浙D12345", "4wd", None)
    entry = JournalEntry.objects.get()
    assert (entry.kind, entry.organization) == ("vehicle.added", station)


def test_refuses_a_taken_plate(by: Actor) -> None:
    make_vehicle(plate="浙D12345")

    with pytest.raises(BrokenRule, match="incidents_vehicle_plate"):
        vehicles.add(
            plate="浙D12345", kind=VehicleKind.CRANE, organization=make_organization(), at=by.now, by=by
        )

    assert Vehicle.objects.get().kind == "repair"
    assert not JournalEntry.objects.exists()


def test_refuses_a_vehicle_without_a_plate(by: Actor) -> None:
    with pytest.raises(Invalid, match="plate"):
        vehicles.add(plate="", kind=VehicleKind.BUS, organization=make_organization(), at=by.now, by=by)

    assert not Vehicle.objects.exists()
