"""How much one caller may ask in a minute: generous for a storm, too little for a loop or a guess."""

from typing import Final

from config import env

# Bucket → requests a minute: of one phone or one signed-in person; of one address for "stranger", "enrol" and
# "sign_in". How often one account may be tried, rows say: incidents/rules/lockout.py.
# A phone that empties six hours of queue asks some 20 times a second for a minute or two.
USUAL: Final = {
    "read": 3000,
    "write": 3000,
    "bulk": 300,
    "batch": 300,
    "changes": 1200,
    "upload": 3000,
    "credentials": 20,
    "stranger": 60,
    "enrol": 10,
    "sign_in": 60,
}
_MOST: Final = 1_000_000


def from_environment() -> dict[str, int]:
    """Return bucket → requests a minute as ``THROTTLE_<BUCKET>`` says; 0 is no limit.

    Raises:
        ImproperlyConfigured: If one is no whole number from 0 to a million.
    """
    return {
        name: env.integer(f"THROTTLE_{name.upper()}", usual, low=0, high=_MOST)
        for name, usual in USUAL.items()
    }
