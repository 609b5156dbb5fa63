"""People and vehicles: of the one outage that is told of, else of the situation."""

from typing import Final

from incidents.choices import TaskKind
from incidents.rules.briefs.circumstances import cut_off, scope, sum_so_far
from incidents.rules.briefs.clauses import Clause, Sentence
from incidents.rules.briefs.context import Context
from incidents.rules.briefs.kinds import State, Subject
from incidents.rules.briefs.records import AssignmentRecord, TotalRecord
from incidents.rules.briefs.support import vehicle_kind
from incidents.rules.briefs.tokens import Kind, Token
from incidents.rules.briefs.values import Inference, Value

_SENT_ONES: Final = ("people", "teams")

Forces = list[tuple[Subject, Token]]
"""What each number counts."""


def give_forces(context: Context, sentence: Sentence, forces: Forces) -> None:
    """Give people and vehicles to the outage that is told of, else to the situation."""
    if not forces:
        _assign_unnumbered(context, sentence)
        return
    trips = any(subject in (Subject.PERSON_TRIPS, Subject.VEHICLE_TRIPS) for subject, _ in forces)
    if context.current and not trips and not sentence.has("cumulative") and not context.as_of:
        _assign(context, sentence, forces)
        return
    for subject, token in forces:
        clause = sentence.clause_of(token)
        cumulative = _of_forces(sentence, forces)
        word = next((t for t in clause.before(token) if t.tag("state") == "sent"), token)
        context.use(token)
        context.records.append(
            TotalRecord(
                span=context.span(sentence),
                organization=context.organization_in(sentence),
                subject=subject,
                state=context.value(State.SENT, word),
                count=context.count(token),
                cumulative=sum_so_far(context, cumulative, token),
                as_of=cut_off(context, sentence),
                place=scope(context, sentence, token),
            )
        )


def _of_forces(sentence: Sentence, forces: Forces) -> Token | None:
    """Return 累计 where it stands with people or vehicles; it counts for those in later clauses too."""
    counted = {token.start for _, token in forces}
    for clause in sentence.clauses:
        word = next((t for t in clause.facts() if t.tag("cumulative")), None)
        if word and any(t.start in counted for t in clause.after(word)):
            return word
    return None


def _implied(context: Context, sentence: Sentence) -> tuple[Value[TaskKind], ...]:
    """Return repair where those who are sent are called 抢修人员 or 抢修车."""
    word = next((t for t in sentence.tokens() if t.tag("noun") and "抢修" in t.text), None)
    if word is None:
        return ()
    return (context.value(TaskKind.REPAIR, word, confidence=0.6, inferred=Inference.IMPLIED),)


def _assign_unnumbered(context: Context, sentence: Sentence) -> None:
    """Read who was sent to the one outage that is told of where nobody counted them: 组织人员赶赴抢修."""
    named = any(t.kind == Kind.ORGANIZATION and t.tag("named") for t in sentence.tokens())
    if not named or len(context.current) != 1 or not sentence.has("noun"):
        return
    sent = next((pair for pair in sentence.pairs() if _sends(*pair)), None)
    tasks = context.tasks_in(sentence) or _implied(context, sentence)
    key = context.current[0]
    known = any(isinstance(each, AssignmentRecord) and each.outage == key for each in context.records)
    if sent is None or not tasks or known:
        return
    context.records.append(
        AssignmentRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            tasks=tasks,
            at=context.said_time(sentence, *sent),
            outage=key,
        )
    )


def _sends(clause: Clause, token: Token) -> bool:
    """Say whether a word sends people or has them arrive, in a clause that names them and counts nothing."""
    moves = token.tag("state") == "sent" or token.tag("arrive") == "arrived"
    people = any(t.tag("noun") in _SENT_ONES for t in clause.facts())
    return moves and people and not clause.is_negated(token) and not any(t.quantity for t in clause.tokens)


def _assign(context: Context, sentence: Sentence, forces: Forces) -> None:
    people = next((t for s, t in forces if s == Subject.PEOPLE), None)
    vehicles = next((t for s, t in forces if s in (Subject.VEHICLES, Subject.GENERATOR_CARS)), None)
    context.use(*(token for _, token in forces))
    first = people or vehicles
    if first is None:
        return
    tasks = context.tasks_in(sentence) or _implied(context, sentence)
    context.records.append(
        AssignmentRecord(
            span=context.span(sentence),
            organization=context.organization_in(sentence),
            headcount=context.count(people) if people else None,
            vehicles=context.count(vehicles) if vehicles else None,
            vehicle_kind=vehicle_kind(context, vehicles) if vehicles else None,
            tasks=tasks,
            place=context.place_before(sentence.tokens(), first),
            at=context.said_time(sentence, sentence.clause_of(first), first),
            outage=context.current[0] if len(context.current) == 1 else None,
        )
    )
