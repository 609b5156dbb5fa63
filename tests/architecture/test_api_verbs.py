"""What people do through services they can do through the API, except what is on a list, with its reason."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tests.architecture.source import ROOT

# Verbs of services that the API does not have, each with its reason.
_PART = "part of other verbs, no deed of its own"
_DESK = "people, roles, phones, lines and names of places are managed in the back office"
_DOOR = "signing in is done at the desk: a phone has a token and no password"
_INSTALLS = "done by an installation, not by a person"
NOT_IN_THE_API = {
    "assignment_life.advance": _PART,
    "attachments.end": _PART,
    "assignments.brief": "called by briefings.brief_crew, which keeps the evidence as well",
    "deeds.record": _PART,
    "brief_pieces.keeping_of": _PART,
    "brief_words.teach": "words are taught at the desk, beside their test lines",
    "brief_words.withdraw": "words are taught at the desk, beside their test lines",
    "deployments.record": "keeps what was told after the fact: an import, not a phone",
    "devices.enrol": _DESK,
    "devices.log_out": "called by the watch's log_out, which ends the duty posts as well",
    "devices.replace_token": _PART,
    "devices.revoke": _DESK,
    "divisions.add_alias": _DESK,
    "divisions.load": _INSTALLS,
    "divisions.load_packed": _INSTALLS,
    "enrolments.offer": _DESK,
    "enrolments.withdraw": _DESK,
    "exports.finish": _PART,
    "exports.request": "a list as a file is taken from its page",
    "facts.amend": _PART,
    "facts.check_moments": _PART,
    "facts.keep": _PART,
    "facts.require_other": _PART,
    "grid.add_line": _DESK,
    "grid.add_section": _DESK,
    "grid.correct_line": _DESK,
    "grid.correct_section": _DESK,
    "grid.retire": _DESK,
    "held_life.settle": _PART,
    "ice.correct": "readings over the API are append-only; which one is wrong is decided at the desk",
    "ice.reading_of": _PART,
    "ice_observations.check_told": _PART,
    "ice_seals.entries_of": _PART,
    "ice_stage.insert": _PART,
    "icing.clear_override": "a grade against the measurement is set at the desk, beside it",
    "icing.override": "a grade against the measurement is set at the desk, beside it",
    "ice_straight.first_of": _PART,
    "icing.kept": _PART,
    "icing.take": _PART,
    "important_users.correct": _DESK,
    "important_users.end_supply": _DESK,
    "important_users.register": _DESK,
    "important_users.retire": _DESK,
    "important_users.supply": _DESK,
    "journeys.brief": "called by briefings.brief_team, which keeps the evidence as well",
    "moments.check_deed": _PART,
    "moments.columns": _PART,
    "organizations.bound_held_facts": _DESK,
    "organizations.create": _DESK,
    "organizations.join": _DESK,
    "organizations.leave": _DESK,
    "organizations.move": _DESK,
    "outage_life.reach": _PART,
    "outage_life.record": _PART,
    "password_links.offer": _DOOR,
    "password_links.use": _DOOR,
    "patrol_findings.write": _PART,
    "people.add_person": _DESK,
    "people.add_user": _DESK,
    "people.close_account": _DESK,
    "people.correct_person": _DESK,
    "people.reopen_account": _DESK,
    "people.set_password": _DESK,
    "places.identify": _DESK,
    "policies.load_defaults": _INSTALLS,
    "policies.revise": _DESK,
    "saved_views.save": "views of the lists of the desk",
    "saved_views.withdraw": "views of the lists of the desk",
    "second_factors.check": _DOOR,
    "second_factors.confirm": _DOOR,
    "second_factors.offer": _DOOR,
    "second_factors.renew_codes": _DOOR,
    "second_factors.switch_off": _DOOR,
    "second_factors.switch_off_own": _DOOR,
    "sessions.end": _DOOR,
    "sessions.end_all": _DOOR,
    "sessions.end_own": _DOOR,
    "sign_ins.unlock": _DOOR,
    "storms.add_note": "notes from reports are read in at the desk",
    "submissions.sent_before": _PART,
    "submissions_kept.once": _PART,
    "vehicles.add": _DESK,
}


def verbs(folder: Path, package: str) -> Iterator[str]:
    """Yield the public functions of services that somebody does: they take ``by``."""
    for path in sorted(folder.glob("*.py")):
        module = import_module(f"{package}.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            public = not name.startswith("_") and function.__module__ == module.__name__
            if public and "by" in inspect.signature(function).parameters:
                yield f"{path.stem}.{name}"


def called(*folders: Path) -> set[str]:
    """Return which functions of services the sources of the API name."""
    names: set[str] = set()
    for path in (path for folder in folders for path in folder.glob("*.py")):
        tree = ast.parse(path.read_text())
        names |= {
            f"{node.value.id}.{node.attr}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        }
    return names


def missing() -> set[str]:
    known = called(ROOT / "incidents" / "api", ROOT / "tracker" / "api")
    found = set(verbs(ROOT / "incidents" / "services", "incidents.services"))
    return {verb for verb in found if verb not in known}


def test_every_verb_is_an_action_or_has_a_reason() -> None:
    assert missing() - NOT_IN_THE_API.keys() == set()


def test_every_exception_is_still_missing() -> None:
    assert NOT_IN_THE_API.keys() - missing() == set()
