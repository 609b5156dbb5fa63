"""Who is helped: the company or place that a team goes to."""

from typing import Final

from incidents.rules.briefs.clauses import Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.names import words
from incidents.rules.briefs.tokens import NO_NAME, Kind, Token
from incidents.rules.briefs.values import FoundPlace, Value

Host = tuple[Value[str], Value[FoundPlace] | None]
"""The words, and the place where lists know it."""

_NO_HOST: Final = (
    "命令",
    "请求",
    "任务",
    "指令",
    "队",
    "人员",
    "工作",
    "力量",
    "通知",
    "需求",
    "小组",
    "单位",
    "现场",
    "一线",
)
_GOING: Final = frozenset(("奔赴", "开赴", "赶赴", "前往", "赶往", "赴"))
_BEHIND_HOST: Final = words("hosts", "behind")


def host_of(context: Context, sentence: Sentence, word: Token) -> Host | None:
    """Return who is helped: named behind 支援, else right before it (赴嵊州支援, 派往台州的支援队伍)."""
    tokens = sentence.clause_of(word).tokens
    at = tokens.index(word)
    behind = tokens[at + 1 : at + 4]
    named = next((t for t in behind if t.kind == Kind.PLACE), None)
    named = named or next((t for t in behind[:1] if t.kind == Kind.ORGANIZATION), None)
    if named is None:
        before = [t for t in tokens[max(0, at - 4) : at] if t.kind == Kind.PLACE]
        named = before[-1] if before else None
    if named is None:
        return _reached(context, sentence, word) or _unlisted(context, sentence, word)
    text = "".join(part.word for part in named.parts) or named.text
    value = context.source.value(text, named.start, named.start + len(text), confidence=0.85)
    return value, context.found.get(named.start)


def _reached(context: Context, sentence: Sentence, word: Token) -> Host | None:
    """Return the place that a team has gone to before 增援当地."""
    tokens = [t for t in sentence.tokens() if t.start < word.start]
    for at, token in enumerate(tokens[1:], start=1):
        if token.kind == Kind.PLACE and (tokens[at - 1].tag("arrive") or tokens[at - 1].tag("came")):
            text = "".join(part.word for part in token.parts)
            return context.value(text, token, confidence=0.75), context.found.get(token.start)
    return None


def _unlisted(context: Context, sentence: Sentence, word: Token) -> Host | None:
    """Return a host that no list has, behind 支援 or behind a word of going in its sentence."""
    going = [t for t in sentence.tokens() if t.text in _GOING and t is not word]
    return next((found for t in (word, *going) if (found := _unlisted_at(context, t))), None)


def _unlisted_at(context: Context, word: Token) -> Host | None:
    """Return a short name that no list has, where a mark ends it: 驰援阳新."""
    text = context.source.text
    end = word.end
    if text.startswith(_NO_HOST, end):
        return None
    while end < len(text) and end - word.end < 4 and text[end] not in NO_NAME:  # noqa: PLR2004
        if text.startswith(_BEHIND_HOST, end):
            break
        end += 1
    bounded = end == len(text) or text[end] in "，。；、\n" or text.startswith(_BEHIND_HOST, end)
    if not bounded or end - word.end < 2:  # noqa: PLR2004
        return None
    return context.source.value(text[word.end : end], word.end, end, confidence=0.5), None
