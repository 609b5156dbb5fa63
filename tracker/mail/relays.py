"""Two mail servers as one: the second is asked where the first refuses or is down, until it works again.

Together they take no longer for a mail than one would alone. A text that the first may have taken is never
handed to the second as well: that would be the same mail twice.
"""

import time
from dataclasses import replace
from types import TracebackType
from typing import Self

from django.conf import settings

from tracker.mail.servers import Server
from tracker.mail.smtp import Outcome, Relay, Result

REST_S = 30.0  # for which a first server that was down is not asked before the second
_LONGEST_WORDS = 300
_SETTLED = {Outcome.ACCEPTED, Outcome.UNCERTAIN}

_rests: dict[str, float] = {}  # of this process: server → until when it is not asked first


class Relays:
    """The mail servers, each over one connection that is made when the first mail is sent.

    Use as a context manager: its end says goodbye.
    """

    def __init__(self) -> None:
        second = Server.second()
        self._server = Server.first()
        self._first = Relay(self._server)
        self._second = Relay(second) if second else None

    def __enter__(self) -> Self:
        """Connect later, with the first mail."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye, or just hang up after an error."""
        self.hang_up(politely=error is None)

    @property
    def connections(self) -> int:
        """How many connections were made."""
        return self._first.connections + (self._second.connections if self._second else 0)

    def hang_up(self, *, politely: bool = False) -> None:
        """End the connections; the next mail makes a new one."""
        self._first.hang_up(politely=politely)
        if self._second:
            self._second.hang_up(politely=politely)

    def send(self, mail: bytes, *, sender: str, recipient: str) -> Result:
        """Hand over one mail within ``MAIL_DEADLINE_S`` and say what became of it; never raises for it.

        Args:
            mail: The whole mail, lines ended by CRLF.
            sender: Address for bounces.
            recipient: Address of the recipient.
        """
        if self._second is None:
            return self._first.send(mail, sender=sender, recipient=recipient)
        order = [self._first, self._second]
        if time.monotonic() < _rests.get(self._server.name, 0.0):
            order.reverse()
        half = settings.MAIL_DEADLINE_S / 2
        said: dict[Relay, Result] = {}
        for relay in order:
            result = relay.send(mail, sender=sender, recipient=recipient, within_s=half)
            self._note(relay, result)
            if result.outcome in _SETTLED:
                return result
            said[relay] = result
            if relay is self._second and result.outcome is not Outcome.BROKEN and len(said) == 1:
                break  # the first is down, and the one that stands in for it has spoken
        return _weighed(said.get(self._first), said[self._second])

    def noop(self) -> str:
        """Ask whether one of them answers; return the name of the one that does, the first before the second.

        Raises:
            OSError, smtplib.SMTPException: If none does; of the first.
        """
        try:
            self._first.noop()
        except Exception:
            if self._second is None:
                raise
            self._second.noop()
            return self._second.server.name
        return self._server.name

    def _note(self, relay: Relay, result: Result) -> None:
        if relay is not self._first:
            return
        if result.outcome is Outcome.BROKEN:
            _rests[self._server.name] = time.monotonic() + REST_S
        else:
            _rests.pop(self._server.name, None)


def _weighed(first: Result | None, second: Result) -> Result:
    """Return what became of a mail that neither took; what only the second refuses may yet be taken."""
    if first is None:
        return replace(second, outcome=Outcome.DEFERRED)
    words = f"{first.told}; {second.told}"[:_LONGEST_WORDS]
    if first.outcome is Outcome.REFUSED and second.outcome in (Outcome.REFUSED, Outcome.BROKEN):
        return replace(first, told=words)
    is_broken = first.outcome is second.outcome is Outcome.BROKEN
    return Result(outcome=Outcome.BROKEN if is_broken else Outcome.DEFERRED, told=words)
