"""What caused an outage, from the words of the sentences about it."""

from dataclasses import replace
from typing import Final

from incidents.choices import CauseCode
from incidents.rules.briefs.clauses import Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.tokens import Token
from incidents.rules.briefs.values import Inference

_CAUSES: Final = tuple(
    CauseCode(code)
    for code in (
        "bamboo_ice", "tree_ice", "ice_flashover", "galloping", "shedding_jump", "landslide", "vehicle",
        "user_side", "upstream", "ice_load", "snow_load", "wind",
    )
)  # fmt: skip
"""The narrower first: bamboo bent by ice is a bamboo outage."""


def explain(context: Context, sentence: Sentence) -> None:
    """Give the outages of a sentence the narrowest cause that their own clauses name."""
    if not context.current or not sentence.has("cause"):
        return
    for clause, token in sentence.pairs():
        denied = clause.is_negated(token) or _is_of_the_road(context.source.text, token.start)
        if token.tag("cause") and not denied:
            for key in context.outages_of(clause):
                _blame(context, key, token)


def _blame(context: Context, key: int, token: Token) -> None:
    code, outage = CauseCode(token.tag("cause")), context.outages[key]
    if outage.cause is None or _CAUSES.index(code) < _CAUSES.index(outage.cause.value):
        told = context.value(code, token, confidence=0.75, inferred=Inference.CAUSE_FROM_CONTEXT)
        context.outages[key] = replace(outage, cause=told)


def _is_of_the_road(text: str, place: int) -> bool:
    """Say whether ice or snow lies on a road rather than a line: 路面结冰, 山路积雪."""
    before = text[max(0, place - 2) : place]
    return before.endswith(("路", "道", "面")) and before != "线路"
