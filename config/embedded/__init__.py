"""Everything `make up` and `make test` start themselves: PostgreSQL, Redis, a mail receiver.

Only the standard library, so that `python3 -m config.embedded up` works before anything is
installed. Production brings its own services and never imports this package.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this is where an older Python is turned away
    raise SystemExit("Ice Storm Tracker needs Python 3.11 or newer; this one is " + sys.version)
