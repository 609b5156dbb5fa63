"""Which word governs a number: the one that says whether its things are out, back or still out."""

from typing import Final

from incidents.rules.briefs.clauses import Clause
from incidents.rules.briefs.kinds import Subject
from incidents.rules.briefs.tokens import Kind, Token

WEAK: Final = "out_weak"
"""造成, 影响, 涉及: things are out unless another word says what became of them."""
OF_WORKS: Final = frozenset((Subject.TREES, Subject.FAULTS, Subject.LOW_VOLTAGE))
"""What is done away with rather than out and back."""
_OUT: Final = ("out", WEAK)
_BACK: Final = ("restored", "remaining")

Governor = tuple[str, Token]
"""A state and the word that gives it."""


def governing(clause: Clause, token: Token, subject: Subject, carried: Governor | None) -> list[Governor]:
    """Return the states of a number: two of 停电的8条线路已全部恢复, none where the text denies them.

    The word before it in its clause counts, else the one behind, else what the sentence has had so far.

    Args:
        clause: Its clause.
        token: The quantity.
        subject: What it counts.
        carried: The state of the clause before.
    """
    first, attribute = _before(clause, token, subject)
    second = behind(clause, token)
    later = _later(clause, second) if second and second.tag("state") == "out" and not first else None
    if later:
        first, second, attribute = second, later, True
    if any(word and state_of(clause, word) in _OUT and clause.is_negated(word) for word in (first, second)):
        return []
    found = _of_two(clause, token, first, second, attribute=attribute) or _of_one(
        clause, subject, first, second
    )
    return found or _by_itself(clause, subject, carried)


def state_of(clause: Clause, token: Token) -> str:
    """Return the state that a word gives, with the denial before it: 未恢复 is what remains."""
    state = token.tag("state")
    return "remaining" if state == "restored" and clause.is_denied(token) else state


def _of_two(
    clause: Clause, token: Token, first: Token | None, second: Token | None, *, attribute: bool
) -> list[Governor]:
    """Return what a word before and one behind say together: 停电的8条已恢复."""
    if not first or not second:
        return []
    before, after = state_of(clause, first), state_of(clause, second)
    if after not in _BACK or before not in _OUT:
        return []
    whole = any(t.tag("whole") for t in clause.tokens if t.start > token.start)
    if before == "out" and whole and after == "restored":
        return [(before, first), (after, second)]
    is_second = before == WEAK or attribute or after == "restored"
    return [(after, second)] if is_second else [(before, first)]


def _of_one(clause: Clause, subject: Subject, first: Token | None, second: Token | None) -> list[Governor]:
    """Return the stronger of a word before and one behind."""
    before = state_of(clause, first) if first else ""
    after = state_of(clause, second) if second else ""
    works = before == "cleared" and (subject in OF_WORKS or not second)
    if first and (works or before not in (WEAK, "sent", "cleared")):
        return [(before, first)]
    if second and after != "sent":
        return [(after, second)]
    return [(before, first)] if first else []


def _by_itself(clause: Clause, subject: Subject, carried: Governor | None) -> list[Governor]:
    """Return the state of a number that no word of its clause governs."""
    fault = next((t for t in clause.facts() if t.text == "故障"), None)
    if fault and subject == Subject.LINES:
        return [("out", fault)]
    return [carried] if carried and carried[0] != "sent" else []


def _later(clause: Clause, word: Token) -> Token | None:
    """Return what became of things that a word only describes: 17条停运线路已全部恢复."""
    for other in clause.after(word):
        if other.quantity or other.kind == Kind.LIST:
            return None
        if other.tag("state") in ("restored", "remaining"):
            return other
    return None


def _before(clause: Clause, token: Token, subject: Subject) -> tuple[Token | None, bool]:
    """Return the word that governs a number from before, and whether it only describes (停电的)."""
    passed = False
    for other in clause.before(token):
        passed |= other.quantity is not None
        state = other.tag("state")
        if not state or (state == "iced" and passed) or (state == "sent" and subject not in OF_WORKS):
            continue
        after = clause.after(other)[:1]
        attribute = bool(after) and bool(after[0].tag("relative")) and after[0].start == other.end
        if attribute and passed and not _is_list(clause, other, token):
            continue
        return _of_which(clause, other) or other, attribute
    return None, False


def _of_which(clause: Clause, word: Token) -> Token | None:
    """Return the word right before one that only says which things: 恢复 in 恢复停电用户1200户."""
    before = clause.before(word)[:1]
    if word.tag("state") not in _OUT or not before or before[0].end != word.start:
        return None
    return before[0] if before[0].tag("state") in ("restored", "remaining", "cleared") else None


def _is_list(clause: Clause, word: Token, token: Token) -> bool:
    """Say whether a number belongs to the list that begins behind a word."""
    between = [t for t in clause.tokens if word.end < t.start < token.start]
    quantities = sum(1 for t in between if t.quantity)
    marks = sum(1 for t in between if t.kind == Kind.LIST)
    return marks >= quantities > 0


def behind(clause: Clause, token: Token) -> Token | None:
    """Return the word that governs a number from behind: the next that no number follows."""
    rest = clause.after(token)
    for at, other in enumerate(rest):
        if other.tag("state") and clause.is_fact(other) and other.tag("state") != "sent":
            if other.tag("state") == "iced" and any(t.tag("state") for t in rest[at + 1 :]):
                continue
            goes_on = any(t.quantity for t in rest[at + 1 :])
            listed = all(t.kind == Kind.LIST or not t.quantity for t in rest[:at])
            if goes_on and listed and not _closes(rest[at + 1 :]):
                return None
            return other
        if other.quantity and at and rest[at - 1].kind != Kind.LIST and not _joined(rest[:at]):
            return None
    return None


def _joined(tokens: list[Token]) -> bool:
    return any(t.kind == Kind.LIST for t in tokens) or any(t.text in ("涉及", "影响") for t in tokens)


def _closes(tokens: list[Token]) -> bool:
    """Say whether a list mark stands right behind a state: 3条跳闸、2条拉停."""
    return bool(tokens) and tokens[0].kind == Kind.LIST
