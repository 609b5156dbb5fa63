"""The brief of an organisation, written from the record as of any moment."""

from datetime import datetime

from incidents.models import Organization, Storm
from tracker.mail.briefs import Brief, Length, brief
from tracker.mail.letters import harmless
from tracker.selectors.statistics import Scope, numbers


def write(
    organization: Organization, *, storm: Storm | None, as_of: datetime, length: Length, language: str
) -> str:
    """Return the sentences that a report as of a moment would hold; nothing is stored.

    Args:
        organization: Whose, with all below it.
        storm: Of which storm alone; None for everything real.
        as_of: The cut-off.
        length: How much is said; the short form has at most 200 characters.
        language: ``zh-hans`` or ``en``.
    """
    scope = Scope.of(organization, storm, as_of=as_of)
    about = Brief(company=harmless(organization.name), as_of=as_of, numbers=numbers(scope))
    mark = "【演练】" if scope.is_exercise else ""
    return mark + brief(about, length=length, language=language)
