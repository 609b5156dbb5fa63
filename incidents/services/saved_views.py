"""Views of lists: saved under a name, shared with an organisation, withdrawn by who saved them."""

from urllib.parse import parse_qsl, urlencode

from django.db import transaction

from incidents import journal
from incidents.errors import NotFound
from incidents.journal import Actor
from incidents.models import Organization, SavedView
from incidents.services import deeds, facts
from incidents.services.storing import store

_OF_A_PAGE = {"p", "e", "all", "_changelist_filters", "_popup", "_to_field"}


@transaction.atomic
def save(
    *, name: str, page: str, query: str, by: Actor, organization: Organization | None = None
) -> SavedView:
    """Keep what a list is filtered by.

    Args:
        name: What the person calls it.
        page: Which list, as ``incidents.outage``.
        query: The part of the list's address after the question mark; its page number is left out.
        by: Whose view it is.
        organization: With whom it is shared; None for oneself alone.

    Raises:
        Missing: If it has no name.
        BrokenRule: If the person has a view of that name for that list.
        Invalid: If a value cannot be; nothing is written.
    """
    facts.require_words(purpose="save", name=name)
    kept = urlencode([(key, value) for key, value in parse_qsl(query.lstrip("?")) if key not in _OF_A_PAGE])
    view = SavedView(
        user=by.user, name=name.strip(), page=page, query=kept, organization=organization, saved_at=by.now
    )
    store(view)
    journal.write("saved_view.saved", subject=view, at=by.now, by=by, organization=organization)
    return view


@transaction.atomic
def withdraw(view: SavedView, *, by: Actor) -> SavedView:
    """Take a view away, as who saved it; what is withdrawn already stays so.

    Raises:
        NotFound: If it is somebody else's.
    """
    row = SavedView.objects.select_for_update().get(pk=view.pk)
    if row.user_id != by.user.pk:
        raise NotFound(kind="saved_view", key=row.uuid)
    if row.withdrawn_at is None:
        before = journal.snapshot(row)
        row.withdrawn_at = by.now
        deeds.record(
            "saved_view.withdrawn", row, before=before, at=by.now, by=by, organization=row.organization
        )
    return row
