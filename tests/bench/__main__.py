"""``make bench``: one JSON line a figure; exits with 1 when one falls short.

``BENCH_HISTORY`` readings are in the record before (10,000); ``CONN_MAX_AGE`` is the textbook's (0, Django's
own default). Ratios hold on a busy machine, milliseconds do not. The services of ``make bench`` do not wait
for the disk, which is hard on the product: the raw statements gain most by it.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from itertools import chain
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = "ice_bench"


def main() -> int:
    """Measure everything; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers end too
    given = os.environ["DATABASE_URL"]
    with psycopg.connect(given, autocommit=True) as server, ExitStack() as end:
        for name in (NAME, f"{NAME}_textbook"):
            server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {name}")
            end.callback(server.execute, f"DROP DATABASE {name} WITH (FORCE)")
        os.environ["DATABASE_URL"] = _named(given, NAME)
        os.environ.pop("DATABASE_OWNER_URL", None)
        return _measure(end, textbook=_named(given, f"{NAME}_textbook"))


def _measure(end: ExitStack, *, textbook: str) -> int:  # noqa: PLR0915 - everything is imported here
    import django  # noqa: PLC0415 - needs the database's name

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from tests.bench.figures import SINGLE, Bench  # noqa: PLC0415
    from tests.bench.load import press  # noqa: PLC0415
    from tests.bench.outages import make_outages  # noqa: PLC0415
    from tests.bench.raw import Raw  # noqa: PLC0415
    from tests.bench.servers import Server  # noqa: PLC0415
    from tests.bench.world import make_world  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    history = int(os.environ.get("BENCH_HISTORY", "10000"))
    world = make_world(history)
    make_outages(world, history)
    subprocess.run(
        [sys.executable, "-m", "tests.bench.textbook"],
        env=os.environ | {"DATABASE_URL": textbook},
        check=True,
    )
    unlimited = {"THROTTLE_WRITE": "1000000", "THROTTLE_BULK": "1000000"}  # counted all the same
    product = Server("config.wsgi:application", **unlimited)
    end.callback(product.stop)
    other = Server("tests.bench.textbook:application", DATABASE_URL=textbook)
    end.callback(other.stop)
    control = Server("tests.bench.control:application")
    end.callback(control.stop)
    product.post(SINGLE, world.rows(1)[0], Authorization=f"Bearer {world.token}")
    bench = Bench(world=world, raw=Raw(), product=product, textbook=other, control=control)
    connection.close()
    short = 0
    parts = {
        "single": bench.single(),
        "bulk": chain(
            bench.bulk(500, goal=0.35),
            bench.bulk(5000, goal=0.5),
            bench.bulk(50_000, goal=0.5, stream=True),
        ),
        "pages": bench.pages(history),
        "memory": bench.memory(),
    }
    wanted = os.environ.get("BENCH_ONLY", " ".join(parts)).split()
    if wanted == ["load"]:
        return int(not press(product, world, _tell))
    for figure in chain.from_iterable(parts[name] for name in wanted):
        _tell(figure.line())
        short += not figure.ok
    return int(short > 0)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _named(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.exit(main())
