"""The sender in plain Python: what is still wanted is taken by the mail server, the rest given up."""

from tests.tracker.services.reference_engine import Notice, Reference


def deliver(engine: Reference) -> None:
    """Send all that is queued, over an honest server."""
    for one in engine.notices:
        if one.state == "queued":
            one.state = "accepted" if is_wanted(engine, one) else "superseded"
    for number, digest in enumerate(engine.digests):
        if digest.state == "queued":
            digest.state = "accepted" if _tells(engine, number) else "superseded"


def is_wanted(engine: Reference, one: Notice) -> bool:
    """Whether its alert fires in that climb and nothing explains it."""
    alert = engine.alerts[one.alert]
    return alert.state == "firing" and alert.generation == one.generation and alert.under is None


def _tells(engine: Reference, number: int) -> bool:
    return any(one.digest == number and is_wanted(engine, one) for one in engine.notices)
