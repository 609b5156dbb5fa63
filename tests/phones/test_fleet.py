"""Phones that come back at once; ``make phones`` does the same with five hundred of them."""

import os
import time

import pytest

from incidents.choices import Role
from tests.bench.servers import Server
from tests.phones.conftest import Companies, token_of
from tests.phones.fleet import Found, look, make_stations, run
from tests.phones.phone import FieldPhone
from tests.phones.wire import BadLine

pytestmark = [pytest.mark.alone, pytest.mark.long]

PHONES = int(os.environ.get("PHONES", "10"))
SEED = int(os.environ.get("SEED", "7"))
DROPS = 0.1


def test_nothing_is_lost_or_doubled_and_all_phones_converge(companies: Companies, server: Server) -> None:
    stations = make_stations(companies.city)
    city = FieldPhone(port=server.port, token=token_of(companies.city, Role.DISPATCHER))
    with BadLine(server.port, drops=DROPS, seed=SEED) as line:
        began = time.monotonic()
        workers = run(stations, port=line.port, phones=PHONES, seed=SEED)
        found = look(workers, city=city, seconds=time.monotonic() - began)

    print(said(found))  # noqa: T201 - `make phones` shows it
    assert found.dropped > 0
    assert found.refused == []
    assert (+found.lost, +found.doubled, found.apart) == ({}, {}, 0)


def said(found: Found) -> str:
    """Return what was found in one line."""
    return (
        f"{found.phones} phones, seed {SEED}: {found.lost.total()} lost, {found.doubled.total()} doubled, "
        f"{found.apart} apart; {found.seconds:.1f} s in all, {found.seconds_a_phone:.1f} s and "
        f"{found.kib_a_phone:.0f} KiB a phone (median), {found.requests} requests, {found.dropped} dropped"
    )
