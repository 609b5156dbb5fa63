"""``make chaos``: real processes, killed; prints a table of bounds and exits with 1 when one is broken.

``MINUTES`` and ``ALERTS`` are those of the kill storm (10, 5000), ``FAULT_S`` is how long a service is away
or misbehaves elsewhere (60), ``SEED`` repeats what was done (printed), ``SCENARIO`` names what to run,
separated by commas (all in turn), ``KEEP`` a folder for the logs of the last run.
"""

import os
import secrets
import signal
import sys
import time

from tests.chaos.run import Size
from tests.chaos.scenarios import SCENARIOS


def main() -> int:
    """Run what is asked for; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the processes end too
    size = Size(
        minutes=float(os.environ.get("MINUTES") or 10),
        alerts=int(os.environ.get("ALERTS") or 5000),
        fault_s=float(os.environ.get("FAULT_S") or 60),
        seed=int(os.environ.get("SEED") or secrets.randbelow(10**6)),
    )
    wanted = (os.environ.get("SCENARIO") or ",".join(SCENARIOS)).split(",")
    if unknown := set(wanted) - SCENARIOS.keys():
        sys.stderr.write(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}\n")
        return 2
    load = os.getloadavg()[0]
    _say(f"SEED={size.seed} on {os.cpu_count()} cores, load {load:.1f}")
    broken = [name for name in wanted if not _run(name, size)]
    _say(
        f"{len(wanted) - len(broken)} of {len(wanted)} hold"
        + (f"; broken: {', '.join(broken)}" if broken else "")
    )
    return int(bool(broken))


def _run(name: str, size: Size) -> bool:
    began = time.monotonic()
    scenario = SCENARIOS[name]
    _say(f"\n{name}: {(scenario.__doc__ or '').strip().splitlines()[0]}")
    try:
        found = scenario(size)
    except (TimeoutError, RuntimeError) as error:
        _say(f"  could not be run: {error}")
        return False
    for bound in found:
        _say(bound.line())
    _say(f"  ({time.monotonic() - began:.0f} s)")
    return all(bound.ok for bound in found)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
