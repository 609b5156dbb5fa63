"""What the harness would find: it is only as good as what it notices."""

from dataclasses import replace

import pytest

from tests.chaos.figures import Account, Bound, account
from tests.chaos.relay import Mail

FIRST, SECOND = "<a.1.1.0.p@x>", "<a.1.2.0.p@x>"
DUE = {FIRST: 100.0, SECOND: 160.0}


def mail(message_id: str = FIRST, **over: object) -> Mail:
    plain = Mail(at=101.0, message_id=message_id, to="p", thread="t", date="d", subject="s", repeat=False)
    return replace(plain, **over)  # type: ignore[arg-type]


def found(*mails: Mail) -> Account:
    return account(DUE, mails)


def test_all_is_well_where_each_came_once() -> None:
    one = found(mail(), mail(SECOND, at=163.0))

    assert (one.lost, one.joined, one.strange, one.repeats, one.altered, one.most) == (0, 0, 0, 0, 0, 1)
    assert one.late == [1.0, 3.0]
    assert (one.percentile(50), one.percentile(100)) == (3.0, 3.0)


def test_a_mail_that_never_came_is_lost_unless_a_later_step_told_it() -> None:
    assert (found(mail()).lost, found(mail()).joined) == (1, 0)
    assert (found(mail(SECOND)).lost, found(mail(SECOND)).joined) == (0, 1)
    assert found().lost == 2


def test_a_repeat_has_to_be_word_for_word_and_say_so() -> None:
    honest = found(mail(), mail(repeat=True))
    assert (honest.repeats, honest.altered, honest.most) == (1, 0, 2)
    for over in ({"repeat": False}, {"repeat": True, "subject": "other"}, {"repeat": True, "date": "other"}):
        assert found(mail(), mail(**over)).altered == 1


def test_a_mail_that_nobody_planned_is_strange() -> None:
    assert found(mail(), mail("<other.1.1.0.p@x>")).strange == 1


@pytest.mark.parametrize(
    ("measured", "exactly", "ok"), [(0, True, True), (1, True, False), (4.9, False, True)]
)
def test_a_bound_that_is_broken_says_so(measured: float, exactly: bool, ok: bool) -> None:  # noqa: FBT001
    bound = Bound(name="late", measured=measured, bound=0 if exactly else 5, exactly=exactly)

    assert bound.ok is ok
    assert ("BROKEN" in bound.line()) is not ok
