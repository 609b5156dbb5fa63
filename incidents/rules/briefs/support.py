"""Teams that one company sends to another."""

from dataclasses import replace
from typing import Final

from incidents.choices import DeploymentStatus, VehicleKind
from incidents.rules.briefs.clauses import Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.hosts import Host, host_of
from incidents.rules.briefs.names import words
from incidents.rules.briefs.records import DeploymentRecord
from incidents.rules.briefs.tokens import Token
from incidents.rules.briefs.values import Inference, Value

_WORDS: Final = frozenset(
    (
        "支援",
        "跨区支援",
        "驰援",
        "增援",
        "援助",
        "对口支援",
        "帮扶抢修",
        "援助抢修",
        "支援队",
        "支援队伍",
        "支援小组",
        "支援人员",
    )
)
_OF_TEAMS: Final = frozenset(("people", "vehicle", "team", "machine"))
_ORDER: Final = tuple(DeploymentStatus)
_NAMES_OF_TEAM: Final = words("hosts", "team")


def read_support(context: Context, sentence: Sentence) -> None:
    """Read a team sent to another place, or go on with the last one where a sentence speaks of it."""
    tokens = sentence.tokens()
    word = next((t for t in tokens if t.text in _WORDS), None)
    host = host_of(context, sentence, word) if word else None
    counts = _counts(context, sentence, word)
    if word and (host or _forces(counts)) and not sentence.clause_of(word).is_negated(word):
        _tell(context, sentence, word, host, counts)
    elif _goes_on(context, sentence):
        _tell_more(context, sentence, counts)


def _counts(context: Context, sentence: Sentence, word: Token | None) -> list[Token]:
    """Return the numbers that may be of a team: from the clause of 支援 on, if that has any, else all."""
    counts = [t for t in sentence.tokens() if t.quantity and not context.is_used(t)]
    clause = sentence.clause_of(word) if word else None
    if clause is None or not any(t.unit in _OF_TEAMS for t in clause.facts()):
        return counts
    return [t for t in counts if t.start >= clause.tokens[0].start]


def _goes_on(context: Context, sentence: Sentence) -> bool:
    """Say whether a sentence is still about the team of the last deployment."""
    last = _last(context)
    text = context.source.text[sentence.start : sentence.end]
    named = any(name in text for name in _NAMES_OF_TEAM) or sentence.has("arrive")
    return last is not None and not context.as_of and named


def _last(context: Context) -> DeploymentRecord | None:
    record = context.records[context.deployment] if context.deployment is not None else None
    return record if isinstance(record, DeploymentRecord) else None


def _tell(
    context: Context,
    sentence: Sentence,
    word: Token,
    host: Host | None,
    counts: list[Token],
) -> None:
    last = _last(context)
    record = DeploymentRecord(
        span=context.span(sentence),
        organization=context.organization_in(sentence, before=word),
        host=host[0] if host else None,
        place=host[1] if host else None,
        tasks=context.tasks_in(sentence),
        status=_status(context, sentence),
        at=context.said_time(sentence, sentence.clause_of(word), word),
    )
    record = _with_forces(context, record, counts)
    if last is not None and context.deployment is not None and _is_same(last, record):
        context.records[context.deployment] = _merged(last, record)
    else:
        context.deployment = len(context.records)
        context.records.append(record)


def _tell_more(context: Context, sentence: Sentence, counts: list[Token]) -> None:
    last = _last(context)
    if last is None or context.deployment is None:
        return
    record = DeploymentRecord(
        span=last.span,
        tasks=context.tasks_in(sentence),
        status=_status(context, sentence),
    )
    record = _with_forces(context, record, counts)
    context.records[context.deployment] = _merged(last, record)


def _is_same(last: DeploymentRecord, record: DeploymentRecord) -> bool:
    """Say whether two tellings are of one team: nothing in them contradicts."""
    for name in ("headcount", "vehicles", "host"):
        first, second = getattr(last, name), getattr(record, name)
        if first and second and first.value != second.value and str(second.value) not in str(first.value):
            return False
    return True


def _further(
    first: Value[DeploymentStatus] | None, second: Value[DeploymentStatus] | None
) -> Value[DeploymentStatus] | None:
    """Return the later of two states of a team."""
    if not first or not second:
        return first or second
    return max(first, second, key=lambda status: _ORDER.index(status.value))


def _merged(first: DeploymentRecord, second: DeploymentRecord) -> DeploymentRecord:
    names = (
        "host",
        "place",
        "headcount",
        "vehicles",
        "vehicle_kind",
        "generators",
        "teams",
        "at",
        "organization",
    )
    missing = {name: getattr(second, name) for name in names if getattr(first, name) is None}
    known = {task.value for task in first.tasks}
    tasks = (*first.tasks, *(task for task in second.tasks if task.value not in known))
    return replace(first, **missing, tasks=tasks, status=_further(first.status, second.status))


def _status(context: Context, sentence: Sentence) -> Value[DeploymentStatus] | None:
    words = [t for t in sentence.tokens() if t.tag("arrive")]
    if not words:
        return None
    last = max(words, key=lambda t: _ORDER.index(DeploymentStatus(t.tag("arrive"))))
    return context.value(DeploymentStatus(last.tag("arrive")), last, confidence=0.75)


def _forces(counts: list[Token]) -> bool:
    return any(t.unit in ("people", "vehicle", "team") for t in counts)


def _with_forces(context: Context, record: DeploymentRecord, counts: list[Token]) -> DeploymentRecord:
    """Return a deployment with the people, vehicles and generators among some numbers; marks them as used."""
    found: dict[str, Token] = {}
    for token in counts:
        name = name_of(context, token)
        if name:
            found.setdefault(name, token)
    context.use(*found.values())
    told = {name: context.count(token) for name, token in found.items()}
    cars = [token for token in counts if name_of(context, token) == "vehicles"]
    if len(cars) > 1:
        context.use(*cars)
        return replace(
            _with_forces(context, record, [t for t in counts if t not in cars]), vehicles=_sum(context, cars)
        )
    return replace(
        record,
        headcount=told.get("headcount"),
        vehicles=told.get("vehicles"),
        generators=told.get("generators"),
        teams=told.get("teams"),
        vehicle_kind=vehicle_kind(context, found["vehicles"]) if "vehicles" in found else None,
    )


def _sum(context: Context, cars: list[Token]) -> Value[int]:
    """Return how many vehicles of several kinds are; the words are all from the first to the last."""
    total = sum(context.count(token).value for token in cars)
    return context.source.value(
        total, cars[0].start, cars[-1].end, confidence=0.7, inferred=Inference.SUM_OF_OTHERS
    )


def name_of(context: Context, token: Token) -> str:
    """Return which field of a team a number is of; empty if of none."""
    if token.unit == "people":
        return "headcount"
    if token.unit == "team":
        return "teams"
    around = context.around(token)
    if token.unit in ("vehicle", "machine", "item"):
        for tag in (t.tag("noun") for t in around):
            if tag in ("generator_cars", "generators"):
                return "generators"
            if tag == "vehicles":
                return "vehicles"
        return "vehicles" if token.unit == "vehicle" else ""
    return ""


def vehicle_kind(context: Context, token: Token) -> Value[VehicleKind] | None:
    """Return what kind of vehicles a number is of, where a word beside it says so."""
    word = next((t for t in context.around(token) if t.tag("vehicle")), None)
    return context.value(VehicleKind(word.tag("vehicle")), word) if word else None
