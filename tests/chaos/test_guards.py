"""Each guard is taken away once, to see that its test would notice."""

import pytest
from django.db import connection

from tests.chaos.guards import GUARDS
from tests.chaos.story import CLEAR
from tests.tracker.mailservers import Mailbox
from tracker.services import outbox

pytestmark = pytest.mark.django_db(transaction=True)


def clear(mailbox: Mailbox) -> Mailbox:
    """Forget what the last check did."""
    outbox.let_go()
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
    mailbox.mails.clear()
    mailbox.on_mail = lambda _mail: None
    return mailbox


def test_every_check_passes_with_its_guard_and_fails_without(
    mailbox: Mailbox, subtests: pytest.Subtests
) -> None:
    for guard in GUARDS:
        with subtests.test(guard.name):
            guard.check(clear(mailbox))
            with pytest.MonkeyPatch.context() as patch:
                guard.remove(patch)
                with pytest.raises(AssertionError):
                    guard.check(clear(mailbox))
    clear(mailbox)
