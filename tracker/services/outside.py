"""The monitor outside: told every half minute that all is clean, so that its silence means something."""

import logging

from django.conf import settings

from tracker.hooks import wire
from tracker.selectors import watch_state

logger = logging.getLogger(__name__)

LONGEST_S = 5.0
_YES = 2  # first digit of a status


def tell_outside() -> bool:
    """Ask the outside monitor's address if the last turn of the watch was clean; return whether it heard.

    Nothing is asked while something is due for over a minute, a stage broke, nobody turned the watch for
    20 s, or no mail server answers: whoever misses us then alarms by a way that is not ours.
    """
    if not settings.HEARTBEAT_URL or not watch_state.look().is_clean:
        return False
    try:
        answer = wire.ask(wire.Target(settings.HEARTBEAT_URL), method="GET", within_s=LONGEST_S)
    except (wire.NotSentError, wire.NoAnswerError, ValueError) as error:
        logger.warning("outside monitor does not hear us", extra={"error": str(error)})
        return False
    if answer.status // 100 != _YES:
        logger.warning("outside monitor refuses", extra={"status": answer.status})
    return answer.status // 100 == _YES
