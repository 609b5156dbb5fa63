"""What the person at the terminal sees."""

import sys
from contextlib import suppress


def say(text: str = "") -> None:
    """Print a line at once; a terminal that has gone away is no reason to fall over."""
    with suppress(OSError, ValueError):
        print(text, flush=True)


def complain(text: str) -> None:
    """Print a line to the error stream at once."""
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


class Refused(Exception):  # noqa: N818 - a refusal in words for the reader, not a defect
    """A start that cannot go on; the text says what to do about it."""
