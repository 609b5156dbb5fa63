"""What stands around a number: whether it is a sum so far, as of when, and of which area."""

from incidents.rules.briefs.clauses import Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import FoundPlace, Moment, Value


def sum_so_far(context: Context, cumulative: Token | None, token: Token) -> Value[bool] | None:
    """Return that a number is a sum so far, if 累计 stands before it."""
    if cumulative is None or cumulative.start > token.start:
        return None
    return context.value(True, cumulative)


def cut_off(context: Context, sentence: Sentence) -> Value[Moment] | None:
    """Return the cut-off that counts for a sentence; one that tells a day of its own has none."""
    own = [t for t in sentence.tokens() if t.time and t.time.has_day and t.start not in context.as_of_starts]
    inside = any(t.start in context.as_of_starts for t in sentence.tokens() if t.time)
    return context.as_of if inside or not own else None


def scope(context: Context, sentence: Sentence, token: Token) -> Value[FoundPlace] | None:
    """Return the area of a number: the last place before it, or what stands before a list of places."""
    tokens = [t for t in sentence.tokens() if t.start < token.start]
    places = [at for at, t in enumerate(tokens) if t.start in context.found]
    while len(places) > 1 and all(t.kind == Kind.LIST for t in tokens[places[-2] + 1 : places[-1]]):
        listed = places.pop()
        if listed - places[-1] <= 1:
            break
        if len(places) == 1 or tokens[places[-1] - 1].kind != Kind.LIST:
            places.pop()
            break
    return context.found[tokens[places[-1]].start] if places else None
