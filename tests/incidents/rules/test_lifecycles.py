"""The five lives: what leads where, what needs a reason, and that no life has a trap or a back door."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.choices import (
    AssignmentStatus,
    DeploymentStatus,
    OutageStatus,
    PatrolStatus,
    SupportRequestStatus,
)
from incidents.errors import BadTransition, Missing
from incidents.rules.lifecycles import (
    ASSIGNMENT,
    DEPLOYMENT,
    OUTAGE,
    PATROL,
    SUPPORT_REQUEST,
    AssignmentVerb,
    DeploymentVerb,
    OutageVerb,
    PatrolVerb,
    SupportVerb,
)

LIVES: list[tuple[Any, Any, Any, set[str]]] = [
    (OUTAGE, OutageStatus, OutageVerb, {"cancelled", "momentary"}),
    (ASSIGNMENT, AssignmentStatus, AssignmentVerb, {"finished", "refused", "aborted"}),
    (SUPPORT_REQUEST, SupportRequestStatus, SupportVerb, {"refused", "cancelled"}),
    (DEPLOYMENT, DeploymentStatus, DeploymentVerb, {"returned", "cancelled"}),
    (PATROL, PatrolStatus, PatrolVerb, {"finished", "cancelled"}),
]


@pytest.mark.parametrize(("life", "states", "verbs", "terminal"), LIVES)
def test_every_state_is_reached_and_only_the_terminal_ones_are_not_left(
    life: Any, states: Any, verbs: Any, terminal: set[str]
) -> None:
    reached: set[Any] = {None}
    for _ in states:
        reached |= {new for (state, _), new in life.moves.items() if state in reached}

    assert reached - {None} == set(states)
    assert {state.value for state in states if life.is_terminal(state=state)} == terminal
    assert {verb for _, verb in life.moves} == set(verbs)


@given(st.sampled_from(LIVES), st.data())
def test_a_verb_is_either_allowed_or_refused_with_the_allowed_ones(life: Any, data: st.DataObject) -> None:
    cycle, states, verbs, _ = life
    state = data.draw(st.sampled_from([None, *states]))
    verb = data.draw(st.sampled_from(list(verbs)))

    if verb in cycle.allowed(state=state):
        assert cycle.after(state=state, verb=verb, reason="because") in set(states)
    else:
        with pytest.raises(BadTransition) as refusal:
            cycle.after(state=state, verb=verb, reason="because")
        assert refusal.value.fields["allowed"] == [str(each) for each in cycle.allowed(state=state)]


@pytest.mark.parametrize(
    ("state", "verb", "new"),
    [
        (None, OutageVerb.REPORT, OutageStatus.REPORTED),
        (OutageStatus.REPORTED, OutageVerb.CONFIRM, OutageStatus.CONFIRMED),
        (OutageStatus.REPORTED, OutageVerb.ISOLATE, OutageStatus.ISOLATED),
        (OutageStatus.ISOLATED, OutageVerb.RESTORE_LAST, OutageStatus.RESTORED),
        (OutageStatus.REPAIRING, OutageVerb.RESTORE_STEP, OutageStatus.PARTIALLY_RESTORED),
        (OutageStatus.REPAIRING, OutageVerb.SUPPLY_STEP, OutageStatus.REPAIRING),
        (OutageStatus.PARTIALLY_RESTORED, OutageVerb.LOCATE, OutageStatus.PARTIALLY_RESTORED),
        (OutageStatus.REPAIRING, OutageVerb.LOCATE, OutageStatus.REPAIRING),
        (OutageStatus.RESTORED, OutageVerb.START_REPAIR, OutageStatus.RESTORED),
        (OutageStatus.REPAIRING, OutageVerb.MISLOCATE, OutageStatus.CONFIRMED),
        (OutageStatus.PARTIALLY_RESTORED, OutageVerb.CANCEL, OutageStatus.CANCELLED),
        (OutageStatus.REPORTED, OutageVerb.RECORD_MOMENTARY, OutageStatus.MOMENTARY),
        (OutageStatus.RESTORED, OutageVerb.CLOSE, OutageStatus.CLOSED),
        (OutageStatus.CLOSED, OutageVerb.REOPEN, OutageStatus.REOPENED),
        (OutageStatus.REPORTED, OutageVerb.CORRECT, OutageStatus.REPORTED),
        (OutageStatus.MOMENTARY, OutageVerb.CORRECT, OutageStatus.MOMENTARY),
        (OutageStatus.REOPENED, OutageVerb.CORRECT, OutageStatus.REOPENED),
        (OutageStatus.RESTORED, OutageVerb.REPAIR, OutageStatus.RESTORED),
        (OutageStatus.RESTORED, OutageVerb.RETURN_TO_NORMAL, OutageStatus.RESTORED),
        (OutageStatus.REOPENED, OutageVerb.CLOSE, OutageStatus.CLOSED),
    ],
)
def test_moves_of_an_outage(state: OutageStatus | None, verb: OutageVerb, new: OutageStatus) -> None:
    assert OUTAGE.after(state=state, verb=verb, reason="because") == new


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (OutageStatus.CONFIRMED, OutageVerb.CONFIRM),
        (OutageStatus.CONFIRMED, OutageVerb.MISLOCATE),
        (OutageStatus.RESTORED, OutageVerb.CANCEL),
        (OutageStatus.RESTORED, OutageVerb.RESTORE_STEP),
        (OutageStatus.RESTORED, OutageVerb.MISLOCATE),
        (OutageStatus.PARTIALLY_RESTORED, OutageVerb.CLOSE),
        (OutageStatus.LOCATED, OutageVerb.RECORD_MOMENTARY),
        (OutageStatus.CLOSED, OutageVerb.CORRECT),
        (OutageStatus.CANCELLED, OutageVerb.CORRECT),
        (OutageStatus.REPORTED, OutageVerb.REPAIR),
        (OutageStatus.REPAIRING, OutageVerb.RETURN_TO_NORMAL),
    ],
)
def test_moves_that_an_outage_does_not_make(state: OutageStatus, verb: OutageVerb) -> None:
    with pytest.raises(BadTransition):
        OUTAGE.after(state=state, verb=verb, reason="because")


def test_only_a_wrong_location_leads_an_outage_back() -> None:
    chain = OUTAGE.chain

    back = {
        (verb, new)
        for (state, verb), new in OUTAGE.moves.items()
        if state in chain and new in chain and chain.index(new) < chain.index(state)
    }

    assert back == {(OutageVerb.MISLOCATE, OutageStatus.CONFIRMED)}


def test_a_refusal_names_the_verbs_that_are_possible() -> None:
    with pytest.raises(BadTransition) as refusal:
        OUTAGE.after(state=OutageStatus.CLOSED, verb=OutageVerb.CANCEL)

    assert refusal.value.fields == {
        "subject": "outage",
        "state": "closed",
        "verb": "cancel",
        "allowed": ["reopen"],
        "possible": "reopen",
    }


@pytest.mark.parametrize("reason", ["", "  "])
def test_some_verbs_need_a_reason(reason: str) -> None:
    with pytest.raises(Missing) as refusal:
        OUTAGE.after(state=OutageStatus.LOCATED, verb=OutageVerb.MISLOCATE, reason=reason)

    assert refusal.value.fields == {"field": "reason", "purpose": "mislocate"}
    assert {OutageVerb.CANCEL, OutageVerb.REOPEN} < OUTAGE.reasons
    assert ASSIGNMENT.reasons == {AssignmentVerb.REFUSE, AssignmentVerb.ABORT}


@pytest.mark.parametrize(
    ("state", "new", "skipped"),
    [
        (OutageStatus.REPORTED, OutageStatus.CONFIRMED, ()),
        (OutageStatus.REPORTED, OutageStatus.ISOLATED, (OutageStatus.CONFIRMED, OutageStatus.LOCATED)),
        (
            OutageStatus.ISOLATED,
            OutageStatus.RESTORED,
            (OutageStatus.REPAIRING, OutageStatus.PARTIALLY_RESTORED),
        ),
        (OutageStatus.REPAIRING, OutageStatus.CONFIRMED, ()),
        (OutageStatus.REPORTED, OutageStatus.CANCELLED, ()),
        (OutageStatus.REOPENED, OutageStatus.CLOSED, ()),
    ],
)
def test_what_was_skipped_is_told(
    state: OutageStatus, new: OutageStatus, skipped: tuple[OutageStatus, ...]
) -> None:
    assert OUTAGE.skipped(state=state, new=new) == skipped


def test_nobody_works_without_a_briefing() -> None:
    way: dict[Any, list[list[Any]]] = {None: [[]]}
    paths: list[list[Any]] = []
    for _ in range(8):
        way = _one_step_further(way)
        paths += way.get(DeploymentStatus.WORKING, [])

    assert paths
    assert all(DeploymentVerb.BRIEF in path for path in paths)


def _one_step_further(way: dict[Any, list[list[Any]]]) -> dict[Any, list[list[Any]]]:
    further: dict[Any, list[list[Any]]] = {}
    for (state, verb), new in DEPLOYMENT.moves.items():
        further.setdefault(new, []).extend([*path, verb] for path in way.get(state, []))
    return further


@pytest.mark.parametrize("state", [DeploymentStatus.ARRIVED, DeploymentStatus.WORKING])
def test_a_deployment_is_cancelled_only_before_it_arrives(state: DeploymentStatus) -> None:
    assert DeploymentVerb.CANCEL not in DEPLOYMENT.allowed(state=state)


def test_an_assignment_from_queue_to_finish() -> None:
    state = None
    for verb in ("queue", "assign", "accept", "depart", "arrive", "finish"):
        state = ASSIGNMENT.after(state=state, verb=AssignmentVerb(verb))

    assert state == AssignmentStatus.FINISHED


def test_a_request_for_support_is_approved() -> None:
    asked = SUPPORT_REQUEST.after(state=None, verb=SupportVerb.REQUEST)

    assert SUPPORT_REQUEST.after(state=asked, verb=SupportVerb.APPROVE) == SupportRequestStatus.APPROVED
