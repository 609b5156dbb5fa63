"""Our own figures beside those of a brief. Whoever counts them says so at the start; the record does not."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from incidents.models import Organization, Storm

Key: TypeAlias = tuple[str, str, str]
"""What is counted, in which state, at which voltage in kV (empty for any)."""
Figures: TypeAlias = Mapping[Key, int]
Counter: TypeAlias = Callable[[Organization, Storm | None, datetime], Figures]

_counters: Final[list[Counter]] = []


def provide(counter: Counter) -> None:
    """Say who counts; the last one to say so does."""
    _counters[:] = [counter]


def figures_of(organization: Organization, *, storm: Storm | None, as_of: datetime) -> Figures:
    """Return the figures of an organisation as the record has them of a moment; none if nobody counts."""
    return _counters[0](organization, storm, as_of) if _counters else {}


def key_of(values: Mapping[str, Any]) -> Key:
    """Return what a total of a brief counts."""
    kv = values.get("voltage_kv")
    return (values["subject"]["value"], values["state"]["value"], kv["value"] if kv else "")
